package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static muster.lb.proxy.Sockets.echo;
import static muster.lb.proxy.Sockets.exchange;
import static muster.lb.proxy.Sockets.plain;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import muster.lb.exchange.ConnectionDispatcher.Way;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.Limits;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.exchange.Listener.ProxyHeader;
import muster.lb.route.AccessRules;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Listeners of every kind, over real sockets. */
class ListenerTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void bytesPassBothWaysAndHalfAConnectionStaysOpen() throws Exception {
        try (ServerSocket target = echo(null);
                Running server = new Running(VERTX, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
                        head -> Running.relay(Running.connect("tcp://127.0.0.1:1", 0), Running.connect("tcp://127.0.0.1:" + target.getLocalPort(), 0)));
                Socket socket = plain(server.port())) {
            socket.getOutputStream().write("x".repeat(500_000).getBytes(ISO_8859_1));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).as("all of it comes back after our half was closed").hasSize(500_000);
        }
    }

    @Test
    void theTargetIsToldTheClientsAddressBeforeItsBytes() throws Exception {
        for (int version = 1; version <= 2; version++) {
            int chosen = version;
            try (ServerSocket target = echo(null);
                    Running server = new Running(VERTX, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
                            head -> Running.relay(Running.connect("tcp://127.0.0.1:" + target.getLocalPort(), chosen)));
                    Socket socket = plain(server.port())) {
                socket.getOutputStream().write("hi".getBytes(ISO_8859_1));
                socket.shutdownOutput();
                byte[] all = socket.getInputStream().readAllBytes();
                assertThat(new String(all, ISO_8859_1)).endsWith("hi");
                assertThat(ProxyHeaders.read(all, all.length)).isEqualTo(
                        new ProxyHeaders.Seen.Present("127.0.0.1", socket.getLocalPort(), "127.0.0.1", server.port(), all.length - 2));
            }
        }
    }

    @Test
    void aRefusedOrUnreachableConnectionIsClosed() throws Exception {
        try (Running server = new Running(VERTX, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
                head -> new Way.Refuse("no route"));
                Running dead = new Running(VERTX, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
                        head -> Running.relay(Running.connect("tcp://127.0.0.1:1", 0)));
                Socket first = plain(server.port()); Socket second = plain(dead.port())) {
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aProxyHeaderIsBelievedOfThoseWhoMaySendOne() throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        String header = "PROXY TCP4 10.1.2.3 10.9.9.9 1234 80\r\n";
        Listener trusting = Running.listener().withProxyHeader(new ProxyHeader(List.of(AccessRules.block("127.0.0.0/8").orElseThrow()), Duration.ofSeconds(60)));
        Listener doubting = Running.listener().withProxyHeader(new ProxyHeader(List.of(AccessRules.block("10.0.0.0/8").orElseThrow()), Duration.ofSeconds(60)));
        try (Running server = new Running(VERTX, trusting, head -> Running.text(head.peer().address() + " " + head.peer().localPort()));
                Running doubtful = new Running(VERTX, doubting, head -> Running.text(head.peer().address()))) {
            try (Socket socket = plain(server.port())) {
                assertThat(exchange(socket, header + request)).endsWith("10.1.2.3 80");
            }
            try (Socket socket = plain(server.port())) {
                assertThat(exchange(socket, request)).endsWith("127.0.0.1 " + server.port());
            }
            try (Socket socket = plain(server.port())) {
                assertThat(exchange(socket, "PROXY TCP4 nonsense\r\n" + request)).isEmpty();
            }
            try (Socket socket = plain(doubtful.port())) {
                assertThat(exchange(socket, header + request)).startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void datagramsGoToATargetAndBack() throws Exception {
        try (DatagramSocket target = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Running server = new Running(VERTX, Running.listener().withProtocol(Protocol.UDP), head -> Running.text("no"),
                        head -> Running.relay(Running.connect("udp://127.0.0.1:" + target.getLocalPort(), 0)));
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            client.setSoTimeout(60_000);
            target.setSoTimeout(60_000);
            client.send(new DatagramPacket("ping".getBytes(ISO_8859_1), 4, InetAddress.getLoopbackAddress(), server.port()));
            DatagramPacket seen = new DatagramPacket(new byte[100], 100);
            target.receive(seen);
            target.send(new DatagramPacket("pong!".getBytes(ISO_8859_1), 5, seen.getSocketAddress()));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            client.receive(answer);
            assertThat(new String(answer.getData(), 0, answer.getLength(), ISO_8859_1)).isEqualTo("pong!");
        }
    }

    @Test
    void theRefusalOfARequestBehindAGoodOneIsWhole() throws Exception {
        try (Running server = new Running(VERTX, Running.listener(), head -> Running.text("ok")); Socket socket = plain(server.port())) {
            String refusal = exchange(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n").replaceFirst("(?s).*(?=HTTP/1.1 400 )", "");
            String body = refusal.substring(refusal.indexOf("\r\n\r\n") + 4);
            assertThat(body).isNotEmpty();
            assertThat(refusal).contains("Content-Length: " + body.length() + "\r\n");
        }
    }

    @Test
    void aHeadThatDoesNotEndIsNotWaitedFor() throws Exception {
        try (Running server = new Running(VERTX, impatient(Duration.ofSeconds(2), LONG, LONG), head -> Running.text("ok")); Socket slow = plain(server.port())) {
            assertThat(exchange(slow, "GET / HT")).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void aConnectionThatStaysIdleIsClosed() throws Exception {
        try (Running server = new Running(VERTX, impatient(LONG, SOON, LONG), head -> Running.text("ok")); Socket idle = plain(server.port())) {
            assertThat(exchange(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 200 ").endsWith("ok");
            Eventually.holds("it is gone", () -> server.server.connections() == 0);
        }
    }

    @Test
    void aBodyThatStopsIsNotWaitedFor() throws Exception {
        try (SocketTarget target = new SocketTarget((head, in, out) -> in.readNBytes(10).length == 10);
                Running server = new Running(VERTX, impatient(LONG, LONG, SOON), head -> Running.to(head, "http://127.0.0.1:" + target.port()));
                Socket body = plain(server.port())) {
            assertThat(exchange(body, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")).startsWith("HTTP/1.1 408 ");
            Eventually.holds("nobody is left", () -> server.server.connections() == 0 && server.server.inProgress() == 0);
        }
    }

    private static Listener impatient(Duration head, Duration idle, Duration stall) {
        return Running.listener().withLimits(new Limits(head, Duration.ZERO, Duration.ZERO, idle, stall, LONG, 8192, 100, 100, 100, 100));
    }

    @Test
    void oneConnectionTooManyIsClosed() throws Exception {
        Limits limits = new Limits(LONG, Duration.ZERO, Duration.ZERO, LONG, LONG, LONG, 8192, 100, 3, 100, 100);
        try (Running server = new Running(VERTX, Running.listener().withLimits(limits), head -> Running.text("ok"))) {
            try (Socket one = plain(server.port()); Socket two = plain(server.port()); Socket three = plain(server.port())) {
                Eventually.holds("three are in", () -> server.server.connections() == 3);
                try (Socket four = plain(server.port())) {
                    assertThat(four.getInputStream().read()).isEqualTo(-1);
                }
            }
            Eventually.holds("nobody is left", () -> server.server.connections() == 0);
        }
    }

    /** Two connections of one address are the most: the third is closed at once, another address's is served, and one that ends makes room. */
    @Test
    void oneAddressCanNotTakeUpAllConnections() throws Exception {
        Limits limits = new Limits(Duration.ofSeconds(60), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(60), Duration.ofSeconds(60),
                Duration.ofSeconds(60), 8192, 100, 100, 2, 100);
        String get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        try (Running server = new Running(VERTX, Running.listener().withLimits(limits), head -> Running.text(head.peer().address()));
                Socket one = plain(server.port())) {
            try (Socket two = plain(server.port())) {
                Eventually.holds("both are in", () -> server.server.connections() == 2);
                try (Socket three = plain(server.port());
                        Socket other = new Socket(InetAddress.getLoopbackAddress(), server.port(), InetAddress.getByName("127.0.0.2"), 0)) {
                    assertThat(three.getInputStream().read()).isEqualTo(-1);
                    assertThat(exchange(other, get)).endsWith("127.0.0.2");
                }
                assertThat(exchange(two, get)).endsWith("127.0.0.1");
            }
            Eventually.passes("there is room again", () -> {
                try (Socket again = plain(server.port())) {
                    assertThat(exchange(again, get)).endsWith("127.0.0.1");
                }
            });
            assertThat(exchange(one, get)).endsWith("127.0.0.1");
        }
    }

    /** A client that reads nothing holds the target back: it can't get rid of more than buffers hold. Then the client reads, and all comes. */
    @Test
    void aSlowClientHoldsBackItsTarget() throws Exception {
        int size = 64 * 1024 * 1024;
        AtomicLong written = new AtomicLong();
        byte[] piece = new byte[64 * 1024];
        try (SocketTarget target = new SocketTarget((head, in, out) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n").getBytes(ISO_8859_1));
            for (int i = 0; i < size / piece.length; i++) {
                out.write(piece);
                written.addAndGet(piece.length);
            }
            return false;
        });
                Running server = new Running(VERTX, Running.listener(), head -> Running.to(head, "http://127.0.0.1:" + target.port()));
                Socket client = plain(server.port())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
            client.getInputStream().read();
            long[] last = {-1};
            Eventually.holds("the target stands still", () -> {
                long before = last[0];
                last[0] = written.get();
                return before == last[0];
            });
            assertThat(written.get()).isLessThan(size / 2);
            assertThat(client.getInputStream().readAllBytes().length).isGreaterThan(size);
        }
    }

    /** A client sends a large body while nobody has decided yet: it can't get rid of more than buffers hold, and is answered in the end. */
    @Test
    void aBodyWaitsOutsideUntilItsWayIsKnown() throws Exception {
        int size = 64 * 1024 * 1024;
        CompletableFuture<Decision> later = new CompletableFuture<>();
        AtomicLong written = new AtomicLong();
        byte[] piece = new byte[64 * 1024];
        try (Running server = new Running(VERTX, Running.listener(), head -> new Decision.Later(later)); Socket client = plain(server.port())) {
            client.getOutputStream().write(("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n").getBytes(ISO_8859_1));
            Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < size / piece.length; i++) {
                        client.getOutputStream().write(piece);
                        written.addAndGet(piece.length);
                    }
                } catch (IOException e) {
                    // The answer came before all was sent.
                }
            });
            long[] last = {-1};
            Eventually.holds("the client stands still", () -> {
                long before = last[0];
                last[0] = written.get();
                return before > 0 && before == last[0];
            });
            assertThat(written.get()).isLessThan(size / 2);
            later.complete(Running.text("enough"));
            assertThat(SocketTarget.readHead(client.getInputStream())).startsWith("HTTP/1.1 200 ").contains("Connection: close");
        }
    }

    /** A request is in progress and a connection idle when the end begins: the request ends well, the idle one is closed, nobody new comes in. */
    @Test
    void theEndWaitsForRequestsInProgress() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Decision> later = new CompletableFuture<>();
        Running server = new Running(VERTX, Running.listener(), head -> {
            if (head.uri().equals("/quick")) {
                return Running.text("quick");
            }
            asked.countDown();
            return new Decision.Later(later);
        });
        int port = server.port();
        try (Socket busy = plain(port); Socket idle = plain(port)) {
            idle.getOutputStream().write("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
            SocketTarget.readHead(idle.getInputStream());
            busy.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    server.server.close(Duration.ofSeconds(60));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(new String(idle.getInputStream().readAllBytes(), ISO_8859_1)).isEqualTo("quick");
            Eventually.holds("the listener is closed", () -> {
                try (Socket refused = plain(port)) {
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            later.complete(Running.text("slow"));
            assertThat(new String(busy.getInputStream().readAllBytes(), ISO_8859_1)).contains("Connection: close").endsWith("slow");
            closing.join(Duration.ofSeconds(60));
            assertThat(closing.isAlive()).isFalse();
        }
    }
}
