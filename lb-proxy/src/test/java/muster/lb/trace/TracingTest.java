package muster.lb.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Dispatcher.Ended;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;
import muster.testkit.Eventually;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CLIENT = "b7ad6b7169203331";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");

    private final Queue<Fetcher.Request> sent = new ConcurrentLinkedQueue<>();

    @Test
    void aRequestOfATraceGetsASpanOfItsOwnInIt() {
        HeaderList headers = new HeaderList().add("traceparent", "00-" + TRACE + "-" + CLIENT + "-01").add("tracestate", "a=b");
        tracing(0).passOn(headers);
        assertThat(headers.first("traceparent").orElseThrow()).startsWith("00-" + TRACE + "-").endsWith("-01").doesNotContain(CLIENT);
        assertThat(headers.first("tracestate")).contains("a=b");
    }

    @Test
    void aTraceThatIsNotRecordedGoesOnAsItIs() {
        HeaderList headers = new HeaderList().add("traceparent", "00-" + TRACE + "-" + CLIENT + "-00");
        tracing(1).passOn(headers);
        assertThat(headers.first("traceparent")).contains("00-" + TRACE + "-" + CLIENT + "-00");
    }

    @Test
    void aTraceOfAnotherKindStaysAlone() {
        HeaderList headers = new HeaderList().add("b3", "0");
        tracing(1).passOn(headers);
        assertThat(headers.first("traceparent")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "00-" + TRACE + "-" + CLIENT, "ff-" + TRACE + "-" + CLIENT + "-01", "00-" + TRACE + "-0000000000000000-01",
        "00-00000000000000000000000000000000-" + CLIENT + "-01", "00-" + TRACE + "-" + CLIENT + "-01-more", "00-" + TRACE + "-B7AD6B7169203331-01"})
    void aBrokenContextBeginsANewTrace(String broken) {
        HeaderList headers = new HeaderList().add("traceparent", broken).add("tracestate", "a=b");
        tracing(1).passOn(headers);
        assertThat(headers.first("traceparent").orElseThrow()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01").doesNotContain(TRACE);
        assertThat(headers.has("tracestate")).isFalse();
    }

    @Test
    void aLaterVersionOfTheHeaderIsUnderstood() {
        assertThat(TraceParent.parse("01-" + TRACE + "-" + CLIENT + "-03-more")).contains(new TraceParent(TRACE, CLIENT, true));
    }

    /** Plan: a request of a trace is passed on and ends; the collector gets its span, the client's as its parent, without the query. */
    @Test
    void theCollectorGetsTheSpanOfARequestThatIsOver() {
        HeaderList asked = new HeaderList().add("traceparent", "00-" + TRACE + "-" + CLIENT + "-01");
        HeaderList passed = asked.copy();
        try (Tracing tracing = tracing(0)) {
            tracing.start();
            tracing.passOn(passed);
            tracing.ended(ended(asked, passed, 503), "web");
            Eventually.holds("it is sent", () -> !sent.isEmpty());
        }
        Fetcher.Request request = sent.remove();
        assertThat(request.uri()).isEqualTo("/v1/traces");
        assertThat(request.headers().first("X-Key")).contains("k");
        String span = passed.first("traceparent").orElseThrow().substring(36, 52);
        assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":"
                + "\"service.name\",\"value\":{\"stringValue\":\"edge\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"muster\"},\"spans\":[{\"traceId\":\"" + TRACE
                + "\",\"spanId\":\"" + span + "\",\"parentSpanId\":\"" + CLIENT + "\",\"name\":\"GET web\",\"kind\":2,"
                + "\"startTimeUnixNano\":\"1767323043000000006\",\"endTimeUnixNano\":\"1767323045000000006\",\"attributes\":["
                + "{\"key\":\"http.request.method\",\"value\":{\"stringValue\":\"GET\"}},{\"key\":\"url.scheme\",\"value\":{\"stringValue\":\"http\"}},"
                + "{\"key\":\"url.path\",\"value\":{\"stringValue\":\"/x\"}},{\"key\":\"server.address\",\"value\":{\"stringValue\":\"a.test\"}},"
                + "{\"key\":\"client.address\",\"value\":{\"stringValue\":\"10.0.0.1\"}},{\"key\":\"http.route\",\"value\":{\"stringValue\":\"web\"}},"
                + "{\"key\":\"muster.target\",\"value\":{\"stringValue\":\"http://t:1/\"}},"
                + "{\"key\":\"http.response.status_code\",\"value\":{\"intValue\":\"503\"}}],\"status\":{\"code\":2}}]}]}]}");
    }

    @Test
    void spansThatHaveNoRoomAreDroppedAndCounted() {
        HeaderList headers = new HeaderList().add("traceparent", "00-" + TRACE + "-" + CLIENT + "-01");
        Tracing tracing = tracing(1);
        for (int i = 0; i < 5_000; i++) {
            tracing.ended(ended(headers, headers, 200), "web");
        }
        assertThat(tracing.dropped()).isEqualTo(904);
    }

    private Tracing tracing(double share) {
        return new Tracing(new Tracing.Settings(TargetUrl.parse("http://collector:4318/v1/traces"), Map.of("X-Key", "k"), "edge", share), request -> {
            sent.add(request);
            return CompletableFuture.completedFuture(new Fetcher.Fetched(200, new HeaderList(), new byte[0]));
        }, new Random(7), () -> NOW);
    }

    private static Ended ended(HeaderList asked, HeaderList passed, int status) {
        RequestHead head = new RequestHead("GET", "/x?secret=1", "a.test", asked, new RequestHead.Peer("10.0.0.1", 1, "", 0, false, "http"), 1);
        Attempt attempt = new Attempt(TargetUrl.parse("http://t:1/"), "web", Transport.DEFAULT, "/x", passed, new Meter());
        return new Ended(head, Optional.of(attempt), status, 0, Duration.ofSeconds(2));
    }
}
