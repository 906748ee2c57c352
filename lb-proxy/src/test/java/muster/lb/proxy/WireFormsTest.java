package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import muster.lb.exchange.HeaderList;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that are read and written by hand, each alone. */
class WireFormsTest {
    private static final String V2 = "\r\n\r\n\0\r\nQUIT\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', value = {
        "PROXY TCP4 10.1.2.3 10.9.9.9 1234 80\\r\\nGET | 10.1.2.3 1234 10.9.9.9 80 38",
        "PROXY TCP6 2001:db8::1 ::1 1 65535\\r\\n | 2001:db8::1 1 ::1 65535 36",
        "PROXY UNKNOWN\\r\\nx | nobody 15",
        "PROXY UNKNOWN ffff:: 1 2\\r\\nx | nobody 26",
        "PROXY TCP4 10.1.2.3 10.9.9 | incomplete",
        "PRO | incomplete",
        "GET / HTTP/1.1 | absent",
        "PROXY TCP4 10.1.2.3 10.9.9.9 1234 65536\\r\\n | malformed",
        "PROXY TCP4 10.1.2.3 10.9.9.9 1234\\r\\n | malformed",
        "PROXY TCP4 10.1.2.3.4 10.9.9.9 1234 80\\r\\n | malformed",
        "PROXY TCP4 2001:db8::1 ::1 1 2\\r\\n | malformed",
        "PROXY TCP4 10.1.2.3  10.9.9.9 1234 80\\r\\n | malformed",
        "PROXY TCP4 10.1.2.3 10.9.9.9 01234 80\\r\\n | malformed",
        "PROXY TCP4 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | malformed"})
    void theFirstVersionOfTheProxyHeaderIsRead(String text, String expected) {
        assertThat(seen(text.replace("\\r\\n", "\r\n"))).isEqualTo(expected);
    }

    @Test
    void theSecondVersionOfTheProxyHeaderIsRead() {
        assertThat(seen(V2 + "\u0021\u0011\0\u000c\n\u0001\u0002\u0003\n\u0009\u0009\u0009\u0004\u00d2\0PGET")).isEqualTo("10.1.2.3 1234 10.9.9.9 80 28");
        assertThat(seen(V2 + "\u0020\u0000\0\0GET")).isEqualTo("nobody 16");
        assertThat(seen(V2 + "\u0021\u0031\0\u0004abcdGET")).isEqualTo("nobody 20");
        assertThat(seen(V2 + "\u0021\u0011\0\u000c\n\u0001")).isEqualTo("incomplete");
        assertThat(seen(V2 + "\u0011\u0011\0\0")).isEqualTo("malformed");
        assertThat(seen(V2 + "\u0021\u0011\0\u0004abcd")).isEqualTo("malformed");
        assertThat(seen(V2 + "\u0021\u0011\u00ff\u00ff")).isEqualTo("malformed");
    }

    @ParameterizedTest
    @CsvSource({"1, 10.1.2.3, 10.9.9.9", "2, 10.1.2.3, 10.9.9.9", "1, 2001:db8::1, ::1", "2, 2001:db8::1, ::1"})
    void whatIsWrittenIsRead(int version, String from, String to) {
        byte[] header = ProxyHeaders.write(version, from, 1234, to, 80);
        assertThat(ProxyHeaders.read(header, header.length)).isEqualTo(new ProxyHeaders.Seen.Present(from, 1234, to, 80, header.length));
    }

    private static String seen(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return switch (ProxyHeaders.read(bytes, bytes.length)) {
            case ProxyHeaders.Seen.Incomplete i -> "incomplete";
            case ProxyHeaders.Seen.Absent a -> "absent";
            case ProxyHeaders.Seen.Malformed m -> "malformed";
            case ProxyHeaders.Seen.Present p when p.address().isEmpty() -> "nobody " + p.length();
            case ProxyHeaders.Seen.Present p -> p.address() + " " + p.port() + " " + p.localAddress() + " " + p.localPort() + " " + p.length();
        };
    }

    @Test
    void aClientHelloTellsItsNameAndProtocolsHoweverItIsCut() throws Exception {
        byte[] hello = hello("WWW.Example.test", "h2", "http/1.1");
        ClientHello expected = new ClientHello("www.example.test", List.of("h2", "http/1.1"));
        assertThat(ClientHello.read(hello, hello.length)).isEqualTo(new ClientHello.Seen.Hello(expected));
        for (int i = 0; i < hello.length; i++) {
            assertThat(ClientHello.read(hello, i)).isInstanceOf(ClientHello.Seen.Incomplete.class);
        }
        byte[] inRecords = inRecords(hello, 100);
        assertThat(ClientHello.read(inRecords, inRecords.length)).isEqualTo(new ClientHello.Seen.Hello(expected));
        assertThat(ClientHello.read(hello(""), hello("").length)).isEqualTo(new ClientHello.Seen.Hello(new ClientHello("", List.of())));
    }

    /** Random bytes, and a good message with random bytes changed: every answer is one of the four, and nothing is thrown. */
    @Test
    void noBytesMakeTheReadersFail() throws Exception {
        RandomGenerator random = SeededRandom.of(7);
        byte[] hello = hello("a.test", "h2");
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = round % 2 == 0 ? hello.clone() : new byte[random.nextInt(200)];
            for (int i = 0; i < (round % 2 == 0 ? 3 : bytes.length); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(bytes.length + 1);
            assertThat(ClientHello.read(bytes, length)).isNotNull();
            assertThat(ProxyHeaders.read(bytes, length)).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\nContent-Length: 5\r\n\r\n", "POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"})
    void noChangedHeadMakesTheParserFailOtherwise(String text) {
        RandomGenerator random = SeededRandom.of(11);
        HeadParser parser = new HeadParser(100);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = text.getBytes(ISO_8859_1);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            bytes[random.nextInt(bytes.length)] = "\r\n: \t,".getBytes(ISO_8859_1)[random.nextInt(6)];
            int end = HeadBytes.end(bytes, 0, bytes.length);
            try {
                if (end > 0) {
                    parser.request(bytes, 0, end);
                    parser.response(bytes, 0, end);
                }
            } catch (BadMessage refused) {
                assertThat(refused.status()).isBetween(400, 599);
            }
        }
    }

    /** A chunked body, cut into pieces of every size, comes out whole, with its trailers, and what follows it is left alone. */
    @Test
    void aChunkedBodyIsTheSameHoweverItComes() throws Exception {
        byte[] wire = "4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Sum: 9\r\n\r\nGET".getBytes(ISO_8859_1);
        for (int cut = 1; cut < wire.length; cut++) {
            BodyReader reader = BodyReader.chunked(new HeadParser(10), 1000);
            StringBuilder body = new StringBuilder();
            ByteBuf in = Unpooled.buffer();
            for (int at = 0; at < wire.length; at += cut) {
                in.writeBytes(wire, at, Math.min(cut, wire.length - at));
                for (ByteBuf piece = reader.next(in); piece != null; piece = reader.next(in)) {
                    body.append(piece.toString(ISO_8859_1));
                    piece.release();
                }
            }
            assertThat(body.toString()).isEqualTo("Wikipedia");
            assertThat(reader.isDone()).isTrue();
            assertThat(reader.trailers().first("X-Sum")).contains("9");
            assertThat(in.toString(ISO_8859_1)).isEqualTo("GET");
            in.release();
        }
    }

    @Test
    void aLineThatWouldEndEarlyIsNotWritten() {
        HeadWriter writer = new HeadWriter();
        assertThatThrownBy(() -> writer.start().header("X-A", "b\r\nX-C: d")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.start().header("X A", "b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.start().request("GET", "/a b")).isInstanceOf(IllegalArgumentException.class);
        HeaderList wide = new HeaderList().add("Location", "/\u20ac");
        assertThat(writer.start().headers(wide).buffer(Unpooled.buffer().alloc(), 0).toString(java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("Location: /\u20ac\r\n");
    }

    @Test
    void keysAreReadInTheirOldAndNewForms() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair rsa = generator.generateKeyPair();
        byte[] pkcs8 = rsa.getPrivate().getEncoded();
        assertThat(Pem.privateKey(pem("PRIVATE KEY", pkcs8))).isEqualTo(rsa.getPrivate());
        assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length)))).isEqualTo(rsa.getPrivate());
        SelfSigned.Made made = SelfSigned.make("a.test", Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(Pem.privateKey(pem("PRIVATE KEY", made.keys().getPrivate().getEncoded()))).isEqualTo(made.keys().getPrivate());
        made.certificate().verify(made.keys().getPublic());
        assertThat(Pem.certificates(pem("CERTIFICATE", made.certificate().getEncoded()))).containsExactly(made.certificate());
        assertThatThrownBy(() -> Pem.privateKey("nonsense")).hasMessage("no private key in it");
        assertThatThrownBy(() -> Pem.certificates(pem("CERTIFICATE", new byte[10]))).isInstanceOf(java.security.GeneralSecurityException.class);
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label + "-----\n";
    }

    private static byte[] hello(String name, String... protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(32_768);
        engine.wrap(java.nio.ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The same message in smaller records. */
    private static byte[] inRecords(byte[] hello, int size) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (int at = 5; at < hello.length; at += size) {
            int length = Math.min(size, hello.length - at);
            out.write(hello, 0, 3);
            out.write(length >> 8);
            out.write(length);
            out.write(hello, at, length);
        }
        return out.toByteArray();
    }
}
