package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.hcl.Function;
import muster.hcl.function.FileFunctions;
import muster.hcl.function.StandardFunctions;
import muster.wire.Json;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Whatever a job file or a job in JSON looks like: it is read or refused, completed and checked, and nothing else happens. */
class JobFileFuzzTest {
    private static final String SAMPLE = """
            variable "n" {
              type    = number
              default = 2
            }
            locals { name = "svc-${var.n}" }
            job "sample" {
              datacenters = ["dc1"]
              type        = "service"
              meta { a = "b" }
              constraint {
                attribute = "${attr.kernel.name}"
                regexp    = "l.*"
              }
              affinity {
                attribute = "${meta.rack}"
                value     = "r1"
                weight    = 40
              }
              spread {
                attribute = "${node.datacenter}"
                target "dc1" { percent = 50 }
              }
              update {
                max_parallel = 1
                canary       = 1
              }
              parameterized { payload = "optional" }
              periodic { cron = "* * * * *" }
              group "g" {
                count = var.n
                network {
                  mode = "host"
                  port "http" { static = 8080 }
                  port "x" { to = -1 }
                }
                volume "v" {
                  type   = "host"
                  source = "s"
                }
                scaling {
                  min = 1
                  max = 5
                  policy { a = [1, { b = 2 }] }
                }
                service {
                  name = local.name
                  port = "http"
                  check {
                    type     = "http"
                    path     = "/"
                    interval = "10s"
                    timeout  = "2s"
                    header { A = ["b"] }
                    check_restart { limit = 3 }
                  }
                  connect {
                    sidecar_service {
                      proxy {
                        upstreams {
                          destination_name = "d"
                          local_bind_port  = 1
                        }
                      }
                    }
                  }
                }
                task "t" {
                  driver = "raw_exec"
                  config { command = "true" }
                  env { P = "${NOMAD_PORT_http}" }
                  artifact {
                    source  = "http://x/y"
                    options { checksum = "md5:00" }
                  }
                  template {
                    data        = <<-EOT
                      {{ key "a" }}
                      EOT
                    destination = "local/x"
                  }
                  vault { policies = ["p"] }
                  lifecycle { hook = "prestart" }
                  volume_mount {
                    volume      = "v"
                    destination = "/v"
                  }
                  resources {
                    cpu    = 100
                    memory = 64
                    device "gpu" { count = 1 }
                  }
                }
              }
            }
            """;

    @Property(tries = 1000)
    void anyTextIsReadOrRefused(
            @ForAll @IntRange(max = 4000) int at, @ForAll @IntRange(max = 30) int cut, @ForAll @Size(max = 3) List<Piece> add) {
        int from = Math.min(at, SAMPLE.length());
        StringBuilder text = new StringBuilder(SAMPLE.substring(0, from));
        add.forEach(piece -> text.append(piece.text));
        text.append(SAMPLE.substring(Math.min(SAMPLE.length(), from + cut)));
        JobFile.Parsed parsed = parse(text.toString());
        assertThat(parsed.job().isPresent()).isEqualTo(parsed.errorText().isEmpty());
        parsed.job().ifPresent(job -> JobValidation.check(Canonical.server(job)));
    }

    @Property(tries = 1000)
    void anyJobWithoutSomeOfItsKeysIsCompletedAndChecked(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, Object> tree = JobShape.object(Json.parse(Json.write(parse(SAMPLE).job().orElseThrow())));
        for (int i = random.nextInt(4); i >= 0; i--) {
            spoil(tree, random);
        }
        Job job = Json.read(Job.class, tree, Json.Unknown.IGNORE);
        Job stored = Canonical.server(job);
        JobValidation.check(stored);
        assertThat(Canonical.server(stored)).isEqualTo(stored);
    }

    @Test
    void aVolumeThatIsNamedButNotGivenIsNone() {
        TaskGroup group = Json.read(TaskGroup.class, Json.write(Map.of("Volumes", Collections.singletonMap("a", null))),
                Json.Unknown.IGNORE);
        assertThat(group.volumes()).isEmpty();
    }

    /** Takes a value away somewhere in the tree. */
    private static void spoil(Object node, Random random) {
        switch (node) {
            case Map<?, ?> map when !map.isEmpty() -> {
                Map<String, Object> entries = JobShape.object(map);
                String key = new ArrayList<>(entries.keySet()).get(random.nextInt(entries.size()));
                boolean leaf = !(entries.get(key) instanceof Map) && !(entries.get(key) instanceof List);
                if (leaf || random.nextInt(4) == 0) {
                    entries.put(key, null);
                } else {
                    spoil(entries.get(key), random);
                }
            }
            case List<?> list when !list.isEmpty() -> spoil(list.get(random.nextInt(list.size())), random);
            case null, default -> {}
        }
    }

    /** What may be put in. */
    enum Piece {
        BRACE("{"), CLOSE("}"), BRACKET("["), NEWLINE("\n"), QUOTE("\""), EQUALS(" = "), NUMBER("99999999999"), NULL("null"),
        MARK("${"), NAME("count"), BLOCK("group \"x\" { }\n"), DYNAMIC("dynamic \"group\" {\nfor_each = [1]\nlabels=[\"a\"]\n"
                + "content { }\n}\n"), CALL("file(\"x\")"), LIST("[1, \"a\"]"), OBJECT("{ a = 1 }"), TRUE("true"), HEREDOC("<<A\nA\n");

        final String text;

        Piece(String text) {
            this.text = text;
        }
    }

    private static JobFile.Parsed parse(String text) {
        Map<String, Function> functions =
                new HashMap<>(StandardFunctions.create(InstantSource.fixed(Instant.EPOCH), new Random(1)));
        functions.putAll(FileFunctions.disabled());
        return JobFile.parse("f", text, JobVariables.none(), functions);
    }
}
