package muster.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import muster.wire.GoQuote;
import muster.wire.Json;

/**
 * Talks HTTP/1.1 to one API over a plain socket, since the JDK's own client costs a command line a quarter of a second at its
 * first use. One request a connection; not for several threads at once.
 */
final class Api {
    private static final int CONNECT_MILLIS = 10_000;

    /**
     * @param base {@code http://host:port} or {@code https://...}
     * @param headers sent with every request
     * @param timeout the longest pause between two pieces of an answer; zero for any
     */
    record Address(String base, Map<String, String> headers, Trust trust, Duration timeout) {
        Address(String base, Map<String, String> headers, String caFile) {
            this(base, headers, new Trust(caFile, "", "", "", true), Duration.ZERO);
        }
    }

    /**
     * Whom https trusts, and who this is.
     *
     * @param authorities a file of trusted certificates; "" for the system's
     * @param certificate and key: files in PEM that show who this is; "" for nobody
     * @param serverName the name that the other side's certificate has to hold; "" for the address's
     * @param verify whether the other side's certificate is looked at
     */
    record Trust(String authorities, String certificate, String key, String serverName, boolean verify) {}

    /** A whole answer. */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        Doc json() {
            return new Doc(Json.parse(body));
        }
    }

    private final Address address;
    private final URI base;
    private final Consumer<String> onDenied;

    Api(Address address) {
        this(address, reason -> {});
    }

    /** @param onDenied is told which token lacks which permission on what, where the agent says so */
    Api(Address address, Consumer<String> onDenied) {
        this.onDenied = onDenied;
        this.address = address;
        this.base = parsed(address.base());
    }

    /** What is no address is refused when it is called, as Go's client does it, so that a command can say what it was about to do. */
    private static URI parsed(String base) {
        try {
            return new URI(base);
        } catch (URISyntaxException e) {
            return URI.create("");
        }
    }

    String base() {
        return address.base();
    }

    /** The JSON answer of a good GET; throws {@link ApiException} otherwise. */
    Doc get(String target) {
        return good(call("GET", target, new byte[0])).json();
    }

    /** The JSON answer of a good PUT or POST of a JSON body. */
    Doc send(String method, String target, Object body) {
        byte[] answer = good(call(method, target, body == null ? new byte[0] : Json.write(body))).body();
        return answer.length == 0 ? new Doc(null) : new Doc(Json.parse(answer));
    }

    /** Passes an answer with a status of 2xx; else throws the originals' text. */
    static Answer good(Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new ApiException(answer.status(), "Unexpected response code: " + answer.status()
                    + (answer.body().length == 0 ? "" : " (" + answer.text() + ")"));
        }
        return answer;
    }

    /** Any answer; throws {@link ApiException} with status 0 where none came. */
    Answer call(String method, String target, byte[] body) {
        try (Socket socket = open(method, target)) {
            InputStream in = request(socket, method, target, body);
            Head head = Head.read(in);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            if (!method.equals("HEAD") && head.status() != 204 && head.status() != 304) {
                head.body(in).transferTo(whole);
            }
            if (head.status() == 403 && head.headers().containsKey("x-muster-denied")) {
                onDenied.accept(head.headers().get("x-muster-denied"));
            }
            return new Answer(head.status(), head.headers(), whole.toByteArray());
        } catch (IOException e) {
            throw unreachable(method, target, e);
        }
    }

    /** Takes an answer's body piece by piece, until it ends or {@code sink} throws. Returns the whole answer when it is an error. */
    Answer stream(String target, Sink sink) {
        try (Socket socket = open("GET", target)) {
            InputStream in = request(socket, "GET", target, new byte[0]);
            Head head = Head.read(in);
            InputStream body = head.body(in);
            if (head.status() / 100 != 2) {
                return new Answer(head.status(), head.headers(), body.readAllBytes());
            }
            byte[] piece = new byte[16 * 1024];
            for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
                sink.take(piece, n);
            }
            return new Answer(head.status(), head.headers(), new byte[0]);
        } catch (IOException e) {
            throw unreachable("GET", target, e);
        }
    }

    /**
     * Leaves HTTP for a conversation; the connection is the caller's to close. Throws {@link ApiException} where the agent answers
     * anything but that.
     */
    Talk talk(String target) {
        Socket socket = open("GET", target);
        try {
            Map<String, String> headers = new LinkedHashMap<>(address.headers());
            headers.put("Upgrade", "websocket");
            headers.put("Sec-WebSocket-Version", "13");
            headers.put("Sec-WebSocket-Key", Talk.key());
            InputStream in = request(socket, "GET", target, "Upgrade", headers, new byte[0]);
            Head head = Head.read(in);
            if (head.status() == 101) {
                return new Talk(socket, in);
            }
            try (socket) {
                good(new Answer(head.status(), head.headers(), head.body(in).readAllBytes()));
                throw new ApiException(head.status(), "the agent does not speak WebSocket there");
            }
        } catch (IOException e) {
            throw unreachable("GET", target, e);
        }
    }

    interface Sink {
        void take(byte[] bytes, int length) throws IOException;
    }

    private Socket open(String method, String target) {
        String scheme = base.getScheme() == null ? "" : base.getScheme();
        if (!scheme.equals("http") && !scheme.equals("https")) {
            String url = (scheme.isEmpty() ? "" : scheme + "://" + (base.getAuthority() == null ? "" : base.getAuthority())) + target;
            throw new ApiException(0, verb(method) + " " + GoQuote.quote(url) + ": unsupported protocol scheme " + GoQuote.quote(scheme));
        }
        if (base.getHost() == null) {
            throw new ApiException(0, verb(method) + " " + GoQuote.quote(address.base() + target) + ": "
                    + (base.getAuthority() == null ? "http: no Host in request URL" : GoQuote.quote(base.getAuthority()) + " is no host name"));
        }
        boolean secure = "https".equals(base.getScheme());
        int port = base.getPort() > 0 ? base.getPort() : secure ? 443 : 80;
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(base.getHost(), port), CONNECT_MILLIS);
            socket.setSoTimeout((int) address.timeout().toMillis());
            return secure
                    ? Tls.over(socket, base.getHost(), port, address.trust())
                    : socket;
        } catch (IOException | GeneralSecurityException e) {
            try {
                socket.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw unreachable(method, target, e);
        }
    }

    private InputStream request(Socket socket, String method, String target, byte[] body) throws IOException {
        return request(socket, method, target, "close", address.headers(), body);
    }

    private InputStream request(Socket socket, String method, String target, String connection, Map<String, String> headers, byte[] body)
            throws IOException {
        StringBuilder head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: ")
                .append(base.getAuthority()).append("\r\nConnection: ").append(connection).append("\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (body.length > 0 || !method.equals("GET")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        whole.write(body);
        OutputStream out = socket.getOutputStream();
        whole.writeTo(out);
        out.flush();
        return new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    }

    /** The words of Go's client for a connection that failed. */
    private ApiException unreachable(String method, String target, Exception failure) {
        String reason = failure instanceof ConnectException
                ? "dial tcp " + base.getHost() + ":" + base.getPort() + ": connect: connection refused"
                : String.valueOf(failure.getMessage());
        return new ApiException(0, verb(method) + " " + GoQuote.quote(address.base() + target) + ": " + reason);
    }

    private static String verb(String method) {
        return method.charAt(0) + method.substring(1).toLowerCase(Locale.ROOT);
    }
}
