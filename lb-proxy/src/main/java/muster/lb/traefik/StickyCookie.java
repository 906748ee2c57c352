package muster.lb.traefik;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.tree.Values;

/** The cookie that leads a client back to where it was served (Traefik: "Sticky sessions"). */
record StickyCookie(String name, String attributes) {
    /** The cookie of a service, if its options ask for one; throws {@link IllegalArgumentException} for unusable options. */
    static Optional<StickyCookie> of(String service, Values options) {
        return options.section("sticky").flatMap(sticky -> sticky.section("cookie")).map(cookie -> new StickyCookie(
                cookie.text("name").isEmpty() ? "_" + sha1(service).substring(0, 5) : cookie.text("name"), attributes(cookie)));
    }

    private static String attributes(Values cookie) {
        StringBuilder text = new StringBuilder();
        text.append("; Path=").append(cookie.text("path").isEmpty() ? "/" : clean(cookie.text("path")));
        if (!cookie.text("domain").isEmpty()) {
            text.append("; Domain=").append(clean(cookie.text("domain")));
        }
        if (cookie.whole("maxAge") != 0) {
            text.append("; Max-Age=").append(Math.max(0, cookie.whole("maxAge")));
        }
        if (cookie.flag("httpOnly")) {
            text.append("; HttpOnly");
        }
        if (cookie.flag("secure")) {
            text.append("; Secure");
        }
        String sameSite = cookie.text("sameSite").toLowerCase(Locale.ROOT);
        switch (sameSite) {
            case "" -> { }
            case "none", "lax", "strict" -> text.append("; SameSite=").append(sameSite.substring(0, 1).toUpperCase(Locale.ROOT)).append(sameSite, 1, sameSite.length());
            default -> throw new IllegalArgumentException("sticky.cookie.sameSite: \"" + sameSite + "\" is none of none, lax, strict");
        }
        return text.toString();
    }

    private static String clean(String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c == ';' || c == 0x7f)) {
            throw new IllegalArgumentException("sticky.cookie: \"" + value + "\" can't stand in a cookie");
        }
        return value;
    }

    /** What the client brought. */
    Optional<String> value(HeaderList headers) {
        for (String line : headers.all("Cookie")) {
            for (String pair : line.split(";")) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                    return Optional.of(pair.substring(equals + 1).strip());
                }
            }
        }
        return Optional.empty();
    }

    /** The line that sets it. */
    String line(String value) {
        return name + "=" + value + attributes;
    }

    /** The value that stands for a server: a hash of its URL. */
    static String hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 255) * 0x100000001b3L;
        }
        return HexFormat.of().toHexDigits(hash);
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
