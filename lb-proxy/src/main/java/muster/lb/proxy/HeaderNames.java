package muster.lb.proxy;

import java.util.Optional;

/**
 * The names that nearly all header lines have, as constants: a line's name is recognised by its bytes, so that no text is made for it
 * and later comparisons end at once. Immutable.
 */
final class HeaderNames {
    private static final String[] COMMON = {
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "Content-Length", "Content-Type", "Cookie",
        "Transfer-Encoding", "Expect", "Upgrade", "Te", "Trailer", "Keep-Alive", "Referer", "Origin", "Authorization", "Cache-Control",
        "Pragma", "Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Range", "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Real-Ip", "X-Request-Id", "Forwarded", "Via",
        "X-Requested-With", "Upgrade-Insecure-Requests", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User",
        "Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Dnt", "Priority", "Sec-Websocket-Key", "Sec-Websocket-Version",
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Traceparent", "Tracestate",
        "Server", "Date", "Content-Encoding", "Content-Language", "Content-Location", "Content-Range", "Content-Disposition", "Last-Modified",
        "ETag", "Etag", "Expires", "Age", "Vary", "Location", "Set-Cookie", "Accept-Ranges", "Allow", "Link", "Retry-After",
        "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "X-Xss-Protection", "X-XSS-Protection",
        "Content-Security-Policy", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers",
        "Access-Control-Allow-Methods", "Www-Authenticate", "WWW-Authenticate", "Proxy-Connection", "X-Powered-By", "Alt-Svc", "Grpc-Status",
        "Grpc-Message", "Grpc-Timeout", "Grpc-Encoding"};
    private static final int SLOTS = 512;
    private static final String[][] TABLE = new String[SLOTS][];

    static {
        for (String name : COMMON) {
            int slot = slot(name.length(), name.charAt(0), name.charAt(name.length() - 1), name.charAt(name.length() / 2));
            String[] old = TABLE[slot] == null ? new String[0] : TABLE[slot];
            String[] grown = java.util.Arrays.copyOf(old, old.length + 1);
            grown[old.length] = name;
            TABLE[slot] = grown;
        }
    }

    private HeaderNames() {}

    /** The name at this place, letters as they are. */
    static String of(byte[] bytes, int from, int to) {
        int length = to - from;
        String[] candidates = TABLE[slot(length, bytes[from], bytes[to - 1], bytes[from + length / 2])];
        if (candidates != null) {
            for (String candidate : candidates) {
                if (isThere(candidate, bytes, from, length)) {
                    return candidate;
                }
            }
        }
        return Latin1.text(bytes, from, to);
    }

    /** The constant with these letters, if it is one of the common names. */
    static Optional<String> common(String canonical) {
        String[] candidates = canonical.isEmpty() ? null : TABLE[slot(canonical.length(), canonical.charAt(0),
                canonical.charAt(canonical.length() - 1), canonical.charAt(canonical.length() / 2))];
        if (candidates != null) {
            for (String candidate : candidates) {
                if (candidate.equals(canonical)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isThere(String candidate, byte[] bytes, int from, int length) {
        if (candidate.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (candidate.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static int slot(int length, int first, int last, int middle) {
        return (length * 31 + first * 7 + last * 13 + middle * 3) & SLOTS - 1;
    }
}
