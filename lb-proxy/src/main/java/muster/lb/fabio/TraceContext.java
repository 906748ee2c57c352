package muster.lb.fabio;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import muster.lb.exchange.HeaderList;

/** Begins a trace for a request that belongs to none: W3C Trace Context and Zipkin's B3. A request's own headers go on as they are. */
final class TraceContext {
    private TraceContext() {}

    static void addTo(HeaderList headers, RandomGenerator random) {
        if (headers.has("Traceparent") || headers.has("X-B3-Traceid") || headers.has("B3")) {
            return;
        }
        String trace = hex(random) + hex(random);
        String span = hex(random);
        headers.add("Traceparent", "00-" + trace + "-" + span + "-01");
        headers.add("X-B3-Traceid", trace).add("X-B3-Spanid", span).add("X-B3-Sampled", "1");
    }

    /** Never all zeros, which would mean none. */
    private static String hex(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong() | 1);
    }
}
