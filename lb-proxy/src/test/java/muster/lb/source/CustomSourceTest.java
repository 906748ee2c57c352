package muster.lb.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Transport;
import muster.lb.fabio.FabioSettings;
import muster.lb.route.PathMatcher;
import muster.lb.route.TargetUrl;
import muster.testkit.Eventually;
import org.junit.jupiter.api.Test;

class CustomSourceTest {
    private final AtomicReference<String> answer = new AtomicReference<>("");
    private final AtomicReference<Fetcher.Request> asked = new AtomicReference<>();
    private final AtomicInteger published = new AtomicInteger();

    private CustomSource source() {
        Fetcher fetcher = request -> {
            asked.set(request);
            String text = answer.get();
            return text.isEmpty() ? CompletableFuture.failedFuture(new IOException("connection refused"))
                    : CompletableFuture.completedFuture(new Fetcher.Fetched(text.startsWith("!") ? 500 : 200, new HeaderList(),
                            text.getBytes(StandardCharsets.UTF_8)));
        };
        return new CustomSource(new CustomSource.Settings(TargetUrl.parse("http://lists.test:81"), "/routes?dc=1", Transport.DEFAULT,
                Duration.ofSeconds(5), Duration.ofMillis(2)), fetcher, InstantSource.system(), PathMatcher.PREFIX, true,
                routing -> published.incrementAndGet());
    }

    /** Plan: no server, then a list with a mistake in it, the same again, nonsense, another list. */
    @Test
    void routesFollowTheListAndStayWhileThereIsNone() {
        try (CustomSource source = source()) {
            source.start();
            Eventually.holds("the failure shows", () -> source.freshness().failure().orElse("").contains("refused"));
            assertThat(source.ready().toCompletableFuture()).isNotDone();
            answer.set("""
                    [{"cmd": "route add", "service": "web", "src": "/web", "dst": "http://10.0.0.1:80/", "weight": 0.5, "tags": ["a"], "opts": {"strip": "/web"}},
                     {"cmd": "route add", "service": "api", "src": "API.test/", "dst": "http://10.0.0.2:80/", "extra": 1},
                     {"cmd": "route spoil"}, {"cmd": "route add", "service": "x", "src": "/x", "dst": "nowhere"},
                     {"cmd": "route del", "service": "api"}]""");
            Eventually.holds("the list is there", () -> source.ready().toCompletableFuture().isDone());
            assertThat(source.routing().table().text()).isEqualTo("route add web /web http://10.0.0.1:80/ weight 0.5000 tags \"a\" opts \"strip=/web\"\n");
            assertThat(source.routing().problems()).extracting(problem -> problem.where() + ": " + problem.text())
                    .anySatisfy(text -> assertThat(text).contains("route 3 of http://lists.test:81", "route spoil"))
                    .anySatisfy(text -> assertThat(text).contains("route 4 of", "nowhere"));
            assertThat(source.freshness().failure()).isEmpty();
            assertThat(asked.get().uri()).isEqualTo("/routes?dc=1");
            for (String bad : List.of("!", "{", "[1]", "")) {
                answer.set(bad);
                Eventually.holds("it is noticed", () -> source.freshness().failure().isPresent());
                assertThat(source.routing().table().size()).isEqualTo(1);
                answer.set("[{\"cmd\": \"route add\", \"service\": \"web\", \"src\": \"/web\", \"dst\": \"http://10.0.0.1:80/\"}]");
                Eventually.holds("it is over", () -> source.freshness().failure().isEmpty());
            }
            assertThat(published.get()).isEqualTo(2);
            answer.set("[]");
            Eventually.holds("none is left", () -> source.routing().table().size() == 0);
        }
    }

    @Test
    void settingsAreLookedAt() {
        FabioSettings read = FabioSettings.read(List.of("-registry.backend", "custom", "-registry.custom.scheme", "ftp"), Map.of(), "", "");
        assertThat(read.problems()).anySatisfy(text -> assertThat(text).contains("registry.custom.host is not set"))
                .anySatisfy(text -> assertThat(text).contains("neither http nor https"));
        assertThat(FabioSettings.read(List.of("-registry.backend", "custom", "-registry.custom.host", "h:1"), Map.of(), "", "").problems()).isEmpty();
    }
}
