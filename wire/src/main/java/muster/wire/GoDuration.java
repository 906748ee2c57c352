package muster.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** Durations in Go's text form ({@code 1h30m}, {@code 250ms}), exactly as {@code time.ParseDuration} and {@code String}. */
public final class GoDuration {
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private GoDuration() {}

    /** Parses, or throws {@link IllegalArgumentException} with Go's text ({@code time: invalid duration "x"}). */
    public static Duration parse(String text) {
        String rest = text;
        boolean negative = rest.startsWith("-");
        if (negative || rest.startsWith("+")) {
            rest = rest.substring(1);
        }
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        if (rest.isEmpty()) {
            throw invalid("invalid duration", text);
        }
        BigInteger total = BigInteger.ZERO;
        int at = 0;
        while (at < rest.length()) {
            int start = at;
            while (at < rest.length() && (isDigit(rest.charAt(at)) || rest.charAt(at) == '.')) {
                at++;
            }
            String number = rest.substring(start, at);
            if (number.isEmpty() || number.equals(".") || number.indexOf('.') != number.lastIndexOf('.')) {
                throw invalid("invalid duration", text);
            }
            int unitStart = at;
            while (at < rest.length() && !isDigit(rest.charAt(at)) && rest.charAt(at) != '.') {
                at++;
            }
            String unit = rest.substring(unitStart, at);
            if (unit.isEmpty()) {
                throw invalid("missing unit in duration", text);
            }
            long nanos = switch (unit) {
                case "ns" -> 1L;
                case "us", "µs", "μs" -> 1_000L;
                case "ms" -> 1_000_000L;
                case "s" -> 1_000_000_000L;
                case "m" -> 60_000_000_000L;
                case "h" -> 3_600_000_000_000L;
                default -> throw new IllegalArgumentException(
                        "time: unknown unit " + GoQuote.quote(unit) + " in duration " + GoQuote.quote(text));
            };
            total = total.add(product(number, nanos));
            if (total.compareTo(MAX) > 0) {
                throw invalid("invalid duration", text);
            }
        }
        return Duration.ofNanos(negative ? -total.longValue() : total.longValue());
    }

    /** Decimals, whose class takes a while to be made, are asked only where there is a fraction. */
    private static BigInteger product(String number, long nanos) {
        if (number.indexOf('.') < 0) {
            return new BigInteger(number).multiply(BigInteger.valueOf(nanos));
        }
        String decimal = number.startsWith(".") ? "0" + number : number.endsWith(".") ? number + "0" : number;
        return new BigDecimal(decimal).multiply(BigDecimal.valueOf(nanos)).toBigInteger();
    }

    /** As {@link #parse}, empty where the text is no duration. */
    public static Optional<Duration> tryParse(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Go's form: {@code 0s}, {@code 250ms}, {@code 1m30s}, {@code 72h0m0s}. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        String sign = nanos < 0 ? "-" : "";
        BigInteger size = BigInteger.valueOf(nanos).abs();
        if (size.compareTo(BigInteger.valueOf(1_000_000_000)) < 0) {
            long n = size.longValue();
            return sign + (n < 1_000 ? n + "ns"
                    : n < 1_000_000 ? decimal(n, 1_000) + "µs" : decimal(n, 1_000_000) + "ms");
        }
        BigInteger[] seconds = size.divideAndRemainder(BigInteger.valueOf(60_000_000_000L));
        long minutes = seconds[0].longValue();
        String tail = decimal(seconds[1].longValue(), 1_000_000_000) + "s";
        if (minutes == 0) {
            return sign + tail;
        }
        return sign + (minutes >= 60 ? minutes / 60 + "h" : "") + minutes % 60 + "m" + tail;
    }

    private static String decimal(long value, long unit) {
        if (value % unit == 0) {
            return Long.toString(value / unit);
        }
        return BigDecimal.valueOf(value).divide(BigDecimal.valueOf(unit)).stripTrailingZeros().toPlainString();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException invalid(String what, String text) {
        return new IllegalArgumentException("time: " + what + " " + GoQuote.quote(text));
    }
}
