package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import muster.http.Transports;
import muster.lb.exchange.ConnectionDispatcher.Way;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.CertificateSource;
import muster.lb.exchange.Listener.Limits;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.exchange.Listener.ProxyHeader;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.TlsSession;
import muster.lb.route.AccessRules;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners of every kind, over real sockets. */
class ListenerTest {
    private static Vertx vertx;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        vertx = Transports.vertx();
    }

    @AfterAll
    static void shut() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Listener.Tls certificates(String... names) throws Exception {
        for (String name : names) {
            Identity identity = Identity.of(name);
            Files.writeString(folder.resolve(name.replace('*', '_') + "-cert.pem"), identity.certificatePem());
            Files.writeString(folder.resolve(name.replace('*', '_') + "-key.pem"), identity.keyPem());
        }
        return new Listener.Tls(new CertificateSource.Folder(folder, Duration.ofSeconds(1)));
    }

    private static Listener https(Listener.Tls tls) {
        return Running.listener().withProtocol(Protocol.HTTPS).withTls(tls);
    }

    @Test
    void theServerNameChoosesTheCertificate() throws Exception {
        try (Running server = new Running(vertx, https(certificates("a.test", "_.b.test", "c.test")), head -> Running.text("ok"))) {
            assertThat(subject(server, "c.test")).isEqualTo("CN=c.test");
            assertThat(subject(server, "C.test")).isEqualTo("CN=c.test");
            assertThat(subject(server, "unknown.test")).isEqualTo("CN=_.b.test");
            assertThat(subject(server, "")).isEqualTo("CN=_.b.test");
        }
    }

    @Test
    void aCertificateForAllNamesBesideOneServesEachOfThem() throws Exception {
        Identity wild = Identity.of("*.b.test");
        Identity other = Identity.of("a.test");
        Listener.Tls given = new Listener.Tls(new CertificateSource.Given(List.of(other.certificatePem() + other.keyPem(),
                wild.certificatePem() + wild.keyPem())), true, "", "TLSv1.2", "TLSv1.2", List.of());
        try (Running server = new Running(vertx, https(given), head -> Running.text(head.peer().tls().orElseThrow().protocol()))) {
            assertThat(subject(server, "x.b.test")).isEqualTo("CN=*.b.test");
            assertThatThrownBy(() -> subject(server, "x.y.b.test")).as("a strict listener").isInstanceOf(IOException.class);
            assertThatThrownBy(() -> subject(server, "")).as("a strict listener").isInstanceOf(IOException.class);
            try (SSLSocket socket = tls(server.port(), "a.test", Identity.trusting())) {
                assertThat(exchange(socket, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("TLSv1.2");
            }
        }
    }

    /** A certificate is replaced, and a bad one put beside it: new connections get the new one, the open one goes on, the bad one is named. */
    @Test
    void certificatesAreReplacedWhileConnectionsStay() throws Exception {
        try (Running server = new Running(vertx, https(certificates("a.test")), head -> Running.text("ok"));
                SSLSocket open = tls(server.port(), "a.test", Identity.trusting())) {
            X509Certificate before = (X509Certificate) open.getSession().getPeerCertificates()[0];
            certificates("a.test", "z.test");
            Files.writeString(folder.resolve("bad-cert.pem"), "nonsense");
            Files.writeString(folder.resolve("other.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            Eventually.holds("the new certificates are served", () -> subject(server, "z.test").equals("CN=z.test"));
            assertThat(server.server.certificateProblems()).extracting(problem -> problem.where())
                    .containsExactly("certificate bad-cert.pem", "certificate other.pem");
            try (SSLSocket after = tls(server.port(), "a.test", Identity.trusting())) {
                assertThat(after.getSession().getPeerCertificates()[0]).isNotEqualTo(before);
            }
            assertThat(exchange(open, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("ok");
        }
    }

    @Test
    void clientsThatNeedACertificateAreKnownByIt() throws Exception {
        Identity own = Identity.of("a.test");
        Identity client = Identity.of("client.test");
        Listener.Tls tls = new Listener.Tls(new CertificateSource.Given(List.of(own.certificatePem() + own.keyPem())), false,
                client.certificatePem(), "", "", List.of());
        try (Running server = new Running(vertx, https(tls), head -> Running.text(
                head.peer().tls().flatMap(TlsSession::client).orElseThrow().getSubjectX500Principal().getName()))) {
            try (SSLSocket known = tls(server.port(), "a.test", client.context())) {
                assertThat(exchange(known, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("CN=client.test");
            }
            assertThatThrownBy(() -> {
                try (SSLSocket unknown = tls(server.port(), "a.test", Identity.trusting())) {
                    assertThat(exchange(unknown, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).isNotEmpty();
                }
            }).isInstanceOfAny(IOException.class, AssertionError.class);
        }
    }

    @Test
    void plainHttpOnATlsListenerIsToldSo() throws Exception {
        try (Running server = new Running(vertx, https(certificates("a.test")), head -> Running.text("ok"));
                Socket socket = plain(server.port())) {
            assertThat(exchange(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.0 400 Bad Request");
        }
    }

    @Test
    void bytesPassBothWaysAndHalfAConnectionStaysOpen() throws Exception {
        try (ServerSocket target = echo(null);
                Running server = new Running(vertx, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
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
                    Running server = new Running(vertx, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
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
        try (Running server = new Running(vertx, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
                head -> new Way.Refuse("no route"));
                Running dead = new Running(vertx, Running.listener().withProtocol(Protocol.TCP), head -> Running.text("no"),
                        head -> Running.relay(Running.connect("tcp://127.0.0.1:1", 0)));
                Socket first = plain(server.port()); Socket second = plain(dead.port())) {
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theServerNameLeadsPastUsOrEndsHere() throws Exception {
        try (ServerSocket target = echo(Identity.of("behind.test").context());
                Running server = new Running(vertx, https(certificates("here.test")).withProtocol(Protocol.HTTPS_TCP_SNI), head -> Running.text("here"),
                        head -> switch (head.serverName()) {
                            case "behind.test" -> Running.relay(Running.connect("tcp://127.0.0.1:" + target.getLocalPort(), 0));
                            case "ended.test" -> new Way.Relay(Running.connect("tcp://127.0.0.1:" + plainEcho.getLocalPort(), 0), failed -> Optional.empty(), true);
                            case "nobody.test" -> new Way.Refuse("no route");
                            default -> new Way.Http();
                        })) {
            try (SSLSocket behind = tls(server.port(), "behind.test", Identity.trusting())) {
                assertThat(((X509Certificate) behind.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName()).isEqualTo("CN=behind.test");
                behind.getOutputStream().write(65);
                assertThat(behind.getInputStream().read()).isEqualTo(65);
            }
            try (SSLSocket ended = tls(server.port(), "ended.test", Identity.trusting())) {
                assertThat(((X509Certificate) ended.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName()).isEqualTo("CN=here.test");
                ended.getOutputStream().write(66);
                assertThat(ended.getInputStream().read()).isEqualTo(66);
            }
            try (SSLSocket here = tls(server.port(), "here.test", Identity.trusting())) {
                assertThat(exchange(here, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("here");
            }
            assertThatThrownBy(() -> tls(server.port(), "nobody.test", Identity.trusting())).isInstanceOf(IOException.class);
            try (Socket socket = plain(server.port())) {
                assertThat(exchange(socket, "no TLS at all")).isEmpty();
            }
        }
    }

    @Test
    void aMixedListenerTakesWhatComes() throws Exception {
        try (Running server = new Running(vertx, https(certificates("here.test")).withProtocol(Protocol.MIXED), head -> Running.text(head.scheme()),
                head -> new Way.Http())) {
            try (SSLSocket here = tls(server.port(), "here.test", Identity.trusting()); Socket plain = plain(server.port())) {
                assertThat(exchange(here, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("https");
                assertThat(exchange(plain, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).endsWith("http");
            }
        }
    }

    @Test
    void aProxyHeaderIsBelievedOfThoseWhoMaySendOne() throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        String header = "PROXY TCP4 10.1.2.3 10.9.9.9 1234 80\r\n";
        Listener trusting = Running.listener().withProxyHeader(new ProxyHeader(List.of(AccessRules.block("127.0.0.0/8").orElseThrow()), Duration.ofMillis(250)));
        Listener doubting = Running.listener().withProxyHeader(new ProxyHeader(List.of(AccessRules.block("10.0.0.0/8").orElseThrow()), Duration.ofMillis(250)));
        try (Running server = new Running(vertx, trusting, head -> Running.text(head.peer().address() + " " + head.peer().localPort()));
                Running doubtful = new Running(vertx, doubting, head -> Running.text(head.peer().address()))) {
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
                Running server = new Running(vertx, Running.listener().withProtocol(Protocol.UDP), head -> Running.text("no"),
                        head -> Running.relay(Running.connect("udp://127.0.0.1:" + target.getLocalPort(), 0)));
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            client.setSoTimeout(10_000);
            target.setSoTimeout(10_000);
            client.send(new DatagramPacket("ping".getBytes(ISO_8859_1), 4, InetAddress.getLoopbackAddress(), server.port()));
            DatagramPacket seen = new DatagramPacket(new byte[100], 100);
            target.receive(seen);
            target.send(new DatagramPacket("pong!".getBytes(ISO_8859_1), 5, seen.getSocketAddress()));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            client.receive(answer);
            assertThat(new String(answer.getData(), 0, answer.getLength(), ISO_8859_1)).isEqualTo("pong!");
        }
    }

    /** Four clients that do not do their part: a head that does not end, no next request, a body that stops, one connection too many. */
    @Test
    void whoeverHoldsAConnectionForNothingLosesIt() throws Exception {
        Limits limits = new Limits(Duration.ofMillis(300), Duration.ZERO, Duration.ZERO, Duration.ofMillis(300), Duration.ofMillis(300),
                Duration.ofSeconds(60), 8192, 100, 100, 3, 100);
        try (SocketTarget target = new SocketTarget((head, in, out) -> {
            boolean isWhole = head.startsWith("GET ") || in.readNBytes(10).length == 10;
            out.write(isWhole ? SocketTarget.answer(200, "ok") : new byte[0]);
            return isWhole;
        });
                Running server = new Running(vertx, Running.listener().withLimits(limits), head -> Running.to(head, "http://127.0.0.1:" + target.port()))) {
            try (Socket slow = plain(server.port())) {
                assertThat(exchange(slow, "GET / HT")).startsWith("HTTP/1.1 408 ");
            }
            try (Socket idle = plain(server.port())) {
                assertThat(exchange(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 200 ").endsWith("ok");
            }
            try (Socket body = plain(server.port())) {
                assertThat(exchange(body, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")).startsWith("HTTP/1.1 408 ");
            }
            Eventually.holds("nobody is left", () -> server.server.connections() == 0 && server.server.inProgress() == 0);
            try (Socket one = plain(server.port()); Socket two = plain(server.port()); Socket three = plain(server.port());
                    Socket four = plain(server.port())) {
                assertThat(four.getInputStream().read()).as("one connection too many").isEqualTo(-1);
            }
            Eventually.holds("nobody is left", () -> server.server.connections() == 0 && server.server.inProgress() == 0);
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
                Running server = new Running(vertx, Running.listener(), head -> Running.to(head, "http://127.0.0.1:" + target.port()));
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
        try (Running server = new Running(vertx, Running.listener(), head -> new Decision.Later(later)); Socket client = plain(server.port())) {
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
        Running server = new Running(vertx, Running.listener(), head -> {
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
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    server.server.close(Duration.ofSeconds(20));
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
            closing.join(Duration.ofSeconds(20));
            assertThat(closing.isAlive()).isFalse();
        }
    }

    private static final ServerSocket plainEcho = plainEcho();

    private static ServerSocket plainEcho() {
        try {
            return echo(null);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A target that sends back what it gets, and ends its half when the other half ends. */
    private static ServerSocket echo(SSLContext tls) throws IOException {
        ServerSocket server = tls == null
                ? new ServerSocket(0, 50, InetAddress.getLoopbackAddress())
                : (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            InputStream in = socket.getInputStream();
                            byte[] all = new byte[8192];
                            java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();
                            for (int n = in.read(all); n >= 0; n = in.read(all)) {
                                if (n < 100) {
                                    socket.getOutputStream().write(all, 0, n);
                                } else {
                                    kept.write(all, 0, n);
                                }
                            }
                            socket.getOutputStream().write(kept.toByteArray());
                        } catch (IOException e) {
                            // The other side has gone.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private static Socket plain(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static SSLSocket tls(int port, String name, SSLContext context) throws IOException {
        Socket below = plain(port);
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(below, "127.0.0.1", port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            below.close();
            throw e;
        }
    }

    private static String subject(Running server, String name) throws Exception {
        try (SSLSocket socket = tls(server.port(), name, Identity.trusting())) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }

    private static String exchange(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
}
