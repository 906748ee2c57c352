package muster.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as Go prints them. */
public final class GoTime {
    /** Go's zero time, which it writes where no time was set. */
    public static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

    private GoTime() {}

    /** RFC 3339 in UTC with as many digits of the second as are needed ({@code time.RFC3339Nano}). */
    public static String rfc3339(Instant time) {
        return rfc3339(time, ZoneOffset.UTC, true);
    }

    /** RFC 3339 in the given zone, with ({@code RFC3339Nano}) or without ({@code RFC3339}) parts of a second. */
    public static String rfc3339(Instant time, ZoneId zone, boolean fractions) {
        OffsetDateTime local = time.atZone(zone).toOffsetDateTime();
        StringBuilder text = new StringBuilder(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").format(local));
        int nanos = local.getNano();
        if (fractions && nanos != 0) {
            String digits = String.format("%09d", nanos);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            text.append('.').append(digits, 0, end);
        }
        return text.append(local.getOffset().getId().equals("Z") ? "Z" : local.getOffset().getId()).toString();
    }

    /** Reads RFC 3339. Throws {@link JsonException} with the text when it is none. */
    public static Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new JsonException("parsing time \"" + text + "\": it has to look like 2006-01-02T15:04:05Z07:00");
        }
    }
}
