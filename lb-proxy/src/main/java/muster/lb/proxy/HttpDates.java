package muster.lb.proxy;

import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date header's form (RFC 9110, section 5.6.7). */
final class HttpDates {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    private HttpDates() {}

    static String now() {
        return FORM.format(ZonedDateTime.now(Clock.systemUTC().withZone(ZoneOffset.UTC)));
    }
}
