package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.random.RandomGenerator;
import muster.testkit.Eventually;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

/**
 * Good streams of requests with a few bytes changed, sent in pieces cut anywhere: whatever a target sees is a well-formed request with one
 * host and one framing, every answer begins as one, and nothing is left of anybody in the end.
 */
class MutationTest {
    private static final int ROUNDS = 1500;
    private static final String[] STREAMS = {
        "GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\nGET /b?c=d HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 26\r\n\r\nGET /h HTTP/1.1\r\nHost: b\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nabcde\r\n1a\r\nGET /h HTTP/1.1\r\nHost: b\r\n\r\n\r\n0\r\nX-T: u\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT http://b.test/p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabcGET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n\u0082\u0080abcd"};
    private static final String TELLING = "\r\n:;, \t\u0000/%.\\x0159aTC-";

    @Test
    void noChangeMakesATargetSeeWhatIsNoRequest() throws Exception {
        RandomGenerator random = SeededRandom.of(1996);
        try (OpenVertx vertx = new OpenVertx(); SocketTarget target = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(200, "ok"));
            return TortureTest.skipBody(head, in);
        });
                Running server = new Running(vertx, Running.listener(), head -> Running.to(head, "http://127.0.0.1:" + target.port()))) {
            for (int round = 0; round < ROUNDS; round++) {
                String sent = changed(STREAMS[round % STREAMS.length], random);
                String got = exchange(server.port(), sent, random, true);
                assertThat(got).as("after %s", sent).matches("(?s)(HTTP/1\\.1 \\d{3} .*)?");
            }
            assertThat(target.heads()).allSatisfy(MutationTest::isWellFormed);
            String last = exchange(server.port(), "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", random, false);
            assertThat(last).as("the next client's request").startsWith("HTTP/1.1 200 ");
            assertThat(target.heads().getLast()).startsWith("GET /last ");
            Eventually.holds("nothing is left of them", () -> server.server.inProgress() == 0 && server.server.connections() == 0);
        }
    }

    private static void isWellFormed(String head) {
        assertThat(head).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\\x21-\\x7e]+ HTTP/1\\.1\r\n"
                + "([!#$%&'*+.^_`|~0-9A-Za-z-]+: [\\x20-\\x7e\\x80-\\xff\t]*\r\n)*\r\n");
        List<String> names = head.lines().skip(1).filter(line -> !line.isEmpty()).map(line -> line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT)).toList();
        assertThat(names.stream().filter("host"::equals)).hasSize(1);
        assertThat(names.stream().filter(name -> name.equals("content-length") || name.equals("transfer-encoding"))).hasSizeLessThan(2);
    }

    private static String changed(String stream, RandomGenerator random) {
        StringBuilder text = new StringBuilder(stream);
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(text.length());
            char other = random.nextBoolean() ? TELLING.charAt(random.nextInt(TELLING.length())) : (char) random.nextInt(256);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, other);
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
                default -> text.setCharAt(at, other);
            }
        }
        return text.toString();
    }

    /**
     * Sends in some pieces, ends its half or not, and reads to the end. A client that ends its half at once may be taken for one that has gone:
     * how many requests go through depends on who is faster.
     */
    private static String exchange(int port, String text, RandomGenerator random, boolean endsHalf) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.setTcpNoDelay(true);
            byte[] bytes = text.getBytes(ISO_8859_1);
            byte[] got = new byte[0];
            try {
                for (int from = 0; from < bytes.length;) {
                    int length = random.nextInt(3) == 0 ? bytes.length - from : 1 + random.nextInt(bytes.length - from);
                    socket.getOutputStream().write(bytes, from, length);
                    from += length;
                }
                if (endsHalf) {
                    socket.shutdownOutput();
                }
                got = socket.getInputStream().readAllBytes();
            } catch (SocketException e) {
                // The connection was ended before all of it was sent, or with some of it unread.
            }
            return new String(got, ISO_8859_1);
        }
    }
}
