package muster.lb.trace;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import muster.lb.exchange.Dispatcher.Ended;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;
import muster.wire.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in traces: gives the requests that it passes on a span of their own in {@code traceparent}, and sends those spans to a collector
 * that speaks OTLP over HTTP with JSON. Spans wait in a bounded queue; what has no room, or what the collector does not take, is dropped and
 * counted, and never holds up a request. Any thread; one virtual thread sends.
 */
public final class Tracing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Tracing.class);
    private static final String HEADER = "Traceparent";
    private static final int MOST_WAITING = 4096;
    private static final int MOST_AT_ONCE = 512;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 1 << 16;

    private final Settings settings;
    private final Fetcher fetcher;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final BlockingQueue<Span> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final LongAdder dropped = new LongAdder();
    private final Thread thread = Thread.ofVirtual().name("spans").unstarted(this::run);
    private String told = "";

    /**
     * What to send where.
     *
     * @param collector the whole URL, such as {@code http://127.0.0.1:4318/v1/traces}
     * @param headers for the collector, such as a key
     * @param share of new traces that are sent, 0 to 1; traces that others began keep their decision
     */
    public record Settings(TargetUrl collector, Map<String, String> headers, String serviceName, double share) {}

    public Tracing(Settings settings, Fetcher fetcher, RandomGenerator random, InstantSource clock) {
        this.settings = settings;
        this.fetcher = fetcher;
        this.random = random;
        this.clock = clock;
    }

    public void start() {
        thread.start();
    }

    /** Puts the next hop's context into the headers of a request that is passed on. A request of another kind of trace (B3) stays as it is. */
    public void passOn(HeaderList headers) {
        Optional<TraceParent> before = headers.first(HEADER).flatMap(TraceParent::parse);
        if (before.isPresent()) {
            if (before.get().isSampled()) {
                headers.set(HEADER, before.get().child(random).text());
            }
        } else if (!headers.has("B3") && !headers.has("X-B3-Traceid")) {
            headers.set(HEADER, TraceParent.begin(random.nextDouble() < settings.share(), random).text()).remove("Tracestate");
        }
    }

    /**
     * Takes the span of a request that is over, if it was passed on and is wanted.
     *
     * @param route what took the request, for people
     */
    public void ended(Ended ended, String route) {
        Optional<TraceParent> own = ended.attempt().flatMap(attempt -> attempt.headers().first(HEADER)).flatMap(TraceParent::parse)
                .filter(TraceParent::isSampled);
        if (own.isEmpty()) {
            return;
        }
        String parent = ended.head().headers().first(HEADER).flatMap(TraceParent::parse)
                .filter(before -> before.traceId().equals(own.get().traceId())).map(TraceParent::spanId).orElse("");
        if (!waiting.offer(Span.of(ended, own.get(), parent, route, clock.instant()))) {
            dropped.increment();
        }
    }

    /** Spans that nobody got. */
    public long dropped() {
        return dropped.sum();
    }

    /** Ends the sending; what still waits is dropped. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                List<Span> batch = new ArrayList<>(List.of(waiting.take()));
                // A little later there are more, which go out together.
                Thread.sleep(waiting.size() < MOST_AT_ONCE ? PAUSE : Duration.ZERO);
                waiting.drainTo(batch, MOST_AT_ONCE - 1);
                send(batch);
            }
        } catch (InterruptedException e) {
            log.debug("spans are no longer sent waiting={}", waiting.size());
        }
    }

    private void send(List<Span> batch) throws InterruptedException {
        TargetUrl url = settings.collector();
        HeaderList headers = new HeaderList().add("Host", url.authority()).add("Content-Type", "application/json");
        settings.headers().forEach(headers::add);
        byte[] body = Json.write(Span.document(batch, settings.serviceName()), false);
        String failure;
        try {
            int status = fetcher.fetch(new Fetcher.Request("POST", url, Transport.DEFAULT, url.path().isEmpty() ? "/" : url.path(), headers, body,
                    TIMEOUT, MAX_ANSWER_BYTES)).toCompletableFuture().get(TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS).status();
            failure = status / 100 == 2 ? "" : "it answered " + status;
        } catch (ExecutionException e) {
            failure = String.valueOf(e.getCause().getMessage());
        } catch (java.util.concurrent.TimeoutException e) {
            failure = "it did not answer within " + TIMEOUT.toSeconds() * 2 + "s";
        }
        if (!failure.isEmpty()) {
            dropped.add(batch.size());
        }
        if (!failure.equals(told)) {
            told = failure;
            if (failure.isEmpty()) {
                log.info("spans are taken again collector={} dropped={}", url.text(), dropped.sum());
            } else {
                log.warn("spans not taken collector={} why=\"{}\"", url.text(), failure);
            }
        }
    }
}
