package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Decision.Retry;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.route.TargetUrl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two servers could read in two ways, or that are no requests: bytes in, what the target may see, what is answered. The target
 * believes everything it gets, so whatever reaches it is read as a request of its own.
 */
class TortureTest {
    private static final String MAYBE = "maybe ";
    private static final String CLOSE = "Connection: close\r\n";
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    private static SocketTarget target;
    private static ProxyServer server;
    /** Requests are marked with the case in whose time they were decided: the target may see one late whose answer did not wait for it. */
    private static final AtomicInteger CASES = new AtomicInteger();

    /**
     * One attempt.
     *
     * @param bytes what the client sends
     * @param answers the statuses it gets, before its connection ends
     * @param seen the request lines the target sees, without their version
     */
    record Case(String name, String bytes, List<Integer> answers, List<String> seen) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case refused(String name, int status, String bytes) {
        return new Case(name, bytes, List.of(status), List.of());
    }

    /** The head was good, so the target may have seen it before the body turned out bad; it never sees a whole request. */
    private static Case broken(String name, String bytes) {
        return new Case(name, bytes, List.of(400), List.of(MAYBE + "POST /p"));
    }

    private static Case passed(String name, String seen, String bytes) {
        return new Case(name, bytes, List.of(200), List.of(seen));
    }

    private static String get(String line) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n" + CLOSE + "\r\n";
    }

    private static String post(String lines, String body) {
        return "POST /p HTTP/1.1\r\nHost: a\r\n" + lines + CLOSE + "\r\n" + body;
    }

    private static String chunked(String body) {
        return post("Transfer-Encoding: chunked\r\n", body);
    }

    private static String path(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + CLOSE + "\r\n";
    }

    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

    static List<Case> cases() {
        return List.of(
                // Two lengths, or one that can be read in two ways.
                refused("a length and a transfer coding", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + HIDDEN)),
                refused("a transfer coding and a length", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + HIDDEN)),
                refused("two different lengths", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "aaaaaa")),
                refused("the same length twice", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "aaaaa")),
                refused("two lengths in one line", 400, post("Content-Length: 5, 5\r\n", "aaaaa")),
                refused("a negative length", 400, post("Content-Length: -1\r\n", "")),
                refused("a length with a sign", 400, post("Content-Length: +5\r\n", "aaaaa")),
                refused("a hexadecimal length", 400, post("Content-Length: 0x5\r\n", "aaaaa")),
                refused("an empty length", 400, post("Content-Length: \r\n", "")),
                refused("a length beyond all numbers", 400, post("Content-Length: 99999999999999999999\r\n", "a")),
                refused("a length with a blank in it", 400, post("Content-Length: 1 0\r\n", "a")),
                refused("a length in other digits", 400, post("Content-Length: \u00b2\r\n", "aa")),
                refused("another transfer coding", 501, post("Transfer-Encoding: gzip\r\n", "a")),
                refused("chunked and another coding", 501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
                refused("chunked twice in one line", 501, post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")),
                refused("chunked twice in two lines", 400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
                refused("chunked and identity in two lines", 501, post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
                refused("almost chunked", 501, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
                refused("a quoted chunked", 501, post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")),
                refused("chunked behind a vertical tab", 400, post("Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n")),
                refused("a coding under a name with a blank before the colon", 400, post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + HIDDEN)),
                refused("a coding in HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
                refused("a coding with a parameter", 501, post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")),
                refused("a coding behind a comma", 501, post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n")),
                refused("a coding behind a NUL", 400, post("Transfer-Encoding:\u0000chunked\r\n", "0\r\n\r\n")),
                refused("no coding at all", 501, post("Transfer-Encoding:\r\n", "0\r\n\r\n")),
                refused("a length under a name with a blank", 400, post("Content Length: 5\r\n", "aaaaa")),
                refused("a length with a decimal point", 400, post("Content-Length: 5.0\r\n", "aaaaa")),
                refused("a length with an exponent", 400, post("Content-Length: 1e1\r\n", "aaaaaaaaaa")),
                passed("a length with zeros before it", "POST /p", post("Content-Length: 0005\r\n", "aaaaa")),
                passed("a coding with blanks around it", "POST /p", post("Transfer-Encoding: \t chunked \t\r\n", "3\r\nabc\r\n0\r\n\r\n")),
                passed("an underscored coding is just a header", "POST /p", post("Transfer_Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")),
                passed("chunked in capitals", "POST /p", post("TRANSFER-ENCODING: CHUNKED\r\n", "3\r\nabc\r\n0\r\n\r\n")),

                // Chunks.
                broken("a chunk size that is none", chunked("x\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")),
                broken("a negative chunk size", chunked("-3\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk size beyond all numbers", chunked("ffffffffffffffffff\r\nabc\r\n")),
                broken("a chunk size that ends with LF alone", chunked("3\nabc\r\n0\r\n\r\n")),
                broken("a chunk size with a blank before it", chunked(" 3\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk size with a blank behind it", chunked("3 \r\nabc\r\n0\r\n\r\n")),
                broken("a chunk longer than its size", chunked("2\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk that ends with LF alone", chunked("3\r\nabc\n0\r\n\r\n")),
                broken("a chunk size that ends with CR alone", chunked("3\rabc\r\n0\r\n\r\n")),
                broken("a chunk size behind an empty line", chunked("\r\n3\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk size in quotes", chunked("\"3\"\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk size with zeros without end", chunked("0".repeat(300) + "3\r\nabc\r\n0\r\n\r\n")),
                broken("a chunk size with a sign behind it", chunked("3+\r\nabc\r\n0\r\n\r\n")),
                broken("a NUL in a chunk extension", chunked("3;a=\u0000\r\nabc\r\n0\r\n\r\n")),
                broken("a request in place of the last line", chunked("3\r\nabc\r\n0\r\n" + HIDDEN)),
                broken("a trailer with a blank before its colon", chunked("0\r\nX-A : b\r\n\r\n")),
                broken("a trailer that ends with LF alone", chunked("0\r\nX-A: b\nX-B: c\r\n\r\n")),
                broken("an endless chunk extension", chunked("3;" + "x".repeat(1000) + "\r\nabc\r\n0\r\n\r\n")),
                broken("a CR in a chunk extension", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n")),
                broken("a trailer without a colon", chunked("0\r\nnonsense\r\n\r\n")),
                broken("a folded trailer", chunked("0\r\nX-A: b\r\n c\r\n\r\n")),
                passed("a chunk extension is dropped", "POST /p", chunked("3;a=b\r\nabc\r\n0\r\n\r\n")),
                passed("a trailer that would be a length is dropped", "POST /p", chunked("3\r\nabc\r\n0\r\nContent-Length: 50\r\n\r\n")),

                // Lines.
                refused("a folded header", 400, get("X-A: b\r\n c: d")),
                refused("a header folded by a tab", 400, get("X-A: b\r\n\tc")),
                refused("a first header with a blank before it", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
                refused("a header without a colon", 400, get("nonsense")),
                refused("a header without a name", 400, get(": b")),
                refused("a blank before the colon", 400, get("X-A : b")),
                refused("a tab before the colon", 400, get("X-A\t: b")),
                refused("a NUL in a name", 400, get("X-\u0000A: b")),
                refused("a NUL in a value", 400, get("X-A: b\u0000c")),
                refused("a CR in a value", 400, get("X-A: b\rGET /hidden HTTP/1.1")),
                refused("an LF alone between lines", 400, get("X-A: b\nX-B: c")),
                refused("LF alone everywhere", 400, "GET / HTTP/1.1\nHost: a\n\n"),
                refused("a line that ends with CR CR LF", 400, get("X-A: b\r")),
                refused("a control character in a value", 400, get("X-A: \u0001")),
                refused("a DEL in a value", 400, get("X-A: \u007f")),
                refused("a name with bytes above ASCII", 400, get("X-\u00e9: b")),
                refused("a name in brackets", 400, get("X(A): b")),
                passed("a value with bytes above ASCII", "GET /", get("X-A: \u00e9")),
                passed("an empty value", "GET /", get("X-A:")),

                // Request lines.
                refused("no version", 400, "GET /\r\nHost: a\r\n\r\n"),
                refused("a version in small letters", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"),
                refused("a version with more digits", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
                refused("version 1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
                refused("version 2.0 in a line", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
                refused("version 0.9", 505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
                refused("a blank behind the version", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
                refused("two blanks before the path", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a blank in the path", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a tab for a blank", 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a method that is no token", 400, "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a blank before the method", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a NUL in the path", 400, "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a fragment in the path", 400, path("/a#b")),
                refused("no path at all", 400, "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a relative path", 400, path("a/b")),
                refused("CONNECT", 405, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
                refused("a star that is not for OPTIONS", 400, path("*")),
                refused("another scheme", 400, path("ftp://a/")),
                refused("a URL without a host", 400, path("http:///a")),
                refused("a URL with a user", 400, path("http://u@a/")),
                refused("TLS on a plain listener", 400, "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003"),
                refused("a byte order mark before the method", 400, "\u00ef\u00bb\u00bfGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("an empty line and a blank before the method", 400, "\r\n GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a version without a number", 400, "GET / HTTP/\r\nHost: a\r\n\r\n"),
                refused("a version of another protocol", 400, "GET / ICY/1.1\r\nHost: a\r\n\r\n"),
                refused("a host in front of a colon", 400, "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
                refused("a URL with a backslash before its host", 400, path("http:\\\\b/")),
                refused("a URL with a backslash in its host", 400, path("http://a\\@b/")),
                refused("a URL with an open bracket", 400, path("http://[::1/")),
                refused("a URL that ends with its scheme", 400, path("http://")),
                passed("a URL without a path", "GET /", path("http://b")),
                passed("a URL with a query alone", "GET /?x", path("http://b?x")),
                passed("a scheme in capitals", "GET /x", path("HTTP://b/x")),
                passed("two slashes at the beginning stay a path", "GET //evil.test/x", path("//evil.test/x")),
                passed("a method in small letters is another method", "get /", "get / HTTP/1.1\r\nHost: a\r\n" + CLOSE + "\r\n"),
                refused("a PROXY header that nobody expects", 400, "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + path("/")),
                passed("a URL's host wins over the header", "GET /x?y=z", "GET http://b.test/x?y=z HTTP/1.1\r\nHost: a\r\n" + CLOSE + "\r\n"),
                passed("OPTIONS of everything", "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n" + CLOSE + "\r\n"),

                // Paths: matched decoded, passed on as they came.
                refused("a path above the root", 400, path("/../etc/passwd")),
                refused("a path above the root, encoded", 400, path("/%2e%2e/etc/passwd")),
                refused("a path above the root behind others", 400, path("/a/../../b")),
                refused("a path above the root by encoded slashes", 400, path("/a%2f..%2f..%2fb")),
                refused("a backslash", 400, path("/a\\..\\b")),
                refused("an encoded backslash", 400, path("/a%5c..%5cb")),
                refused("an encoded NUL", 400, path("/a%00b")),
                refused("half an escape", 400, path("/a%2")),
                refused("an escape that is none", 400, path("/a%zz")),
                refused("an escape of another kind", 400, path("/%u002e")),
                refused("dots at the end, above the root", 400, path("/..")),
                refused("dots half encoded", 400, path("/.%2e/x")),
                refused("dots and slash encoded", 400, path("/%2e%2e%2fx")),
                passed("dots that are none but look so", "GET /%c0%ae%c0%ae/x", path("/%c0%ae%c0%ae/x")),
                passed("dots with a parameter stay a name", "GET /a/..;/b", path("/a/..;/b")),
                passed("dots below the root stay", "GET /a//b/../c/./d", path("/a//b/../c/./d")),
                passed("an encoded slash stays encoded", "GET /a%2Fb", path("/a%2Fb")),
                passed("an encoded percent sign is decoded once only", "GET /%252e%252e/x", path("/%252e%252e/x")),
                passed("bytes above ASCII are encoded", "GET /%C3%A9", path("/\u00c3\u00a9")),
                passed("anything may be in a query", "GET /?a=../..%2&b=%zz", path("/?a=../..%2&b=%zz")),

                // Hosts.
                refused("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
                refused("two hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
                refused("a host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                refused("a host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
                refused("a host with a blank", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
                refused("a host with two ports", 400, "GET / HTTP/1.1\r\nHost: a:80:81\r\n\r\n"),
                refused("a host with a port that is none", 400, "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
                refused("a host with an open bracket", 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
                refused("a host with bytes above ASCII", 400, "GET / HTTP/1.1\r\nHost: \u00e9\r\n\r\n"),
                passed("an IPv6 host", "GET /", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n" + CLOSE + "\r\n"),

                // What is meant for us alone.
                passed("Connection can't take away the host", "GET /", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, Host\r\n\r\n"),
                passed("Connection can't take away the length", "POST /p",
                        "POST /p HTTP/1.1\r\nHost: a\r\nConnection: close, Content-Length\r\nContent-Length: 5\r\n\r\naaaaa"),
                passed("Connection can't take away the coding", "POST /p",
                        "POST /p HTTP/1.1\r\nHost: a\r\nConnection: close, Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
                passed("an upgrade to HTTP/2 is not passed on", "GET /",
                        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: close, Upgrade, HTTP2-Settings\r\n\r\n"),
                refused("an upgrade with a body", 400, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\nGET /"),
                refused("another expectation", 417, get("Expect: 200-maybe")),
                refused("too many lines", 431, "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(1100) + "\r\n"),
                refused("too long a head", 431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(300_000) + "\r\n\r\n"),
                refused("too long a request line", 414, "GET /" + "y".repeat(300_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),

                // One behind another.
                new Case("two requests, one after the other", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + path("/2"), List.of(200, 200),
                        List.of("GET /1", "GET /2")),
                new Case("nothing is read behind a request that closes", path("/1") + HIDDEN, List.of(200), List.of("GET /1")),
                new Case("nothing is read behind a bad request", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n" + HIDDEN, List.of(200, 400),
                        List.of("GET /1")),
                new Case("a body is no request", "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN + path("/2"),
                        List.of(200, 200), List.of("POST /1", "GET /2")),
                new Case("a body of a GET is one too", "GET /1 HTTP/1.1\r\nHost: a\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN
                        + path("/2"), List.of(200, 200), List.of("GET /1", "GET /2")),
                new Case("an empty line between requests is passed over", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\n" + path("/2"), List.of(200, 200),
                        List.of("GET /1", "GET /2")));
    }

    @BeforeAll
    static void open() throws Exception {
        target = new SocketTarget((head, in, out) -> {
            skipBody(head, in);
            out.write(SocketTarget.answer(200, "ok"));
            return true;
        });
        server = ProxyServer.open(VERTX.vertx(), Listener.http("test", "127.0.0.1", 0), ProxySettings.DEFAULTS, ProxyServer.Deciders.http(new ToTarget()),
                Optional.empty());
    }

    @AfterAll
    static void shut() throws Exception {
        server.close(Duration.ofSeconds(1));
        target.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAnsweredSafely(Case given) throws Exception {
        String mark = "X-Case: " + CASES.incrementAndGet();
        List<Integer> answers = statuses(exchange(given.bytes()));
        assertThat(answers).isEqualTo(given.answers());
        List<String> seen = target.heads().stream().filter(head -> head.lines().anyMatch(mark::equals)).toList();
        List<String> lines = seen.stream().map(head -> head.lines().findFirst().orElse("").replace(" HTTP/1.1", "")).toList();
        if (!given.seen().isEmpty() && given.seen().getFirst().startsWith(MAYBE)) {
            assertThat(lines).isIn(List.of(), List.of(given.seen().getFirst().substring(MAYBE.length())));
        } else {
            assertThat(lines).isEqualTo(given.seen());
        }
        assertThat(seen).allSatisfy(head -> {
            assertThat(head.lines().filter(line -> line.regionMatches(true, 0, "host:", 0, 5))).hasSize(1);
            assertThat(head.lines().filter(line -> line.matches("(?i)(content-length|transfer-encoding):.*"))).hasSizeLessThan(2);
            assertThat(head).doesNotContainIgnoringCase("upgrade:").doesNotContainIgnoringCase("http2-settings");
        });
    }

    /** All that comes until the connection ends. */
    private static String exchange(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            try {
                socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
                socket.getOutputStream().flush();
            } catch (SocketException e) {
                // Refused before all of it was sent.
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(all);
            } catch (SocketException e) {
                // A reset ends the connection as well.
            }
            return all.toString(ISO_8859_1);
        }
    }

    private static List<Integer> statuses(String answers) {
        List<Integer> statuses = new ArrayList<>();
        for (String line : answers.split("\r\n")) {
            int at = line.indexOf("HTTP/1.1 ");
            if (at >= 0) {
                statuses.add(Integer.parseInt(line.substring(at + 9, at + 12)));
            }
        }
        return statuses;
    }

    /** Reads a body as a target does that trusts its proxy; true, for the connection goes on. */
    static boolean skipBody(String head, InputStream in) throws IOException {
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                in.readNBytes(Integer.parseInt(line.substring(15).strip()));
            } else if (line.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
                int size;
                do {
                    size = size(line(in));
                    in.readNBytes(size);
                    line(in);
                } while (size > 0);
            }
        }
        return true;
    }

    private static int size(String line) throws IOException {
        if (!line.matches("[0-9a-f]+")) {
            throw new IOException("the body ended early");
        }
        return Integer.parseInt(line, 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.append((char) b);
        }
        return line.toString().strip();
    }

    /** Everything goes to the one target, as a dialect would send it. */
    private static final class ToTarget implements Dispatcher {
        @Override
        public Decision decide(RequestHead head) {
            HeaderList headers = HopByHop.forwardable(head.headers()).set("Host", head.host()).set("X-Case", CASES.toString());
            return new Forward(new Attempt(TargetUrl.parse("http://127.0.0.1:" + target.port()), "web", "", false, head.uri(), headers, new Meter()),
                    Retry.NONE, ResponseEdit.NONE);
        }

        @Override
        public Answer failed(RequestHead head, Failure failure) {
            return Answer.text(502, failure.name());
        }
    }
}
