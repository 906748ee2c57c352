package muster.lb.trace;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The header {@code traceparent} (W3C Trace Context, section 3.2). Pure.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all 0
 * @param spanId 16 such digits: who sent the request
 */
record TraceParent(String traceId, String spanId, boolean isSampled) {
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    /** Empty for what is no context that can be followed. */
    static Optional<TraceParent> parse(String text) {
        var parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            return Optional.empty();
        }
        String version = parts.group(1);
        boolean isWhole = !version.equals("ff") && (parts.group(5) == null || !version.equals("00"));
        boolean isNone = parts.group(2).chars().allMatch(c -> c == '0') || parts.group(3).chars().allMatch(c -> c == '0');
        return isWhole && !isNone
                ? Optional.of(new TraceParent(parts.group(2), parts.group(3), (Integer.parseInt(parts.group(4), 16) & 1) == 1))
                : Optional.empty();
    }

    /** The first of a new trace. */
    static TraceParent begin(boolean isSampled, RandomGenerator random) {
        return new TraceParent(hex(random) + hex(random), hex(random), isSampled);
    }

    /** The next hop's. */
    TraceParent child(RandomGenerator random) {
        return new TraceParent(traceId, hex(random), isSampled);
    }

    String text() {
        return "00-" + traceId + "-" + spanId + (isSampled ? "-01" : "-00");
    }

    /** Never all zeros, which would mean none. */
    private static String hex(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong() | 1);
    }
}
