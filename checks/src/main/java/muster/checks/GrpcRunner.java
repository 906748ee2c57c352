package muster.checks;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * Asks {@code grpc.health.v1.Health/Check}: one call over an HTTP/2 connection of its own with prior knowledge (RFC 9113;
 * the gRPC health checking protocol). Only the answer's message counts, so the header block of the answer is not decoded:
 * a call that fails carries no message.
 */
final class GrpcRunner implements Runner {
    private static final int DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7;
    private static final int ACK = 1, END_STREAM = 1, END_HEADERS = 4, PADDED = 8;
    private static final int MAX_FRAME = 16 * 1024;
    private static final int MAX_FRAMES = 1000;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SERVING = 1;

    private final CheckDefinition.Grpc definition;
    private final byte[] head = new byte[9];

    GrpcRunner(CheckDefinition.Grpc definition) {
        this.definition = definition;
    }

    @Override
    public Outcome run() throws InterruptedException {
        Deadline deadline = Deadline.in(definition.when().timeout());
        String target = definition.target();
        int slash = target.indexOf('/');
        String address = slash < 0 ? target : target.substring(0, slash);
        String service = slash < 0 ? "" : target.substring(slash + 1);
        try (Connection plain = Connection.open(HostPort.parse(address), deadline)) {
            if (!definition.tls()) {
                return judge(call(plain, address, service));
            }
            String host = HostPort.parse(address).host();
            try (Connection secure = plain.secure(host, definition.tlsSkipVerify(), "h2")) {
                return judge(call(secure, address, service));
            }
        } catch (SocketTimeoutException e) {
            return Outcome.critical("gRPC check " + target + ": context deadline exceeded");
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.critical("gRPC check " + target + ": " + Connection.explain(e));
        }
    }

    private Outcome judge(byte[] message) {
        // HealthCheckResponse has one field: 1, an enum as a varint.
        boolean serving = message.length >= 7 && message[5] == 0x08 && message[6] == SERVING;
        return serving
                ? Outcome.passing("gRPC check " + definition.target() + ": success")
                : Outcome.critical("gRPC check " + definition.target()
                        + ": gRPC application didn't report service healthy");
    }

    /** The data of the answer: five bytes of framing and the message; empty when the call failed. */
    private byte[] call(Connection connection, String authority, String service) throws IOException {
        connection.write(request(authority, service));
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int frames = 0; frames < MAX_FRAMES; frames++) {
            readFully(connection, head);
            int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
            if (length > MAX_FRAME || data.size() > MAX_FRAME) {
                throw new IOException("http2: frame too large");
            }
            byte[] payload = new byte[length];
            readFully(connection, payload);
            int type = head[3];
            int flags = head[4];
            boolean ended = (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
            if (type == DATA) {
                int padding = (flags & PADDED) != 0 && length > 0 ? payload[0] & 0xff : 0;
                int from = (flags & PADDED) != 0 ? 1 : 0;
                data.write(payload, from, Math.max(0, length - from - padding));
            } else if (type == SETTINGS && (flags & ACK) == 0) {
                connection.write(frame(SETTINGS, ACK, 0, new byte[0]));
            } else if (type == PING && (flags & ACK) == 0) {
                connection.write(frame(PING, ACK, 0, payload));
            } else if (type == RST_STREAM || type == GOAWAY) {
                throw new IOException("rpc error: code = Unavailable desc = stream closed by the server");
            }
            if (ended) {
                return data.toByteArray();
            }
        }
        throw new IOException("no answer within " + MAX_FRAMES + " frames");
    }

    private byte[] request(String authority, String service) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        field(block, ":method", "POST");
        field(block, ":scheme", definition.tls() ? "https" : "http");
        field(block, ":path", "/grpc.health.v1.Health/Check");
        field(block, ":authority", authority);
        field(block, "te", "trailers");
        field(block, "content-type", "application/grpc");
        field(block, "user-agent", "Consul Health Check");

        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        if (name.length > 0) {
            message.write(0x0a);
            integer(message, name.length);
            message.writeBytes(name);
        }
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(framed);
        out.writeByte(0);
        out.writeInt(message.size());
        out.write(message.toByteArray());

        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(PREFACE);
        all.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
        all.writeBytes(frame(HEADERS, END_HEADERS, 1, block.toByteArray()));
        all.writeBytes(frame(DATA, END_STREAM, 1, framed.toByteArray()));
        return all.toByteArray();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(9 + payload.length);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        return bytes.toByteArray();
    }

    /** A literal field without indexing and without compression (RFC 7541 §6.2.2). */
    private static void field(ByteArrayOutputStream out, String name, String value) {
        out.write(0);
        text(out, name);
        text(out, value);
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int mask = (1 << 7) - 1;
        if (bytes.length < mask) {
            out.write(bytes.length);
        } else {
            out.write(mask);
            integer(out, bytes.length - mask);
        }
        out.writeBytes(bytes);
    }

    /** Groups of seven bits, the lowest first, as both protocol buffers and header compression write numbers. */
    private static void integer(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private static void readFully(Connection connection, byte[] into) throws IOException {
        for (int at = 0; at < into.length; ) {
            int read = connection.read(into, at, into.length - at);
            if (read < 0) {
                throw new IOException("EOF");
            }
            at += read;
        }
    }
}
