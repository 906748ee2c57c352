package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.GoText;
import muster.template.language.Value;
import muster.wire.GoDuration;

/** Sprig's rest: addresses, versions, durations, letters' cases. */
final class SprigMore {
    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static final List<Function> OWN = List.of(
            Function.variadic("sprig_add1f", List.of(ANY), ANY, a -> Value.real(SprigNumbers.real(a.get(0)) + 1)),
            Function.variadic("sprig_biggest", List.of(ANY), ANY, a -> new Value.Int(muster.template.language.Type.Basic.INT64,
                    a.all().stream().mapToLong(SprigNumbers::integer).max().orElse(0))),
            Function.of("sprig_abbrevboth", List.of(INT, INT, STRING), a -> Value.text(abbreviated(a.integer(0), a.integer(1), a.text(2)))),
            Function.of("sprig_trimall", List.of(STRING, STRING), a -> Value.text(TextFunctions.trim(a.text(0), a.text(1)))),
            Function.of("sprig_swapcase", List.of(STRING), a -> Value.text(swapped(a.text(0)))),
            Function.of("sprig_sha512sum", List.of(STRING), a -> Value.text(EncodingFunctions.digest("SHA-512", a.text(0)))),
            Function.of("sprig_b32dec", List.of(STRING), a -> Value.text(decoded32(a.text(0)))),
            Function.of("sprig_urlParse", List.of(STRING), a -> urlParse(a.text(0))),
            Function.of("sprig_urlJoin", List.of(muster.template.language.Type.MapOf.ANYTHING), a -> Value.text(urlJoin(a.map(0)))),
            Function.of("sprig_semver", List.of(STRING), a -> Versions.parts(a.text(0))),
            Function.of("sprig_duration", List.of(ANY), a -> Value.text(GoDuration.format(Duration.ofSeconds(SprigNumbers.integer(a.get(0)))))),
            Function.of("sprig_durationRound", List.of(ANY), a -> Value.text(rounded(a.get(0)))));

    static final List<Function> LIST = Stream.concat(OWN.stream(),
            Stream.of("base", "clean", "dir", "ext", "isAbs").map(SprigMore::ofTheSystem)).toList();

    private SprigMore() {}

    /** The functions on paths of the operating system, which is one with slashes. */
    private static Function ofTheSystem(String name) {
        Function plain = SprigStrings.LIST.stream().filter(function -> function.name().equals("sprig_" + name)).findFirst().orElseThrow();
        return new Function("sprig_os" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
                plain.parameters(), plain.variadic(), plain.body());
    }

    /** Cuts at both sides and marks each cut with three dots. */
    private static String abbreviated(long left, long right, String text) {
        if (right < 4 || left > 0 && right < 7 || text.length() <= right) {
            return text;
        }
        long offset = Math.min(left, text.length());
        if (text.length() - offset < right - 3) {
            offset = text.length() - (right - 3);
        }
        if (offset <= 4) {
            return text.substring(0, (int) right - 3) + "...";
        }
        if (offset + right - 3 < text.length()) {
            return "..." + abbreviated(0, right - 3, text.substring((int) offset));
        }
        return "..." + text.substring((int) (text.length() - (right - 3)));
    }

    /** Large letters become small; small ones become large, or title case at the beginning of a word. */
    private static String swapped(String text) {
        StringBuilder out = new StringBuilder();
        int[] before = {' '};
        text.codePoints().forEach(c -> {
            boolean beginning = Character.isWhitespace(before[0]);
            out.appendCodePoint(Character.isUpperCase(c) || Character.isTitleCase(c) ? Character.toLowerCase(c)
                    : Character.isLowerCase(c) ? beginning ? Character.toTitleCase(c) : Character.toUpperCase(c) : c);
            before[0] = c;
        });
        return out.toString();
    }

    /** Sprig gives the error's text as the result. */
    private static String decoded32(String text) {
        String digits = text.replaceAll("[\r\n]", "").replaceFirst("=+$", "");
        byte[] bytes = new byte[digits.length() * 5 / 8];
        long bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = BASE_32.indexOf(digits.charAt(i));
            if (digit < 0) {
                return "illegal base32 data at input byte " + i;
            }
            bits = bits << 5 | digit;
            held += 5;
            if (held >= 8) {
                held -= 8;
                bytes[at++] = (byte) (bits >> held);
            }
        }
        return GoText.of(bytes);
    }

    private static Value urlParse(String text) {
        try {
            URI uri = new URI(text);
            Map<String, String> parts = new LinkedHashMap<>();
            String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
            int at = authority.lastIndexOf('@');
            String host = authority.substring(at + 1);
            parts.put("scheme", orEmpty(uri.getScheme()));
            parts.put("host", host);
            parts.put("hostname", host.replaceFirst(":\\d*$", "").replaceAll("^\\[|]$", ""));
            parts.put("path", orEmpty(uri.getPath()));
            parts.put("query", orEmpty(uri.getRawQuery()));
            parts.put("opaque", uri.isOpaque() ? orEmpty(uri.getRawSchemeSpecificPart()) : "");
            parts.put("fragment", orEmpty(uri.getFragment()));
            parts.put("userinfo", at < 0 ? "" : authority.substring(0, at));
            Map<String, Value> values = new LinkedHashMap<>();
            parts.forEach((name, part) -> values.put(name, Value.text(part)));
            return Value.map(values);
        } catch (URISyntaxException e) {
            throw new FunctionException("unable to parse url: parse " + muster.wire.GoQuote.quote(text) + ": " + e.getReason());
        }
    }

    private static String urlJoin(Value.MapValue parts) {
        String scheme = part(parts, "scheme");
        String opaque = part(parts, "opaque");
        StringBuilder url = new StringBuilder(scheme.isEmpty() ? "" : scheme + ":");
        if (!opaque.isEmpty()) {
            url.append(opaque);
        } else {
            String host = part(parts, "host");
            String user = part(parts, "userinfo");
            String path = part(parts, "path");
            if (!host.isEmpty() || !user.isEmpty() || !scheme.isEmpty()) {
                url.append("//").append(user.isEmpty() ? "" : user + "@").append(host);
            }
            url.append(!path.isEmpty() && !path.startsWith("/") && !host.isEmpty() ? "/" : "").append(path);
        }
        String query = part(parts, "query");
        String fragment = part(parts, "fragment");
        return url.append(query.isEmpty() ? "" : "?" + query).append(fragment.isEmpty() ? "" : "#" + fragment).toString();
    }

    private static String part(Value.MapValue parts, String name) {
        Value value = parts.get(name);
        if (!value.isNil() && !(value instanceof Value.Text)) {
            throw new FunctionException("unable to parse " + name + " key, must be of type string, but " + value.type().goName() + " found");
        }
        return value.isNil() ? "" : Value.printed(value);
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    /** The largest unit that fits: years of 365 days, months of 30, days, hours, minutes, seconds. */
    private static String rounded(Value value) {
        Duration duration = value instanceof Value.Text text
                ? GoDuration.tryParse(text.value()).orElse(Duration.ZERO) : Duration.ofNanos(SprigNumbers.integer(value));
        long seconds = Math.abs(duration.getSeconds());
        String sign = duration.isNegative() ? "-" : "";
        long[] sizes = {365 * 86_400L, 30 * 86_400L, 86_400, 3_600, 60, 1};
        List<String> units = List.of("y", "mo", "d", "h", "m", "s");
        for (int i = 0; i < sizes.length; i++) {
            if (seconds >= sizes[i]) {
                return sign + seconds / sizes[i] + units.get(i);
            }
        }
        return "0s";
    }
}
