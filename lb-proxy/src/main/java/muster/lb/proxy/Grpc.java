package muster.lb.proxy;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/** What a gRPC client is told when HTTP has something to say (gRPC: "PROTOCOL-HTTP2", "HTTP to gRPC Status Code Mapping"). Pure. */
final class Grpc {
    private Grpc() {}

    /** An answer of one head, with a status that gRPC clients understand. */
    static Http2Headers error(int status) {
        return new DefaultHttp2Headers(false)
                .status("200")
                .add("content-type", "application/grpc")
                .add("grpc-status", Integer.toString(code(status)))
                .add("grpc-message", message(status));
    }

    /** No route is NOT_FOUND, as Fabio says it; what may pass is UNAVAILABLE, so that clients try again. */
    private static int code(int status) {
        return switch (status) {
            case 400, 413, 414, 431 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 5;
            case 405, 501 -> 12;
            case 408, 504 -> 4;
            case 429, 502, 503 -> 14;
            default -> status >= 500 ? 13 : 2;
        };
    }

    private static String message(int status) {
        return switch (status) {
            case 404 -> "no route found";
            case 502, 503 -> "no target could be reached";
            case 504 -> "the target did not answer in time";
            default -> Reasons.of(status);
        };
    }
}
