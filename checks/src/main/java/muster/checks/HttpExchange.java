package muster.checks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 request over a connection of its own, closed afterwards (RFC 9112). Small on purpose: a check needs a
 * status and the end of a body, must obey one deadline, and must not be answered from a pool.
 */
final class HttpExchange {
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 256;

    private final Map<String, List<String>> header;
    private final boolean tlsSkipVerify;
    private final int keep;

    private final byte[] buffer = new byte[8192];
    private int at;
    private int end;

    HttpExchange(Map<String, List<String>> header, boolean tlsSkipVerify, int keep) {
        this.header = header;
        this.tlsSkipVerify = tlsSkipVerify;
        this.keep = keep;
    }

    /** The answer, with the last bytes of its body. */
    record Answer(int status, String statusText, String location, String body) {
        /** Whether it names another place to ask. */
        boolean isRedirect() {
            return !location.isEmpty()
                    && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
        }
    }

    Answer send(String method, URI uri, String body, Deadline deadline) throws IOException, InterruptedException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (!tls && !scheme.equals("http")) {
            throw new IOException("unsupported protocol scheme \"" + (uri.getScheme() == null ? "" : scheme) + "\"");
        }
        if (uri.getHost() == null) {
            throw new IOException("no Host in request URL");
        }
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        HostPort target = new HostPort(host, uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80);
        try (Connection plain = Connection.open(target, deadline)) {
            if (!tls) {
                return exchange(plain, method, uri, body);
            }
            try (Connection secure = plain.secure(host, tlsSkipVerify)) {
                return exchange(secure, method, uri, body);
            }
        }
    }

    private Answer exchange(Wire connection, String method, URI uri, String body) throws IOException {
        Output.Tail tail = new Output.Tail(keep);
        Answer answer = exchange(connection, method, uri, body, tail);
        return new Answer(answer.status(), answer.statusText(), answer.location(), tail.text());
    }

    /** One request over an open connection; the answer's body goes to the sink and not into the answer. */
    Answer exchange(Wire connection, String method, URI uri, String body, Output.Sink sink) throws IOException {
        connection.write(request(method, uri, body));
        for (int interim = 0; interim < MAX_HEADERS; interim++) {
            String line = line(connection);
            String[] parts = line.split(" ", 3);
            if (parts.length < 2 || !parts[0].startsWith("HTTP/") || !parts[1].matches("\\d{3}")) {
                throw new IOException("malformed HTTP response \"" + line + "\"");
            }
            int status = Integer.parseInt(parts[1]);
            Map<String, String> fields = fields(connection);
            if (status / 100 == 1) {
                continue;
            }
            if (!method.equals("HEAD") && status != 204 && status != 304) {
                readBody(connection, fields, sink);
            }
            String text = parts.length < 3 ? parts[1] : parts[1] + " " + parts[2];
            return new Answer(status, text.strip(), fields.getOrDefault("location", ""), "");
        }
        throw new IOException("too many 1xx informational responses");
    }

    private byte[] request(String method, URI uri, String body) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        Map<String, String> own = new LinkedHashMap<>();
        own.put("Host", uri.getRawAuthority().replaceFirst("^.*@", ""));
        own.put("User-Agent", "Consul Health Check");
        own.put("Accept", "text/plain, text/*, */*");
        own.put("Connection", "close");
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        if (content.length > 0) {
            own.put("Content-Length", Integer.toString(content.length));
        }
        StringBuilder head = new StringBuilder(method).append(' ').append(path);
        if (uri.getRawQuery() != null) {
            head.append('?').append(uri.getRawQuery());
        }
        head.append(" HTTP/1.1\r\n");
        own.forEach((name, value) -> {
            if (header.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        header.forEach((name, values) -> values.forEach(value ->
                head.append(oneLine(name)).append(": ").append(oneLine(value)).append("\r\n")));
        head.append("\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }

    /** A line break in a configured header must not start another one. */
    private static String oneLine(String text) {
        return text.replace('\r', ' ').replace('\n', ' ');
    }

    private Map<String, String> fields(Wire connection) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int count = 0; count < MAX_HEADERS; count++) {
            String line = line(connection);
            if (line.isEmpty()) {
                return fields;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
            }
        }
        throw new IOException("more than " + MAX_HEADERS + " header fields in the response");
    }

    private void readBody(Wire connection, Map<String, String> fields, Output.Sink sink) throws IOException {
        if (fields.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).endsWith("chunked")) {
            long size = chunkSize(connection);
            while (size > 0) {
                copy(connection, size, sink);
                line(connection);
                size = chunkSize(connection);
            }
            return;
        }
        String length = fields.getOrDefault("content-length", "");
        if (!length.isEmpty() && !length.matches("\\d{1,18}")) {
            throw new IOException("bad Content-Length \"" + length + "\"");
        }
        copy(connection, length.isEmpty() ? -1 : Long.parseLong(length), sink);
    }

    private long chunkSize(Wire connection) throws IOException {
        String line = line(connection).replaceFirst(";.*", "").strip();
        if (!line.matches("[0-9a-fA-F]{1,15}")) {
            throw new IOException("invalid byte in chunk length");
        }
        return Long.parseLong(line, 16);
    }

    /** Copies so many bytes, or all there are when {@code length} is negative. The deadline bounds the endless case. */
    private void copy(Wire connection, long length, Output.Sink sink) throws IOException {
        long left = length;
        while (left != 0) {
            if (at == end && !fill(connection)) {
                if (left > 0) {
                    throw new IOException("unexpected EOF");
                }
                return;
            }
            int part = left < 0 ? end - at : (int) Math.min(left, end - at);
            sink.write(buffer, at, part);
            at += part;
            left -= left < 0 ? 0 : part;
        }
    }

    private String line(Wire connection) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_LINE) {
            if (at == end && !fill(connection)) {
                throw new IOException(line.isEmpty() ? "EOF" : "unexpected EOF");
            }
            char c = (char) (buffer[at++] & 0xff);
            if (c == '\n') {
                int last = line.length() - 1;
                return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
            }
            line.append(c);
        }
        throw new IOException("a line of the response is longer than " + MAX_LINE + " bytes");
    }

    private boolean fill(Wire connection) throws IOException {
        int read = connection.read(buffer, 0, buffer.length);
        at = 0;
        end = Math.max(read, 0);
        return read > 0;
    }
}
