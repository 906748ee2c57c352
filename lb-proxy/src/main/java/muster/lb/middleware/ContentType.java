package muster.lb.middleware;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;

/** contentType: an answer without a type gets the one its first 512 bytes look like (WHATWG: "MIME Sniffing"). */
final class ContentType implements Middleware {
    private static final int LOOKED_AT = 512;
    private static final Map<String, String> MAGIC = new LinkedHashMap<>();

    static {
        MAGIC.put("%PDF-", "application/pdf");
        MAGIC.put("%!PS-Adobe-", "application/postscript");
        MAGIC.put("\u00fe\u00ff", "text/plain; charset=utf-16be");
        MAGIC.put("\u00ff\u00fe", "text/plain; charset=utf-16le");
        MAGIC.put("\u00ef\u00bb\u00bf", "text/plain; charset=utf-8");
        MAGIC.put("GIF87a", "image/gif");
        MAGIC.put("GIF89a", "image/gif");
        MAGIC.put("\u0089PNG\r\n\u001a\n", "image/png");
        MAGIC.put("\u00ff\u00d8\u00ff", "image/jpeg");
        MAGIC.put("BM", "image/bmp");
        MAGIC.put("\u001f\u008b\b", "application/x-gzip");
        MAGIC.put("PK\u0003\u0004", "application/zip");
        MAGIC.put("OggS\0", "application/ogg");
        MAGIC.put("ID3", "audio/mpeg");
        MAGIC.put("wOFF", "font/woff");
        MAGIC.put("wOF2", "font/woff2");
        MAGIC.put("\0asm", "application/wasm");
    }

    private static final String TAGS = "!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--";

    @Override
    public Decision handle(RequestHead head, Next next) {
        return Decisions.edited(next.handle(head), new ResponseEdit() {
            @Override
            public void edit(int status, HeaderList headers) {
                // the type follows from the body
            }

            @Override
            public Optional<BodyCoder> coder(int status, HeaderList headers) {
                return headers.has("Content-Type") || headers.has("Content-Encoding") ? Optional.empty() : Optional.of(new Sniffer(headers));
            }
        });
    }

    /** The type that a body's beginning looks like. */
    static String of(byte[] start) {
        String text = new String(start, 0, Math.min(start.length, LOOKED_AT), StandardCharsets.ISO_8859_1);
        String trimmed = text.replaceFirst("^[\\t\\n\\f\\r ]+", "").toLowerCase(Locale.ROOT);
        if (trimmed.startsWith("<") && trimmed.substring(1).matches("(?s)(" + TAGS + ")([ >].*)?")) {
            return "text/html; charset=utf-8";
        }
        if (trimmed.startsWith("<?xml")) {
            return "text/xml; charset=utf-8";
        }
        for (Map.Entry<String, String> magic : MAGIC.entrySet()) {
            if (text.startsWith(magic.getKey())) {
                return magic.getValue();
            }
        }
        if (text.startsWith("RIFF") && text.startsWith("WEBPVP", 8)) {
            return "image/webp";
        }
        boolean isBinary = text.chars().anyMatch(c -> c <= 0x08 || c == 0x0b || c >= 0x0e && c <= 0x1a || c >= 0x1c && c <= 0x1f);
        return isBinary ? "application/octet-stream" : "text/plain; charset=utf-8";
    }

    private static final class Sniffer implements BodyCoder {
        private final HeaderList headers;
        private byte[] held = new byte[0];
        private boolean isDone;

        Sniffer(HeaderList headers) {
            this.headers = headers;
        }

        @Override
        public byte[] piece(byte[] piece) {
            if (isDone) {
                return piece;
            }
            byte[] all = java.util.Arrays.copyOf(held, held.length + piece.length);
            System.arraycopy(piece, 0, all, held.length, piece.length);
            held = all;
            return held.length < LOOKED_AT ? new byte[0] : told();
        }

        @Override
        public byte[] end() {
            return isDone ? new byte[0] : told();
        }

        @Override
        public boolean isHolding() {
            return !isDone;
        }

        private byte[] told() {
            isDone = true;
            headers.set("Content-Type", of(held));
            return held;
        }
    }
}
