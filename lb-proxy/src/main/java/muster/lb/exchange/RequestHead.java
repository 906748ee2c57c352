package muster.lb.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A request without its body.
 *
 * @param uri path and query as the client sent them, starting with a slash (or {@code *})
 * @param host the Host header, or the authority of an absolute request target; "" when there is none
 * @param headers as the client sent them, hop-by-hop ones included; not to be changed
 * @param peer the two ends of the connection
 */
public record RequestHead(String method, String uri, String host, HeaderList headers, Peer peer, HttpVersion version) {
    public RequestHead(String method, String uri, String host, HeaderList headers, Peer peer, int minor) {
        this(method, uri, host, headers, peer, minor == 0 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1);
    }

    /**
     * The two ends of the client's connection.
     *
     * @param address the client's IP address
     * @param localAddress the proxy's
     * @param tls the client's handshake; empty for a plain connection
     * @param entryPoint the name of the listener
     */
    public record Peer(String address, int port, String localAddress, int localPort, Optional<TlsSession> tls, String entryPoint) {
        public Peer(String address, int port, String localAddress, int localPort, boolean isTls, String entryPoint) {
            this(address, port, localAddress, localPort, isTls ? Optional.of(TlsSession.UNKNOWN) : Optional.empty(), entryPoint);
        }

        public boolean isTls() {
            return tls.isPresent();
        }
    }

    /** 0 for HTTP/1.0, else 1. */
    public int minor() {
        return version == HttpVersion.HTTP_1_0 ? 0 : 1;
    }

    /** The path as the client sent it. */
    public String rawPath() {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    /** The query without its question mark; empty when there is no question mark. */
    public Optional<String> query() {
        int query = uri.indexOf('?');
        return query < 0 ? Optional.empty() : Optional.of(uri.substring(query + 1));
    }

    /** The path, percent-decoded; a bad escape stays as it is. */
    public String path() {
        return decode(rawPath(), false);
    }

    /** The scheme of the connection. */
    public String scheme() {
        return peer.isTls() ? "https" : "http";
    }

    /** Whether the client asks for a WebSocket. */
    public boolean isWebSocket() {
        return headers.hasMember("Upgrade", "websocket") && headers.hasMember("Connection", "upgrade");
    }

    /** The same with other headers. */
    public RequestHead withHeaders(HeaderList others) {
        return new RequestHead(method, uri, host, others, peer, version);
    }

    /** The same for another host. */
    public RequestHead withHost(String other) {
        return new RequestHead(method, uri, other, headers, peer, version);
    }

    /** The same with another method. */
    public RequestHead withMethod(String other) {
        return new RequestHead(other, uri, host, headers, peer, version);
    }

    /** The same with another path and query. */
    public RequestHead withUri(String other) {
        return new RequestHead(method, other, host, headers, peer, version);
    }

    /** Percent-decodes UTF-8; with {@code plusIsBlank} as in a query. Bad escapes stay as they are. */
    public static String decode(String text, boolean plusIsBlank) {
        if (text.indexOf('%') < 0 && !(plusIsBlank && text.indexOf('+') >= 0)) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(in.length);
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
            if (low >= 0) {
                out.put((byte) (high << 4 | low));
                i += 2;
            } else {
                out.put(plusIsBlank && in[i] == '+' ? (byte) ' ' : in[i]);
            }
        }
        return new String(out.array(), 0, out.position(), StandardCharsets.UTF_8);
    }

    /** Percent-encodes what may not stand in a path, as Go's url.URL does. */
    public static String encodePath(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || "/-_.~$&+,:;=@!*'()".indexOf(b) >= 0) {
                out.append((char) b);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return out.toString();
    }
}
