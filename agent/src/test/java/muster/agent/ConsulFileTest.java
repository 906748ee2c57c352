package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.dns.answer.DnsSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsulFileTest {
    private static final String EVERYTHING = """
            node_name = "configured-1"
            datacenter = "DC7"
            domain = "example."
            alt_domain = "alt"
            enable_script_checks = true
            node_meta { rack = "r9" }
            http_config {
              response_headers { X-Extra = "yes" }
              block_endpoints = ["/v1/agent/monitor"]
            }
            limits { kv_max_value_size = 1000 }
            dns_config {
              node_ttl = "7s"
              service_ttl { "*" = "3s" }
              only_passing = true
              udp_answer_limit = 5
              soa { refresh = 100 }
            }
            telemetry { prometheus_retention_time = "60s", prefix_filter = ["-consul.runtime"] }
            ui = false
            services {
              name = "web"
              tags = ["a"]
              check { id = "c1", ttl = "1h" }
              check { id = "c2", http = "http://127.0.0.1:1/", interval = "10s", header { x-a = "1" } }
            }
            service { name = "db", checks { ttl = "1h" } }
            check { name = "own", ttl = "1h" }
            watches = [{ type = "key", key = "a", args = ["true"] }]
            autopilot { min_quorum = 3 }
            encrypt = "MDEyMzQ1Njc4OTAxMjM0NQ=="
            """;

    @TempDir
    private Path folder;

    private AgentOptions parse(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return AgentArguments.parse("consul", List.of("-dev", "-config-file", file.toString()), Map.of(), new Machine("here", List.of()));
    }

    @Test
    void everyKeyReachesItsPlace() throws IOException {
        AgentOptions options = parse("a.hcl", EVERYTHING);
        RegistryOptions registry = options.registry();
        assertThat(options.node()).isEqualTo("configured-1");
        assertThat(options.datacenter()).isEqualTo("dc7");
        assertThat(registry.nodeMeta()).isEqualTo(Map.of("rack", "r9"));
        assertThat(registry.http().headers()).isEqualTo(Map.of("X-Extra", "yes"));
        assertThat(registry.http().blocked()).containsExactly("/v1/agent/monitor");
        assertThat(registry.http().limits().valueBytes()).isEqualTo(1000);
        assertThat(registry.http().ui()).isFalse();
        assertThat(registry.checks().scripts()).isEqualTo(RegistryOptions.Scripts.ANYBODY);
        assertThat(registry.metrics().prometheus()).isTrue();
        assertThat(registry.metrics().filters()).containsExactly("-consul.runtime");
        DnsSettings dns = registry.dns();
        assertThat(dns.domain()).isEqualTo("example");
        assertThat(dns.zone().altDomain()).isEqualTo("alt");
        assertThat(dns.ttls().node()).isEqualTo(Duration.ofSeconds(7));
        assertThat(dns.ttls().of("any")).isEqualTo(Duration.ofSeconds(3));
        assertThat(dns.limits().udpAnswers()).isEqualTo(5);
        assertThat(dns.soa().refresh()).isEqualTo(Duration.ofSeconds(100));
        assertThat(dns.soa().retry()).as("untouched").isEqualTo(Duration.ofMinutes(10));
        assertThat(dns.reading().onlyPassing()).isTrue();
        assertThat(registry.definitions().services()).extracting(service -> service.tree().get("name")).containsExactlyInAnyOrder("web", "db");
        assertThat(registry.definitions().watches()).hasSize(1);
        assertThat(registry.autopilot().orElseThrow().minQuorum()).isEqualTo(3);
    }

    @Test
    void aFileInJsonSaysTheSame() throws IOException {
        AgentOptions options = parse("a.json", """
                {"node_meta": {"rack": "r9"}, "dns_config": {"node_ttl": "7s"},
                 "service": {"name": "db", "port": 1, "check": {"ttl": "1h"}}, "services": [{"name": "web", "args": null}]}
                """.replace(", \"args\": null", ""));
        assertThat(options.registry().nodeMeta()).isEqualTo(Map.of("rack", "r9"));
        assertThat(options.registry().dns().ttls().node()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.registry().definitions().services()).hasSize(2);
    }

    @Test
    void allProblemsAreNamedAtOnceWithTheirPlaces() {
        assertThatThrownBy(() -> parse("a.hcl", """
                server = "maybe"
                frob = 1
                ports { htttp = 8500 }
                dns_config { node_ttl = "soon" }
                node_meta = ["a"]
                retry_join_wan = ["10.0.0.1"]
                service { name = "web", frob = 1 }
                check { name = "c" }
                watches = [{ type = "frob" }]
                auto_encrypt { tls = true }
                """)).isInstanceOfSatisfying(AgentArguments.Refused.class, refused -> assertThat(refused.problems())
                .extracting(problem -> problem.substring(problem.indexOf("a.hcl")))
                .containsExactlyInAnyOrder(
                        "a.hcl:1,10-17: server: expected type 'bool', got string \"maybe\"",
                        "a.hcl:2,1-5: invalid config key frob",
                        "a.hcl:3,9-14: invalid config key ports.htttp",
                        "a.hcl:4,25-31: dns_config.node_ttl: expected type 'duration', got string \"soon\"",
                        "a.hcl:5,13-18: node_meta: expected type 'map of strings', got a list",
                        "a.hcl:6,1-15: retry_join_wan: there is one datacenter",
                        "a.hcl:7,1-8: service web: json: unknown field \"frob\"",
                        "a.hcl:8,1-6: check c: Invalid check: TTL must be > 0 for TTL checks",
                        "a.hcl:9,1-8: watch: Unsupported watch type: frob",
                        "a.hcl:10,16-19: auto_encrypt.tls: certificates are not handed to clients: give each agent its own, as `consul tls cert create`"
                                + " makes them"));
    }

    @ParameterizedTest(name = "{0} asks for nothing")
    @CsvSource({"verify_incoming = false", "cert_file = \"\"", "retry_join = []", "ports { https = -1 }", "raft_protocol = 3"})
    void whatAsksForWhatIsTheCaseAnywayIsNoProblem(String text) throws IOException {
        assertThat(parse("a.hcl", text).node()).isEqualTo("here");
    }

    @Test
    void pathsStandInOneOrderForAllKindsOfSources() throws IOException {
        Path first = Files.writeString(folder.resolve("1.hcl"), "datacenter = \"one\"\n");
        Path second = Files.createDirectory(folder.resolve("d"));
        Files.writeString(second.resolve("2.hcl"), "datacenter = \"two\"\n");
        Files.createDirectory(second.resolve("no.hcl"));
        List<String> fileLast = List.of("-dev", "-config-dir", second.toString(), "-config-file", first.toString());
        List<String> folderLast = List.of("-dev", "-config-file", first.toString(), "-config-dir", second.toString());
        assertThat(AgentArguments.parse("consul", fileLast, Map.of(), new Machine("h", List.of())).datacenter()).isEqualTo("one");
        assertThat(AgentArguments.parse("consul", folderLast, Map.of(), new Machine("h", List.of())).datacenter()).isEqualTo("two");
        assertThat(AgentArguments.parse("consul", List.of("-dev", "-hcl", "datacenter = \"three\""), Map.of(), new Machine("h", List.of())).datacenter())
                .isEqualTo("three");
    }

    /** Random changes of a good file: it is read or refused, and nothing else happens. */
    @Test
    void noChangeOfAFileBringsAnythingButProblems() {
        Random random = new Random(42);
        String alphabet = "{}[]\"=,.\\ \n$%#/*abt0159-_:<é\u0000";
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder(EVERYTHING);
            for (int edit = random.nextInt(1, 6); edit > 0; edit--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
                }
            }
            Settings settings = new Settings();
            ConfigFile.read(round % 2 == 0 ? "a.hcl" : "a.json", text.toString(), "consul", settings);
            new OptionRules("consul", true, settings, Map.of(), new Machine("here", List.of())).options();
            assertThat(settings.problems().size()).isLessThanOrEqualTo(100);
        }
    }

    /** The module's page lists what changes nothing here, and why. */
    @Test
    void thePageListsEveryKeyWithoutEffectAndEveryRefusedOne() throws IOException {
        String page = Files.readString(Path.of("README.md"));
        ConsulKeys.all().forEach((path, key) -> {
            switch (key.use()) {
                case ConsulKeys.Use.Taken taken -> {
                    // Described where its effect is.
                }
                case ConsulKeys.Use.Idle(String reason) -> assertThat(page).contains("`" + path + "`").contains(reason);
                case ConsulKeys.Use.Refused(String reason) -> assertThat(page).contains("`" + path + "`").contains(reason);
            }
        });
    }
}
