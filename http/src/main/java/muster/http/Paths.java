package muster.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Request paths: decoding, and the cleaning that Go's net/http router does before it looks for a handler. Pure. */
final class Paths {
    private static final String UNRESERVED = "-._~/!$&'()*+,;=:@";

    private Paths() {}

    /** Percent-decodes. Throws {@link IllegalArgumentException} for a bad escape or a control character, escaped or not. */
    static String decode(String path) {
        if (path.indexOf('%') < 0 && isPlain(path)) {
            return path;
        }
        byte[] raw = path.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[raw.length];
        int n = 0;
        for (int i = 0; i < raw.length; i++) {
            byte b = raw[i];
            if (b == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("invalid URL escape in the path");
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            if (b >= 0 && b < 0x20 || b == 0x7f) {
                throw new IllegalArgumentException("control character in the path");
            }
            out[n++] = b;
        }
        // Bytes that are no UTF-8 become replacement characters, which is how the originals show them.
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }

    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < 0x20 || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Without doubled slashes and dot segments; a last slash stays. */
    static String clean(String path) {
        if (path.isEmpty()) {
            return "/";
        }
        if (path.startsWith("/") && !path.contains("//") && !path.contains("/.")) {
            return path;
        }
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : path.split("/")) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        String clean = "/" + String.join("/", kept);
        return path.endsWith("/") && clean.length() > 1 ? clean + "/" : clean;
    }

    /** Percent-encodes what may not stand in a path. */
    static String encode(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || UNRESERVED.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }
}
