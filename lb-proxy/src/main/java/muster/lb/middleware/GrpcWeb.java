package muster.lb.middleware;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.RequestBody;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/**
 * grpcWeb: browsers' gRPC as gRPC (gRPC: "PROTOCOL-WEB"). The messages are the same; what gRPC says in trailers stands in a last frame of the
 * body, for browsers can't read trailers, and the text form has all of it in base64. Other requests pass as they are.
 */
final class GrpcWeb implements Middleware {
    private static final String TYPE = "application/grpc-web";
    private static final String TEXT = "application/grpc-web-text";
    private static final int MAX_TEXT_BYTES = 64 * 1024 * 1024;
    private static final int TRAILER_FRAME = 0x80;

    private final List<String> origins;

    GrpcWeb(Values options) {
        this.origins = options.texts("allowOrigins");
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        String type = head.headers().first("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (head.method().equals("POST") && type.startsWith(TYPE)) {
            return call(head, type, next);
        }
        boolean isPreflight = head.method().equals("OPTIONS") && head.headers().has("Origin") && head.headers()
                .members("Access-Control-Request-Headers").stream().anyMatch("x-grpc-web"::equalsIgnoreCase);
        return isPreflight ? preflight(head) : next.handle(head);
    }

    private Optional<String> origin(RequestHead head) {
        return head.headers().first("Origin").filter(origin -> origins.contains("*") || origins.contains(origin));
    }

    private Answer preflight(RequestHead head) {
        Answer answer = Answer.empty(204);
        answer.headers().add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        origin(head).filter(origin -> head.headers().first("Access-Control-Request-Method").orElse("").equals("POST")).ifPresent(origin ->
                answer.headers().add("Access-Control-Allow-Origin", origin).add("Access-Control-Allow-Methods", "POST")
                        .add("Access-Control-Allow-Headers", String.join(", ", head.headers().members("Access-Control-Request-Headers")))
                        .add("Access-Control-Allow-Credentials", "true").add("Access-Control-Max-Age", "600"));
        return answer;
    }

    private Decision call(RequestHead head, String type, Next next) {
        boolean isText = type.startsWith(TEXT);
        HeaderList headers = head.headers().copy().remove("X-Grpc-Web")
                .set("Content-Type", "application/grpc" + type.substring((isText ? TEXT : TYPE).length())).set("Te", "trailers");
        Reply reply = new Reply(type, isText, origin(head));
        if (!isText) {
            return Decisions.edited(next.handle(head.withHeaders(headers)), reply);
        }
        RequestHead decoded = head.withHeaders(headers.remove("Content-Length").remove("Transfer-Encoding"));
        return new Decision.Collect(MAX_TEXT_BYTES, body -> body.isEmpty()
                ? Decisions.plain(413, "Request Entity Too Large")
                : sent(decoded, body.get(), next, reply));
    }

    private static Decision sent(RequestHead head, byte[] text, Next next, Reply reply) {
        byte[] body;
        try {
            body = decoded(text);
        } catch (IllegalArgumentException e) {
            return Decisions.plain(400, "the body is no base64");
        }
        return Decisions.edited(Decisions.map(next.handle(head),
                forward -> new Forward(forward.attempt(), forward.retry(), forward.edit(), RequestBody.of("POST", body)), answer -> answer), reply);
    }

    /** Base64, perhaps several of it, each with its own padding. */
    static byte[] decoded(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String all = new String(text, StandardCharsets.ISO_8859_1).strip();
        int from = 0;
        while (from < all.length()) {
            int padding = all.indexOf('=', from);
            int end = padding < 0 ? all.length() : padding + 1;
            while (end < all.length() && all.charAt(end) == '=') {
                end++;
            }
            out.writeBytes(Base64.getDecoder().decode(all.substring(from, end)));
            from = end;
        }
        return out.toByteArray();
    }

    /** What a browser gets. */
    private record Reply(String type, boolean isText, Optional<String> origin) implements ResponseEdit {
        @Override
        public void edit(int status, HeaderList headers) {
            origin.ifPresent(allowed -> {
                Set<String> shown = new LinkedHashSet<>();
                headers.forEach((name, value) -> shown.add(HeaderList.canonical(name)));
                shown.addAll(List.of("Grpc-Status", "Grpc-Message"));
                headers.set("Access-Control-Allow-Origin", allowed).set("Access-Control-Allow-Credentials", "true")
                        .set("Access-Control-Expose-Headers", String.join(", ", shown)).add("Vary", "Origin");
            });
            if (isGrpc(headers)) {
                headers.remove("Trailer").set("Content-Type", type);
            }
        }

        private static boolean isGrpc(HeaderList headers) {
            return headers.first("Content-Type").orElse("").startsWith("application/grpc");
        }

        @Override
        public Optional<BodyCoder> coder(int status, HeaderList headers) {
            if (!isGrpc(headers)) {
                return Optional.empty();
            }
            headers.remove("Content-Length");
            return Optional.of(new Coder(isText));
        }
    }

    /** Messages pass as they are; the trailers become the last frame. */
    private static final class Coder implements BodyCoder {
        private final boolean isText;

        Coder(boolean isText) {
            this.isText = isText;
        }

        @Override
        public byte[] piece(byte[] piece) {
            return isText ? Base64.getEncoder().encode(piece) : piece;
        }

        @Override
        public byte[] end() {
            return end(new HeaderList());
        }

        @Override
        public byte[] end(HeaderList trailers) {
            StringBuilder lines = new StringBuilder();
            trailers.forEach((name, value) -> lines.append(name.toLowerCase(Locale.ROOT)).append(": ").append(value).append("\r\n"));
            byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
            ByteBuffer frame = ByteBuffer.allocate(5 + text.length).put((byte) TRAILER_FRAME).putInt(text.length).put(text);
            return piece(Arrays.copyOf(frame.array(), frame.position()));
        }

        @Override
        public boolean takesTrailers() {
            return true;
        }
    }
}
