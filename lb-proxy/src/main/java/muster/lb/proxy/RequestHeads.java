package muster.lb.proxy;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;

/** Reads a request's head and refuses those whose meaning is in doubt. */
final class RequestHeads {
    private RequestHeads() {}

    /** The head as a value; what is inconsistent in it is left to {@link #refusal}. */
    static RequestHead of(HttpServerRequest request, String entryPoint) {
        HeaderList headers = new HeaderList();
        request.headers().forEach((name, value) -> headers.add(name, value));
        String uri = request.uri();
        String host = headers.first("Host").orElse("");
        int scheme = uri.indexOf("://");
        if (scheme > 0 && !uri.startsWith("/")) {
            int slash = uri.indexOf('/', scheme + 3);
            int query = uri.indexOf('?', scheme + 3);
            int end = slash < 0 ? query < 0 ? uri.length() : query : query < 0 ? slash : Math.min(slash, query);
            host = uri.substring(scheme + 3, end);
            uri = end == uri.length() ? "/" : uri.charAt(end) == '/' ? uri.substring(end) : "/" + uri.substring(end);
        }
        RequestHead.Peer peer = new RequestHead.Peer(
                address(request.remoteAddress()), request.remoteAddress().port(),
                address(request.localAddress()), request.localAddress().port(), request.isSSL(), entryPoint);
        return new RequestHead(request.method().name(), uri, host, headers, peer, request.version() == HttpVersion.HTTP_1_0 ? 0 : 1);
    }

    /**
     * The answer to a head that two servers could read in two ways (RFC 9112, sections 3.2 and 6.1), or that asks for what a
     * proxy of this kind does not do.
     */
    static Optional<Answer> refusal(RequestHead head) {
        HeaderList headers = head.headers();
        List<String> hosts = headers.all("Host");
        if (hosts.isEmpty() && head.minor() > 0) {
            return Optional.of(Answer.text(400, "400 Bad Request: missing required Host header"));
        }
        if (hosts.size() > 1) {
            return Optional.of(Answer.text(400, "400 Bad Request: too many Host headers"));
        }
        if (!isCleanHost(head.host())) {
            return Optional.of(Answer.text(400, "400 Bad Request: malformed Host header"));
        }
        List<String> codings = headers.members("Transfer-Encoding");
        if (!codings.isEmpty() && (head.minor() == 0 || !codings.equals(List.of("chunked")) && !codings.getFirst().equalsIgnoreCase("chunked"))) {
            return Optional.of(Answer.text(501, "501 Not Implemented: unsupported transfer encoding"));
        }
        if (codings.size() > 1 || !codings.isEmpty() && headers.has("Content-Length") || headers.all("Content-Length").size() > 1) {
            return Optional.of(Answer.text(400, "400 Bad Request: ambiguous length"));
        }
        if (!headers.first("Expect").map("100-continue"::equalsIgnoreCase).orElse(true)) {
            return Optional.of(Answer.empty(417));
        }
        if (!head.uri().startsWith("/") && !head.uri().equals("*") || head.method().equals("CONNECT")) {
            return Optional.of(Answer.text(400, "400 Bad Request: the request target is neither a path nor a URL"));
        }
        return Optional.empty();
    }

    private static boolean isCleanHost(String host) {
        return host.chars().noneMatch(c -> c <= ' ' || c == 0x7f || "/\\?#@<>\"".indexOf(c) >= 0);
    }

    private static String address(io.vertx.core.net.SocketAddress address) {
        String text = address.hostAddress() == null ? "" : address.hostAddress();
        int zone = text.indexOf('%');
        String plain = zone < 0 ? text : text.substring(0, zone);
        return plain.startsWith("::ffff:") && plain.indexOf('.') > 0 ? plain.substring(7) : plain;
    }
}
