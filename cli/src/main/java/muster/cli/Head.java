package muster.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The head of an answer (RFC 9112): status line and headers, names in lower case. Reads what follows it as its body. */
record Head(int status, Map<String, String> headers) {
    static Head read(InputStream in) throws IOException {
        String start = line(in);
        int status = status(start);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
            }
        }
        return status == 100 ? read(in) : new Head(status, headers);
    }

    /** The number in {@code HTTP/1.1 200 OK}. */
    private static int status(String start) throws IOException {
        if (start.startsWith("HTTP/1.") && start.length() >= 12 && start.charAt(8) == ' ') {
            try {
                return Integer.parseInt(start, 9, 12, 10);
            } catch (NumberFormatException e) {
                throw new IOException("no HTTP answer: " + start, e);
            }
        }
        throw new IOException("no HTTP answer: " + start);
    }

    InputStream body(InputStream in) {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new Chunks(in);
        }
        String length = headers.get("content-length");
        return length == null ? in : new Limited(in, Long.parseLong(length));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("EOF");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** A body of known length. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(to, at, (int) Math.min(length, left));
            if (n < 0) {
                throw new IOException("unexpected EOF");
            }
            left -= n;
            return n;
        }
    }

    /** A chunked body (RFC 9112, 7.1). */
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            if (!ended && left == 0) {
                next();
            }
            if (ended) {
                return -1;
            }
            int n = in.read(to, at, (int) Math.min(length, left));
            if (n < 0) {
                throw new IOException("unexpected EOF");
            }
            left -= n;
            return n;
        }

        private void next() throws IOException {
            if (!first) {
                line(in);
            }
            first = false;
            String size = line(in);
            int extension = size.indexOf(';');
            left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).trim(), 16);
            if (left == 0) {
                while (!line(in).isEmpty()) {
                    // Trailers carry nothing that a command shows.
                    continue;
                }
                ended = true;
            }
        }
    }
}
