package muster.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Whole bodies packed for clients that ask for it. Pure. */
final class Gzip {
    /** From here on packing takes longer than an event loop should be held, and fast packing saves more time than it costs bytes. */
    static final int LARGE = 64 << 10;
    private static final int PIECE = 16 << 10;

    private Gzip() {}

    /** Whether the request lists gzip without forbidding it (RFC 9110, 12.5.3). */
    static boolean accepted(Call call) {
        for (String part : call.header("accept-encoding").split(",")) {
            String[] coding = part.trim().split(";", 2);
            if (coding[0].trim().equalsIgnoreCase("gzip")) {
                return coding.length == 1 || !coding[1].trim().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    static Reply.Full pack(Reply.Full full) {
        if (full.body().length == 0 || full.headers().containsKey("Content-Encoding")) {
            return full;
        }
        Map<String, String> headers = new LinkedHashMap<>(full.headers());
        headers.put("Content-Encoding", "gzip");
        return new Reply.Full(full.status(), headers, full.packing().of(full.body()));
    }

    static byte[] bytes(byte[] body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length / (body.length < LARGE ? 2 : 6) + 32);
        try (GZIPOutputStream out = body.length < LARGE ? new GZIPOutputStream(packed) : new Fast(packed)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, PIECE);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
