package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.EncodedCharacters;

/**
 * The one form of a path that rules, middlewares and servers see (Traefik: "Entry points", RFC 3986, section 6.2.2): needless escapes are
 * undone, the others are in capitals, and unless that is switched off {@code /./}, {@code /../} and doubled slashes are resolved. Pure.
 *
 * @param isCleaned whether segments are resolved ({@code sanitizePath})
 * @param encoded what is refused
 * @param encodesSemicolons whether semicolons of a query are encoded, for servers that take them for separators
 */
public record EntryPaths(boolean isCleaned, EncodedCharacters encoded, boolean encodesSemicolons) {
    static final EntryPaths DEFAULTS = new EntryPaths(true, new EncodedCharacters(List.of()), false);

    /** The request as everything behind sees it; empty when its path is refused. */
    Optional<RequestHead> of(RequestHead head) {
        if (!head.uri().startsWith("/")) {
            return Optional.of(head);
        }
        String raw = head.rawPath();
        if (encoded.isIn(raw)) {
            return Optional.empty();
        }
        String path = normalized(raw);
        path = isCleaned ? cleaned(path) : path;
        boolean hasSemicolons = encodesSemicolons && head.uri().indexOf(';', raw.length()) >= 0;
        if (path.equals(raw) && !hasSemicolons) {
            return Optional.of(head);
        }
        String query = head.uri().substring(raw.length());
        return Optional.of(head.withUri(path + (hasSemicolons ? query.replace(";", "%3B") : query)));
    }

    /** Escapes of unreserved characters undone, the others in capitals. */
    private static String normalized(String raw) {
        int first = raw.indexOf('%');
        if (first < 0) {
            return raw;
        }
        StringBuilder out = new StringBuilder(raw.length()).append(raw, 0, first);
        for (int i = first; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int high = c == '%' && i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(raw.charAt(i + 2), 16);
            if (low < 0) {
                out.append(c);
            } else {
                char meant = (char) (high << 4 | low);
                out.append(isUnreserved(meant) ? String.valueOf(meant) : raw.substring(i, i + 3).toUpperCase(Locale.ROOT));
                i += 2;
            }
        }
        return out.toString();
    }

    private static boolean isUnreserved(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~';
    }

    /** Segments resolved; a slash at the end stays one. */
    private static String cleaned(String path) {
        if (!path.contains("//") && !path.contains("/.")) {
            return path;
        }
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (segment.equals("..") && !segments.isEmpty()) {
                segments.removeLast();
            } else if (!segment.isEmpty() && !segment.equals(".") && !segment.equals("..")) {
                segments.add(segment);
            }
        }
        String joined = "/" + String.join("/", segments);
        return path.endsWith("/") && !joined.endsWith("/") ? joined + "/" : joined;
    }
}
