package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import muster.cli.FakeAgent.Ran;
import muster.wire.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Job files with values from outside, and where they come from. */
class JobSourceTest {
    private static final String ANY = "variable \"v\" {}\n";
    private static final String TYPED = "variable \"v\" { type = %s }\n";
    private static final String JOB = """
            job "web" {
              datacenters = ["dc1"]
              meta { v = jsonencode(var.v) }
              group "g" {
                task "t" {
                  driver = "raw_exec"
                  config { command = "sleep" }
                }
              }
            }
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("v.hcl"), "v = [1, \"b\"]\n");
        Files.writeString(folder.resolve("v.json"), "{\"v\": {\"a\": 1}}");
        Files.writeString(folder.resolve("more.hcl"), "v = 1\nghost = 2\n");
        Files.writeString(folder.resolve("list.json"), "{\"v\": 1");
    }

    /**
     * @param env NOMAD_VAR_v; "" for none
     * @param flags parted by blanks
     * @param wanted the variable as JSON, or a part of the refusal
     */
    record Given(String name, String variable, String env, String flags, String wanted) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Given> given() {
        String list = TYPED.formatted("list(number)");
        String object = TYPED.formatted("object({ a = number })");
        return List.of(
                new Given("without a type a value is text", ANY, "[1]", "", "\"[1]\""),
                new Given("any type is an expression", TYPED.formatted("any"), "", "-var=v=[1]", "[1]"),
                new Given("a number", TYPED.formatted("number"), "", "-var v=7", "7"),
                new Given("a truth", TYPED.formatted("bool"), "true", "", "true"),
                new Given("a truth that is none", TYPED.formatted("bool"), "", "-var=v=maybe", "Variables not allowed"),
                new Given("a list from the environment", list, "[1,2]", "", "[1,2]"),
                new Given("a map", TYPED.formatted("map(string)"), "", "-var v={a=\"b\"}", "{\"a\":\"b\"}"),
                new Given("an object", object, "", "-var v={a=1}", "{\"a\":1}"),
                new Given("an object without its attribute", object, "", "-var v={b=1}", "attribute \"a\" is required"),
                new Given("a text where a list is wanted", list, "", "-var v=\"x\"", "list of number required"),
                new Given("a file wins over the environment", ANY, "env", "-var-file=v.hcl", "[1,\"b\"]"),
                new Given("a file of JSON", ANY, "", "-var-file=v.json", "{\"a\":1}"),
                new Given("what only begins as JSON", ANY, "", "-var-file=list.json", "Invalid variable file"),
                new Given("a flag wins over a file", ANY, "", "-var-file=v.hcl -var v=x", "\"x\""),
                new Given("the last flag wins", ANY, "", "-var v=x -var v=y", "\"y\""),
                new Given("a missing value", ANY, "", "", "Unset variable \"v\""),
                new Given("a stranger in a file", ANY, "", "-var-file=more.hcl", "1"),
                new Given("a stranger in a file, strictly", ANY, "", "-hcl2-strict -var-file=more.hcl", "A \"ghost\" variable was set"),
                new Given("a stranger in a flag", ANY, "", "-var v=1 -var ghost=1", "Undefined -var variable"),
                new Given("a stranger in a flag, passed over", ANY, "", "-hcl2-strict=false -var v=1 -var ghost=1", "\"1\""));
    }

    private Ran validated(String file, Map<String, String> env, String line) throws IOException {
        Files.writeString(folder.resolve("job.hcl"), file);
        Map<String, String> all = new HashMap<>(env);
        all.put("HOME", "/");
        return FakeAgent.run("nomad", "", all, folder, ("job run -output " + line + " job.hcl").strip().split(" +"));
    }

    @ParameterizedTest
    @MethodSource("given")
    void valuesComeFromOutside(Given given) throws IOException {
        Ran ran = validated(given.variable() + JOB, given.env().isEmpty() ? Map.of() : Map.of("NOMAD_VAR_v", given.env()), given.flags());

        if (ran.exit() == 0) {
            assertThat(new Doc(Json.parse(ran.out())).at("Job").at("Meta").text("v")).isEqualTo(given.wanted());
        } else {
            assertThat(ran.err()).contains(given.wanted());
        }
    }

    @Test
    void flagsThatDoNotGoTogetherAreRefused() throws IOException {
        assertThat(validated(JOB, Map.of(), "-hcl1 -json").err()).isEqualTo("Invalid job options: cannot parse job file as HCL and JSON.\n");
        assertThat(validated(JOB, Map.of(), "-hcl1 -var v=1").err()).isEqualTo("Invalid job options: cannot use variables with HCLv1.\n");
        assertThat(validated(JOB, Map.of(), "-json -var-file=v.hcl").err()).isEqualTo("Invalid job options: cannot use variables with JSON files.\n");
    }

    @Test
    void tokensAreSentWithTheJob() throws IOException {
        Ran ran = validated(ANY + JOB, Map.of("CONSUL_HTTP_TOKEN", "c", "VAULT_TOKEN", "e"), "-vault-token=v -vault-namespace=n -var v=1");
        assertThat(List.of("ConsulToken", "VaultToken", "VaultNamespace").stream().map(new Doc(Json.parse(ran.out())).at("Job")::text))
                .containsExactly("c", "v", "n");
    }

    @Test
    void aJobFileMayBeFetched() throws IOException {
        try (FakeAgent server = new FakeAgent()) {
            String address = "http://" + server.address();
            server.on("GET /web.hcl?a=b", JOB.replace("jsonencode(var.v)", "\"fetched\""));

            Ran ran = FakeAgent.run("nomad", "", Map.of("HOME", "/"), folder, "job", "run", "-output", address + "/web.hcl?a=b");
            assertThat(new Doc(Json.parse(ran.out())).at("Job").at("Meta").text("v")).isEqualTo("fetched");
            assertThat(FakeAgent.run("nomad", "", Map.of(), folder, "job", "run", address + "/none").err())
                    .isEqualTo("Error getting job struct: Error getting jobfile from \"" + address + "/none\": bad response code: 404\n");
        }
    }
}
