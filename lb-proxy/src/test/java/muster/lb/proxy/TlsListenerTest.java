package muster.lb.proxy;

import static muster.lb.proxy.Sockets.echo;
import static muster.lb.proxy.Sockets.exchange;
import static muster.lb.proxy.Sockets.plain;
import static muster.lb.proxy.Sockets.tls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import muster.lb.exchange.ConnectionDispatcher.Way;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.CertificateSource;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.exchange.Listener.Terms;
import muster.lb.exchange.TlsSession;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of listeners: which certificate, since when, resumed sessions, clients' certificates, and what is passed on unread. */
class TlsListenerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();

    @TempDir
    Path folder;

    @Test
    void theServerNameChoosesTheCertificate() throws Exception {
        try (Running server = new Running(VERTX, https(certificates("a.test", "_.b.test", "c.test")), head -> Running.text("ok"))) {
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
                wild.certificatePem() + wild.keyPem())), true, "", Terms.of("TLSv1.2", "TLSv1.2", List.of()));
        try (Running server = new Running(VERTX, https(given), head -> Running.text(head.peer().tls().orElseThrow().protocol()))) {
            assertThat(subject(server, "x.b.test")).isEqualTo("CN=*.b.test");
            assertThatThrownBy(() -> subject(server, "x.y.b.test")).as("a strict listener").isInstanceOf(IOException.class);
            assertThatThrownBy(() -> subject(server, "")).as("a strict listener").isInstanceOf(IOException.class);
            try (SSLSocket socket = tls(server.port(), "a.test", Identity.trusting())) {
                assertThat(exchange(socket, GET)).endsWith("TLSv1.2");
            }
        }
    }

    /** A certificate is replaced, and a bad one put beside it: new connections get the new one, the open one goes on, the bad one is named. */
    @Test
    void certificatesAreReplacedWhileConnectionsStay() throws Exception {
        try (Running server = new Running(VERTX, https(certificates("a.test")), head -> Running.text("ok"));
                SSLSocket open = tls(server.port(), "a.test", Identity.trusting())) {
            X509Certificate before = (X509Certificate) open.getSession().getPeerCertificates()[0];
            certificates("a.test", "z.test");
            Files.writeString(folder.resolve("bad-cert.pem"), "nonsense");
            Files.writeString(folder.resolve("other.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            Eventually.holds("the new certificate is served", () -> subject(server, "z.test").equals("CN=z.test"));
            Eventually.passes("the bad ones are named, and no other", () -> assertThat(server.server.certificateProblems())
                    .extracting(problem -> problem.where()).containsExactly("certificate bad-cert.pem", "certificate other.pem"));
            Eventually.passes("the replaced one is served", () -> {
                try (SSLSocket after = tls(server.port(), "a.test", Identity.trusting())) {
                    assertThat(after.getSession().getPeerCertificates()[0]).isNotEqualTo(before);
                }
            });
            assertThat(exchange(open, GET)).endsWith("ok");
        }
    }

    /** Three looks at keys of the registry: one certificate, one more, and a bad one in the first one's place, which stays. */
    @Test
    void keysOfTheRegistryAreFollowed() throws Exception {
        FakeRegistry registry = new FakeRegistry();
        put(registry, "one.pem", "one.test");
        Listener listener = https(new Listener.Tls(new CertificateSource.Keys("certificates")));
        try (Running server = new Running(VERTX, listener, registry)) {
            Eventually.holds("the first certificate is served", () -> isServed(server, "one.test"));
            put(registry, "two.pem", "two.test");
            Eventually.holds("the second one is served", () -> isServed(server, "two.test"));
            registry.put("certificates/one.pem", "nonsense".getBytes(StandardCharsets.US_ASCII), 0, Optional.empty());
            Eventually.holds("the bad one is named", () -> server.server.certificateProblems().size() == 1);
            assertThat(server.server.certificateProblems().getFirst().where()).isEqualTo("certificate one.pem");
            assertThat(subject(server, "one.test")).isEqualTo("CN=one.test");
            assertThat(subject(server, "two.test")).isEqualTo("CN=two.test");
        }
    }

    private static void put(FakeRegistry registry, String key, String name) throws Exception {
        Identity identity = Identity.of(name);
        registry.put("certificates/" + key, (identity.certificatePem() + identity.keyPem()).getBytes(StandardCharsets.US_ASCII), 0, Optional.empty());
    }

    private static boolean isServed(Running server, String name) throws Exception {
        try {
            return subject(server, name).equals("CN=" + name);
        } catch (IOException e) {
            return false;
        }
    }

    /** Plan: a listener of one group; a client that offers it and others is served, one that offers another only is not. */
    @Test
    void keysAreExchangedInTheGroupsThatAreGiven() throws Exception {
        Identity own = Identity.of("a.test");
        Listener.Tls tls = new Listener.Tls(new CertificateSource.Given(List.of(own.certificatePem() + own.keyPem())), false, "",
                new Terms("", "", List.of(), List.of("secp384r1"), List.of("http/1.1")));
        try (Running server = new Running(VERTX, https(tls), head -> Running.text("ok"))) {
            try (SSLSocket both = offering(server, "x25519", "secp384r1")) {
                assertThat(exchange(both, GET)).endsWith("ok");
            }
            assertThatThrownBy(() -> {
                try (SSLSocket other = offering(server, "x25519", "secp256r1")) {
                    assertThat(exchange(other, GET)).isEmpty();
                }
            }).isInstanceOf(IOException.class);
        }
    }

    private static SSLSocket offering(Running server, String... groups) throws Exception {
        SSLSocket socket = (SSLSocket) Identity.trusting().getSocketFactory().createSocket(plain(server.port()), "127.0.0.1", server.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setNamedGroups(groups);
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** A client comes twice and shows its ticket: the certificate is not shown again. After the certificate was replaced, the ticket is of no use. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientThatComesAgainResumesItsSession(String version) throws Exception {
        AtomicInteger shown = new AtomicInteger();
        SSLContext client = Identity.trusting(shown);
        Listener.Tls some = certificates("a.test");
        Listener.Tls tls = new Listener.Tls(some.certificates(), false, "", Terms.of(version, version, List.of()));
        try (Running server = new Running(VERTX, https(tls), head -> Running.text(head.peer().tls().orElseThrow().protocol()))) {
            for (int i = 0; i < 3; i++) {
                try (SSLSocket socket = tls(server.port(), "a.test", client)) {
                    assertThat(exchange(socket, GET)).endsWith(version);
                }
            }
            assertThat(shown.get()).as("certificates shown").isEqualTo(1);
            certificates("a.test");
            Eventually.holds("the certificate is shown again", () -> {
                try (SSLSocket socket = tls(server.port(), "a.test", client)) {
                    exchange(socket, GET);
                }
                return shown.get() > 1;
            });
        }
    }

    /** A client shows its certificate once and resumes its session: it is still known by it. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aResumedSessionKnowsTheClientsCertificate(String version) throws Exception {
        Identity own = Identity.of("a.test");
        Identity client = Identity.of("client.test");
        Listener.Tls tls = new Listener.Tls(new CertificateSource.Given(List.of(own.certificatePem() + own.keyPem())), false,
                client.certificatePem(), Terms.of(version, version, List.of()));
        SSLContext context = client.context();
        try (Running server = new Running(VERTX, https(tls), head -> Running.text(
                head.peer().tls().flatMap(TlsSession::client).orElseThrow().getSubjectX500Principal().getName()))) {
            for (int i = 0; i < 3; i++) {
                try (SSLSocket known = tls(server.port(), "a.test", context)) {
                    assertThat(exchange(known, GET)).endsWith("CN=client.test");
                }
            }
        }
    }

    @Test
    void clientsThatNeedACertificateAreKnownByIt() throws Exception {
        Identity own = Identity.of("a.test");
        Identity client = Identity.of("client.test");
        Listener.Tls tls = new Listener.Tls(new CertificateSource.Given(List.of(own.certificatePem() + own.keyPem())), false,
                client.certificatePem(), Terms.USUAL);
        try (Running server = new Running(VERTX, https(tls), head -> Running.text(
                head.peer().tls().flatMap(TlsSession::client).orElseThrow().getSubjectX500Principal().getName()))) {
            try (SSLSocket known = tls(server.port(), "a.test", client.context())) {
                assertThat(exchange(known, GET)).endsWith("CN=client.test");
            }
            assertThatThrownBy(() -> {
                try (SSLSocket unknown = tls(server.port(), "a.test", Identity.trusting())) {
                    assertThat(exchange(unknown, GET)).isNotEmpty();
                }
            }).isInstanceOfAny(IOException.class, AssertionError.class);
        }
    }

    @Test
    void plainHttpOnATlsListenerIsToldSo() throws Exception {
        try (Running server = new Running(VERTX, https(certificates("a.test")), head -> Running.text("ok"));
                Socket socket = plain(server.port())) {
            assertThat(exchange(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.0 400 Bad Request");
        }
    }

    @Test
    void theServerNameLeadsPastUsOrEndsHere() throws Exception {
        try (ServerSocket target = echo(Identity.of("behind.test").context()); ServerSocket plain = echo(null);
                Running server = new Running(VERTX, https(certificates("here.test")).withProtocol(Protocol.HTTPS_TCP_SNI), head -> Running.text("here"),
                        head -> switch (head.serverName()) {
                            case "behind.test" -> Running.relay(Running.connect("tcp://127.0.0.1:" + target.getLocalPort(), 0));
                            case "ended.test" -> new Way.Relay(Running.connect("tcp://127.0.0.1:" + plain.getLocalPort(), 0), failed -> Optional.empty(), true);
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
                assertThat(exchange(here, GET)).endsWith("here");
            }
            assertThatThrownBy(() -> tls(server.port(), "nobody.test", Identity.trusting())).isInstanceOf(IOException.class);
            try (Socket socket = plain(server.port())) {
                assertThat(exchange(socket, "no TLS at all")).isEmpty();
            }
        }
    }

    @Test
    void aMixedListenerTakesWhatComes() throws Exception {
        try (Running server = new Running(VERTX, https(certificates("here.test")).withProtocol(Protocol.MIXED), head -> Running.text(head.scheme()),
                head -> new Way.Http())) {
            try (SSLSocket here = tls(server.port(), "here.test", Identity.trusting()); Socket plain = plain(server.port())) {
                assertThat(exchange(here, GET)).endsWith("https");
                assertThat(exchange(plain, GET)).endsWith("http");
            }
        }
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

    private static String subject(Running server, String name) throws Exception {
        try (SSLSocket socket = tls(server.port(), name, Identity.trusting())) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }
}
