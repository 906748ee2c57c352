package muster.registry.http;

import java.math.BigInteger;
import java.util.Optional;
import muster.wire.GoQuote;

/** Unsigned 64-bit numbers in queries, as Go's strconv reads them. Pure. */
final class Numbers {
    private static final BigInteger MAX = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private Numbers() {}

    static Optional<Long> tryUnsigned(String text) {
        if (text.isEmpty() || text.length() > 20 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        BigInteger number = new BigInteger(text);
        return number.compareTo(MAX) > 0 ? Optional.empty() : Optional.of(number.longValue());
    }

    /** Fails with 500 and Go's text. */
    static long unsigned(String text) {
        return tryUnsigned(text).orElseThrow(() -> ApiException.refused("strconv.ParseUint: parsing "
                + GoQuote.quote(text) + ": "
                + (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')
                        ? "value out of range"
                        : "invalid syntax")));
    }
}
