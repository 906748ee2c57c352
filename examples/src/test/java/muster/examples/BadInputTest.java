package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is refused with its reason, and harms nothing else. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BadInputTest {
    private static final int KEY_LIMIT = 512 * 1024;

    private enum To { REGISTRY, SCHEDULER, BALANCER }

    private record Refused(String name, To to, String request, String body, int status, String text) {
        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    static Path folder;

    private static TestSite running;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        running = TestSite.start(folder);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    static List<Refused> refused() {
        return List.of(
                new Refused("an unknown path of the registry", To.REGISTRY, "GET /v1/no-such", "", 404, ""),
                new Refused("an unknown path of the scheduler", To.SCHEDULER, "GET /v1/no-such", "", 404, ""),
                new Refused("a path without a route at the balancer", To.BALANCER, "GET /no-such", "", 404, ""),
                new Refused("a wrong method at the registry", To.REGISTRY, "POST /v1/catalog/nodes", "", 405, "method POST not allowed"),
                new Refused("a wrong method at the scheduler", To.SCHEDULER, "DELETE /v1/jobs", "", 405, "Invalid method"),
                new Refused("a value that is too large for a key", To.REGISTRY, "PUT /v1/kv/large", "x".repeat(KEY_LIMIT + 1), 413,
                        "Request body(524289 bytes) too large, max size: 524288 bytes."),
                new Refused("a registration that is no JSON", To.REGISTRY, "PUT /v1/agent/service/register", "{\"Name\":", 400, "decode"),
                new Refused("a job that is no JSON", To.SCHEDULER, "PUT /v1/jobs", "{\"Job\":", 400, ""),
                new Refused("a job without anything in it", To.SCHEDULER, "PUT /v1/jobs", "{\"Job\":{\"ID\":\"empty\"}}", 500, ""),
                new Refused("a job that nobody registered", To.SCHEDULER, "GET /v1/job/nobody", "", 404, "job not found"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefused(Refused refused) throws Exception {
        HttpResponse<String> response = send(refused.to, refused.request, refused.body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(refused.status);
        assertThat(response.body()).contains(refused.text);
    }

    @Test
    void aBrokenJobFileIsShownWithItsPlace() throws Exception {
        Files.writeString(folder.resolve("broken.hcl"), "job \"x\" {\n  datacenters = [\"dc1\"\n  type = \"service\"\n}\n");
        String screen = running.user().nomad(1, "job", "run", "broken.hcl");
        assertThat(screen).startsWith("Error getting job struct: ").contains("broken.hcl:");
    }

    @Test
    void aMisspelledKeyOfAJobFileIsNamed() throws Exception {
        Files.writeString(folder.resolve("misspelled.hcl"), "job \"x\" {\n  datacentres = [\"dc1\"]\n}\n");
        assertThat(running.user().nomad(1, "job", "run", "misspelled.hcl")).contains("datacentres").contains("misspelled.hcl:2");
    }

    /**
     * Plan: two services with a route each; both answer through the balancer. A third comes whose tags can't be used: its own
     * route is missing, theirs go on.
     */
    @Test
    void aBadTagHarmsNoOtherRoute() throws Exception {
        int port = Integer.parseInt(running.site().registry().replaceFirst(".*:", ""));
        register("good-one", port, "urlprefix-/v1/status/leader");
        register("good-two", port, "urlprefix-/v1/status/peers");
        reaches("/v1/status/leader");
        reaches("/v1/status/peers");

        register("bad", port, "urlprefix-", "urlprefix-/bad weight=x", "urlprefix-[::", "urlprefix-/v1/catalog/datacenters redirect=abc");
        register("good-three", port, "urlprefix-/v1/catalog/nodes");
        reaches("/v1/catalog/nodes");
        reaches("/v1/status/leader");
        reaches("/v1/status/peers");
        for (String name : List.of("good-one", "good-two", "good-three", "bad")) {
            assertThat(send(To.REGISTRY, "PUT /v1/agent/service/deregister/" + name, "").statusCode()).isEqualTo(200);
        }
    }

    /** Plan: run a job whose program there is not; its allocation fails, and its status says which program and why. */
    @Test
    void aTaskThatCantStartSaysWhy() throws Exception {
        Files.writeString(folder.resolve("absent.hcl"), """
                job "absent" {
                  datacenters = ["dev-general"]

                  group "one" {
                    restart {
                      attempts = 0
                      mode     = "fail"
                    }

                    reschedule {
                      attempts  = 0
                      unlimited = false
                    }

                    task "never" {
                      driver = "raw_exec"

                      config {
                        command = "no-such-program"
                      }
                    }
                  }
                }
                """);
        running.user().nomad(0, "job", "run", "-detach", "absent.hcl");
        Eventually.passes("the allocation failed", () ->
                assertThat(running.user().nomad(0, "job", "status", "absent")).containsPattern("run +failed"));

        Matcher allocation = Pattern.compile("(?m)^([0-9a-f]{8}) .* one .* failed ").matcher(running.user().nomad(0, "job", "status", "absent"));
        assertThat(allocation.find()).isTrue();
        assertThat(running.user().nomad(0, "alloc", "status", allocation.group(1)))
                .contains("Task \"never\" is \"dead\"")
                .containsPattern("Driver Failure .*no-such-program");
        running.user().nomad(0, "job", "stop", "-detach", "-purge", "absent");
    }

    @Test
    void aPageThatIsNotThereIsAnErrorOfTheUsersToo() {
        assertThatThrownBy(() -> running.user().open(running.site().registry() + "/v1/no-such"))
                .isInstanceOf(IOException.class).hasMessageContaining("404");
    }

    private static void register(String name, int port, String... tags) throws Exception {
        // A balancer in Fabio's manner routes to what passes a check, not to what has none.
        String body = Json.text(Map.of("Name", name, "Port", port, "Address", "127.0.0.1", "Tags", List.of(tags),
                "Check", Map.of("TTL", "1h", "Status", "passing")));
        assertThat(send(To.REGISTRY, "PUT /v1/agent/service/register", body).statusCode()).isEqualTo(200);
    }

    private static void reaches(String path) {
        Eventually.passes(path + " is routed", () -> assertThat(send(To.BALANCER, "GET " + path, "").statusCode()).isEqualTo(200));
    }

    private static HttpResponse<String> send(To to, String request, String body) throws Exception {
        String address = switch (to) {
            case REGISTRY -> running.site().registry();
            case SCHEDULER -> running.site().scheduler();
            case BALANCER -> running.site().balancer();
        };
        String[] words = request.split(" ");
        return http.send(
                HttpRequest.newBuilder(URI.create(address + words[1]))
                        .method(words[0], body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
