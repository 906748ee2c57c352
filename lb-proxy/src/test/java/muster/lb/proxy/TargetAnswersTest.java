package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Targets that answer badly: what the client gets, and that no answer is ever taken for another request's. Each case asks twice; the second
 * request is answered well on whatever connection it comes.
 */
class TargetAnswersTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();

    /** How the client sees the first answer end. */
    private enum End {
        /** Whole: the connection may go on. */
        WHOLE,
        /** Cut off, so that the client can tell that something is missing. */
        CUT
    }

    /**
     * One bad answer.
     *
     * @param request the first one
     * @param answer all that the target sends, after which it ends the connection
     * @param gets how what the client gets begins
     */
    record Case(String name, String request, String answer, String gets, End end) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case get(String name, String answer, String gets, End end) {
        return new Case(name, "GET", answer, gets, end);
    }

    private static Case refused(String name, String answer) {
        return new Case(name, "GET", answer, "HTTP/1.1 502 ", End.WHOLE);
    }

    static List<Case> cases() {
        String head = "HTTP/1.1 200 OK\r\n";
        return List.of(
                refused("two different lengths", head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
                refused("a length that is none", head + "Content-Length: two\r\n\r\nok"),
                refused("a negative length", head + "Content-Length: -2\r\n\r\nok"),
                refused("another transfer coding", head + "Transfer-Encoding: gzip\r\n\r\nok"),
                refused("a folded line", head + "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok"),
                refused("a blank before a colon", head + "Content-Length : 2\r\n\r\nok"),
                refused("a line without a colon", head + "nonsense\r\n\r\n"),
                refused("a NUL in a value", head + "X-A: \u0000\r\n\r\n"),
                refused("a CR in a value", head + "X-A: b\rX-B: c\r\n\r\n"),
                refused("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
                refused("a status below all", "HTTP/1.1 099 OK\r\n\r\n"),
                refused("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
                refused("an answer of version 2", "HTTP/2 200 OK\r\n\r\n"),
                refused("an upgrade nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
                refused("a head without end", head + "X-A: " + "y".repeat(600_000)),
                refused("lines without end", head + "X-A: y\r\n".repeat(3000) + "\r\n"),
                get("a length and a coding: the coding holds", head + "Content-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", head, End.WHOLE),
                get("bytes behind an answer are nobody's", OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", head, End.WHOLE),
                get("a body where there can be none", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "HTTP/1.1 204 ", End.WHOLE),
                get("a length where there can be no body", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 204 ", End.WHOLE),
                get("a body of what has not changed", "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil", "HTTP/1.1 304 ", End.WHOLE),
                new Case("a body to HEAD", "HEAD", head + "Content-Length: 4\r\n\r\nevil", head, End.WHOLE),
                get("lines that end with LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", head, End.WHOLE),
                get("a reason that is missing", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 ", End.WHOLE),
                get("an early hint before the answer", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, "HTTP/1.1 103 ", End.WHOLE),
                get("a body that ends with its connection", head + "\r\nok", head, End.WHOLE),
                get("a body that breaks off", head + "Content-Length: 50\r\n\r\nok", head, End.CUT),
                get("a chunk that breaks off", head + "Transfer-Encoding: chunked\r\n\r\n50\r\nok", head, End.CUT),
                get("chunks that break off between two", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", head, End.CUT),
                get("a chunk size that is none", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n", head, End.CUT),
                get("a chunk longer than its size", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nevil\r\n0\r\n\r\n", head, End.CUT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void noAnswerIsTakenForAnother(Case given) throws Exception {
        try (SocketTarget target = new SocketTarget((head, in, out) -> {
            boolean isSecond = head.startsWith("GET /second ");
            out.write((isSecond ? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond" : given.answer()).getBytes(ISO_8859_1));
            return isSecond;
        });
                Running server = new Running(VERTX, Running.listener(), head -> Running.to(head, "http://127.0.0.1:" + target.port()))) {
            String first = exchange(server.port(), given.request() + " /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(first).startsWith(given.gets()).doesNotContain("evil");
            if (given.end() == End.WHOLE) {
                assertThat(first).endsWith("\r\n\r\nsecond");
            } else {
                assertThat(first).doesNotContain("second").doesNotEndWith("0\r\n\r\n");
            }
            assertThat(exchange(server.port(), "GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("\r\n\r\nsecond");
            Eventually.holds("nothing is left of it", () -> server.server.inProgress() == 0);
        }
    }

    private static String exchange(int port, String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(all);
            } catch (SocketException e) {
                // A reset ends the connection as well.
            }
            return all.toString(ISO_8859_1);
        }
    }
}
