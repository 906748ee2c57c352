package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import muster.testkit.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A planned change loses no request. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class RollingUpdateTest {
    private static final Duration REQUEST = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    /**
     * Plan: five servers behind the balancer; a client asks without pause while the job is rolled
     * over to another text two at a time. When the deployment is through, every answer was the old or the new text, both came,
     * and nothing else.
     */
    @Test
    void everyRequestIsAnsweredByTheOldOrTheNew() throws Exception {
        try (TestSite running = TestSite.start(folder)) {
            User user = running.user();
            String url = running.site().balancer() + "/http-echo";
            user.copy("http-echo/4-dynamic-ports.hcl", "http-echo.hcl");
            user.nomad(0, "run", "-detach", "http-echo.hcl");
            Eventually.passes("all five are through", () ->
                    assertThat(user.nomad(0, "status", "http-echo-otter")).containsPattern("echo +5 +5 +5 +0").contains("= successful"));
            Eventually.passes("the balancer routes", () -> assertThat(user.open(url)).isEqualTo("good evening\n"));

            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<TreeMap<String, Integer>> answers = CompletableFuture.supplyAsync(() -> ask(url, enough));
            user.copy("http-echo/6-rolling-update.hcl", "http-echo.hcl");
            user.nomad(0, "run", "-detach", "http-echo.hcl");
            Eventually.passes("the new ones are through", Duration.ofSeconds(90), () ->
                    assertThat(user.nomad(0, "status", "http-echo-otter")).containsPattern("echo +5 +5 +5 +0").containsPattern("echo +0 +0 +5 +0 +5"));
            Eventually.passes("the new ones answer", () -> assertThat(user.open(url)).isEqualTo("good night\n"));
            enough.set(true);

            assertThat(answers.get(30, TimeUnit.SECONDS).keySet()).isEqualTo(Set.of("200 good evening\n", "200 good night\n"));
        }
    }

    /** Answer to how often it came. */
    private static TreeMap<String, Integer> ask(String url, AtomicBoolean enough) {
        TreeMap<String, Integer> answers = new TreeMap<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(REQUEST).build();
            while (!enough.get()) {
                String answer;
                try {
                    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                    answer = response.statusCode() + " " + response.body();
                } catch (java.io.IOException e) {
                    answer = e.toString();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return answers;
                }
                answers.merge(answer, 1, Integer::sum);
            }
        }
        return answers;
    }
}
