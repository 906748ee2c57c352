package muster.lb.fabio;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Dispatcher.Ended;
import muster.lb.exchange.RequestHead;
import muster.lb.route.TargetUrl;

/** The form of access log lines: {@code common}, {@code combined}, or a text with fields (Fabio: "Access Logging"). Pure. */
final class AccessFormat {
    private static final Map<String, String> NAMED = Map.of(
            "common", "$remote_host - - [$time_common] \"$request\" $response_status $response_body_size",
            "combined", "$remote_host - - [$time_common] \"$request\" $response_status $response_body_size"
                    + " \"$header.Referer\" \"$header.User-Agent\"");
    private static final Pattern FIELD = Pattern.compile("\\$(header\\.[A-Za-z0-9-]+|[a-z0-9_]+)");
    private static final DateTimeFormatter COMMON = form("dd/MMM/yyyy:HH:mm:ss '+0000'");
    private static final Map<String, DateTimeFormatter> RFC3339 = Map.of(
            "time_rfc3339", form("yyyy-MM-dd'T'HH:mm:ss'Z'"), "time_rfc3339_ms", form("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"),
            "time_rfc3339_us", form("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"), "time_rfc3339_ns", form("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'"));

    private final List<Part> parts;

    /** A piece of a line. */
    private interface Part {
        String of(Ended ended, Attempt attempt, Instant time);
    }

    private AccessFormat(List<Part> parts) {
        this.parts = parts;
    }

    /** Throws {@link IllegalArgumentException} naming a field there is not. */
    static AccessFormat parse(String format) {
        String text = NAMED.getOrDefault(format, format);
        List<Part> parts = new ArrayList<>();
        Matcher field = FIELD.matcher(text);
        int last = 0;
        while (field.find()) {
            String literal = text.substring(last, field.start());
            parts.add((ended, attempt, time) -> literal);
            parts.add(part(field.group(1)));
            last = field.end();
        }
        String rest = text.substring(last);
        parts.add((ended, attempt, time) -> rest);
        return new AccessFormat(List.copyOf(parts));
    }

    /** The line of a request that was forwarded; control characters of the client become {@code ?}. */
    String line(Ended ended, Instant time) {
        Attempt attempt = ended.attempt().orElseThrow();
        StringBuilder line = new StringBuilder(128);
        parts.forEach(part -> line.append(part.of(ended, attempt, time)));
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) < ' ' || line.charAt(i) == 0x7f) {
                line.setCharAt(i, '?');
            }
        }
        return line.toString();
    }

    private static Part part(String name) {
        if (name.startsWith("header.")) {
            String header = name.substring("header.".length());
            return (ended, attempt, time) -> ended.head().headers().first(header).orElse("");
        }
        if (RFC3339.containsKey(name)) {
            DateTimeFormatter form = RFC3339.get(name);
            return (ended, attempt, time) -> form.format(time);
        }
        return name.startsWith("upstream_") ? upstream(name) : name.startsWith("request") ? request(name) : other(name);
    }

    private static Part request(String name) {
        return switch (name) {
            case "request" -> (ended, attempt, time) -> ended.head().method() + " " + ended.head().uri() + " " + protocol(ended.head());
            case "request_args" -> (ended, attempt, time) -> ended.head().query().orElse("");
            case "request_host" -> (ended, attempt, time) -> attempt.headers().first("Host").orElse("");
            case "request_method" -> (ended, attempt, time) -> ended.head().method();
            case "request_scheme" -> (ended, attempt, time) -> ended.head().scheme();
            case "request_uri" -> (ended, attempt, time) -> ended.head().uri();
            case "request_url" -> (ended, attempt, time) -> ended.head().scheme() + "://" + ended.head().host() + ended.head().uri();
            case "request_proto" -> (ended, attempt, time) -> protocol(ended.head());
            default -> throw unknown(name);
        };
    }

    private static Part upstream(String name) {
        return switch (name) {
            case "upstream_addr" -> (ended, attempt, time) -> attempt.target().host() + ":" + attempt.target().port();
            case "upstream_host" -> (ended, attempt, time) -> attempt.target().host();
            case "upstream_port" -> (ended, attempt, time) -> "" + attempt.target().port();
            case "upstream_request_scheme" -> (ended, attempt, time) -> attempt.target().scheme();
            case "upstream_request_uri" -> (ended, attempt, time) -> attempt.uri();
            case "upstream_request_url" -> (ended, attempt, time) -> url(attempt.target()) + attempt.uri();
            case "upstream_service" -> (ended, attempt, time) -> attempt.service();
            default -> throw unknown(name);
        };
    }

    private static Part other(String name) {
        return switch (name) {
            case "remote_addr" -> (ended, attempt, time) -> ended.head().peer().address() + ":" + ended.head().peer().port();
            case "remote_host" -> (ended, attempt, time) -> ended.head().peer().address();
            case "remote_port" -> (ended, attempt, time) -> "" + ended.head().peer().port();
            case "response_body_size" -> (ended, attempt, time) -> "" + ended.bytes();
            case "response_status" -> (ended, attempt, time) -> "" + ended.status();
            case "response_time_ms" -> (ended, attempt, time) -> seconds(ended.time(), 3);
            case "response_time_us" -> (ended, attempt, time) -> seconds(ended.time(), 6);
            case "response_time_ns" -> (ended, attempt, time) -> seconds(ended.time(), 9);
            case "time_common" -> (ended, attempt, time) -> COMMON.format(time);
            case "time_unix_ms" -> (ended, attempt, time) -> "" + time.toEpochMilli();
            case "time_unix_us" -> (ended, attempt, time) -> "" + (time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000);
            case "time_unix_ns" -> (ended, attempt, time) -> "" + (time.getEpochSecond() * 1_000_000_000 + time.getNano());
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("there is no field $" + name);
    }

    private static String seconds(Duration time, int digits) {
        return String.format(Locale.ROOT, "%d.%09d", time.toSeconds(), time.toNanosPart()).substring(0, ("" + time.toSeconds()).length() + 1 + digits);
    }

    private static String protocol(RequestHead head) {
        return "HTTP/1." + head.minor();
    }

    private static String url(TargetUrl target) {
        return target.scheme() + "://" + target.authority();
    }

    private static DateTimeFormatter form(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }
}
