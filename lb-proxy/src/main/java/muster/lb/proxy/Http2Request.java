package muster.lb.proxy;

import io.netty.handler.codec.http2.Http2Headers;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HttpVersion;
import muster.lb.exchange.RequestHead;

/**
 * A request as HTTP/2 tells it (RFC 9113, section 8.3.1), held to the rules for all requests. What the codec lets pass and HTTP/1 could not say
 * is refused, for it may go on to a target that speaks HTTP/1. Pure.
 *
 * @param length of the body, {@link MessageHead#NO_LENGTH} when it is not told
 * @param isGrpc its client reads errors from gRPC's trailers
 */
record Http2Request(RequestHead head, long length, boolean isGrpc) {
    private static final String NOT_IN_TOKENS = "\"(),/:;<=>?@[\\]{}";

    /** Throws {@link BadMessage} when it is refused. */
    static Http2Request read(Http2Headers headers, boolean hasBody, RequestHead.Peer peer) throws BadMessage {
        HeaderList lines = Http2Lines.read(headers);
        String method = text(headers.method());
        String path = text(headers.path());
        if (method.equals("CONNECT")) {
            throw new BadMessage(405, "CONNECT is not served");
        }
        boolean isPath = path.startsWith("/") || path.equals("*") && method.equals("OPTIONS");
        if (!isToken(method) || text(headers.scheme()).isEmpty() || !isPath || !isClean(path)) {
            throw new BadMessage(400, "malformed request");
        }
        String host = host(text(headers.authority()), lines);
        RequestRules.check(host, path);
        String expect = lines.first("Expect").orElse("");
        if (!expect.isEmpty() && !expect.equalsIgnoreCase("100-continue")) {
            throw new BadMessage(417, "");
        }
        lines.set("Host", host);
        boolean isGrpc = lines.first("Content-Type").map(type -> type.startsWith("application/grpc")).orElse(false);
        return new Http2Request(new RequestHead(method, path, host, lines, peer, HttpVersion.HTTP_2), length(lines, hasBody), isGrpc);
    }

    private static String host(String authority, HeaderList lines) throws BadMessage {
        String host = lines.first("Host").orElse("");
        if (lines.all("Host").size() > 1 || !host.isEmpty() && !authority.isEmpty() && !host.equalsIgnoreCase(authority)) {
            throw new BadMessage(400, "the authority and the Host header differ");
        }
        if (authority.isEmpty() && host.isEmpty()) {
            throw new BadMessage(400, "a request without an authority");
        }
        return authority.isEmpty() ? host : authority;
    }

    private static long length(HeaderList lines, boolean hasBody) throws BadMessage {
        if (!lines.has("Content-Length")) {
            return MessageHead.NO_LENGTH;
        }
        String text = lines.first("Content-Length").orElse("");
        if (lines.all("Content-Length").size() > 1 || !text.matches("[0-9]{1,18}") || !hasBody && !text.matches("0+")) {
            throw new BadMessage(400, "malformed Content-Length");
        }
        return Long.parseLong(text);
    }

    private static boolean isToken(String method) {
        return !method.isEmpty() && method.chars().allMatch(c -> c > ' ' && c < 0x7f && NOT_IN_TOKENS.indexOf(c) < 0);
    }

    private static boolean isClean(String path) {
        return path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#');
    }

    private static String text(CharSequence value) {
        return value == null ? "" : value.toString();
    }
}
