package muster.lb.route;

import java.util.Locale;

/**
 * The address of a target, cut into its parts. A redirect's may hold {@code $path} and {@code $host} or be a path only.
 *
 * @param scheme lower case; "" for a path only
 * @param host without brackets
 * @param port 0 when the text says 0, else as given or the scheme's
 * @param path "" when the text has none
 * @param query without the question mark, "" when the text has none
 */
public record TargetUrl(String text, String scheme, String host, int port, String path, String query) {
    /** Reads a URL; throws {@link IllegalArgumentException} naming what is wrong. */
    public static TargetUrl parse(String text) {
        int colon = text.indexOf("://");
        if (colon < 0) {
            if (!text.startsWith("/")) {
                throw new IllegalArgumentException("\"" + text + "\" is no target: a URL such as http://10.0.0.1:8080/");
            }
            return new TargetUrl(text, "", "", 0, beforeQuery(text), afterQuery(text));
        }
        String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = text.substring(colon + 3);
        int end = rest.length();
        for (char stop : new char[] {'/', '?', '#'}) {
            int at = rest.indexOf(stop);
            end = at >= 0 && at < end ? at : end;
        }
        String authority = rest.substring(0, end);
        String after = rest.substring(end);
        int at = authority.lastIndexOf(':');
        boolean hasPort = at >= 0 && at > authority.lastIndexOf(']');
        String host = hasPort ? authority.substring(0, at) : authority;
        int port = hasPort ? port(authority.substring(at + 1), text) : defaultPort(scheme);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new TargetUrl(text, scheme, host, port, beforeQuery(after), afterQuery(after));
    }

    /** {@code host:port} as a Host header has it: brackets around IPv6, the scheme's own port left as the text has it. */
    public String authority() {
        int start = text.indexOf("://") + 3;
        int end = start;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(start, end);
    }

    /** Whether the connection to the target is encrypted. */
    public boolean isTls() {
        return scheme.equals("https") || scheme.equals("wss") || scheme.equals("grpcs");
    }

    private static int port(String digits, String text) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below, in our words
        }
        throw new IllegalArgumentException("\"" + text + "\" has the port \"" + digits + "\": a number up to 65535 is right");
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "https", "wss", "grpcs" -> 443;
            default -> 80;
        };
    }

    private static String beforeQuery(String text) {
        int at = text.indexOf('?');
        return at < 0 ? text : text.substring(0, at);
    }

    private static String afterQuery(String text) {
        int at = text.indexOf('?');
        return at < 0 ? "" : text.substring(at + 1);
    }
}
