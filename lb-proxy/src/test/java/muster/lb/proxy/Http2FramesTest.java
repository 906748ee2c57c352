package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static muster.lb.proxy.RawHttp2.CONTINUATION;
import static muster.lb.proxy.RawHttp2.DATA;
import static muster.lb.proxy.RawHttp2.END_HEADERS;
import static muster.lb.proxy.RawHttp2.END_STREAM;
import static muster.lb.proxy.RawHttp2.GET;
import static muster.lb.proxy.RawHttp2.GO_AWAY;
import static muster.lb.proxy.RawHttp2.HEADERS;
import static muster.lb.proxy.RawHttp2.PADDED;
import static muster.lb.proxy.RawHttp2.PING;
import static muster.lb.proxy.RawHttp2.PREFACE;
import static muster.lb.proxy.RawHttp2.PRIORITY;
import static muster.lb.proxy.RawHttp2.RESET;
import static muster.lb.proxy.RawHttp2.SETTINGS;
import static muster.lb.proxy.RawHttp2.WINDOW_UPDATE;
import static muster.lb.proxy.RawHttp2.frame;
import static muster.lb.proxy.RawHttp2.join;
import static muster.lb.proxy.RawHttp2.literal;
import static muster.lb.proxy.RawHttp2.repeated;
import static muster.lb.proxy.RawHttp2.setting;
import static muster.lb.proxy.RawHttp2.window;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Listener.Limits;
import muster.lb.proxy.RawHttp2.Frame;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 9113 frame by frame: what has to be understood, what has to be refused and how far the refusal goes, what may be sent to a client that
 * takes little. The target is the proxy itself: {@code /hold} is never answered, {@code /large} with 100 bytes, all else with the request's line.
 */
class Http2FramesTest {
    private static final byte[] ON_A = {(byte) 0x82, (byte) 0x86, 0x41, 0x01, 'a'};
    private static final byte[] POST_ON_A = {(byte) 0x83, (byte) 0x86, 0x41, 0x01, 'a'};
    private static final byte[] HOLD = join(POST_ON_A, literal(":path", "/hold"));
    private static final byte[] HELLO = join(PREFACE, frame(SETTINGS, 0, 0, new byte[0]));
    private static final int WHOLE = END_STREAM | END_HEADERS;
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    private static Running server;

    @BeforeAll
    static void open() throws Exception {
        server = new Running(VERTX, Running.listener(), Http2FramesTest::decide);
    }

    @AfterAll
    static void shut() throws Exception {
        server.close();
    }

    private static Decision decide(muster.lb.exchange.RequestHead head) {
        return switch (head.path()) {
            case "/hold" -> new Decision.Later(new CompletableFuture<>());
            case "/body" -> new Decision.Collect(1000, body -> Running.text(body.map(bytes -> new String(bytes, ISO_8859_1)).orElse("too large")));
            case "/large" -> Running.text("0123456789".repeat(10));
            default -> Running.text(head.method() + " " + head.uri() + head.headers().first("Cookie").map(text -> " " + text).orElse(""));
        };
    }

    /** Frames that a client may send behind the preface, and the body of the answer on stream 1. */
    record Understood(String name, String body, byte[] frames) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Understood> understood() {
        byte[] get = frame(HEADERS, WHOLE, 1, GET);
        byte[] toBody = join(POST_ON_A, literal(":path", "/body"));
        return List.of(
                new Understood("a request in one frame", "GET /", get),
                new Understood("a head in two frames", "GET /", join(frame(HEADERS, END_STREAM, 1, ON_A), frame(CONTINUATION, END_HEADERS, 1, literal(":path", "/")))),
                new Understood("a head in padding", "GET /", frame(HEADERS, WHOLE | PADDED, 1, join(new byte[] {3}, GET, new byte[3]))),
                new Understood("a head with a priority", "GET /", frame(HEADERS, WHOLE | 0x20, 1, join(new byte[] {0, 0, 0, 0, 15}, GET))),
                new Understood("a body in padding", "abc", join(frame(HEADERS, END_HEADERS, 1, toBody),
                        frame(DATA, END_STREAM | PADDED, 1, join(new byte[] {2}, "abc".getBytes(ISO_8859_1), new byte[2])))),
                new Understood("a body that ends with nothing", "abc", join(frame(HEADERS, END_HEADERS, 1, toBody),
                        frame(DATA, 0, 1, "abc".getBytes(ISO_8859_1)), frame(DATA, END_STREAM, 1, new byte[0]))),
                new Understood("a body that ends with trailers", "abc", join(frame(HEADERS, END_HEADERS, 1, toBody),
                        frame(DATA, 0, 1, "abc".getBytes(ISO_8859_1)), frame(HEADERS, WHOLE, 1, literal("x-sum", "1")))),
                new Understood("a cookie in crumbs", "GET / a=1; b=2", frame(HEADERS, WHOLE, 1, join(GET, literal("cookie", "a=1"), literal("cookie", "b=2")))),
                new Understood("a frame of a kind nobody knows", "GET /", join(frame(99, 0, 0, new byte[5]), frame(98, 0, 1, new byte[5]), get)),
                new Understood("a setting nobody knows", "GET /", join(setting(99, 1), get)),
                new Understood("a priority of a stream that is yet to come", "GET /", join(frame(PRIORITY, 0, 7, new byte[] {0, 0, 0, 0, 1}), get)),
                new Understood("a table of size nothing", "GET /", join(setting(1, 0), get)),
                new Understood("a stream number with its reserved bit", "GET /", frame(HEADERS, WHOLE, 0x80000001, GET)),
                new Understood("a line that is never to be indexed", "GET /", frame(HEADERS, WHOLE, 1, join(GET, new byte[] {0x10, 1, 'x', 1, 'y'}))),
                new Understood("a path of its own", "GET /a?b=c", frame(HEADERS, WHOLE, 1, join(ON_A, literal(":path", "/a?b=c")))),
                new Understood("OPTIONS of everything", "OPTIONS *", frame(HEADERS, WHOLE, 1, join(literal(":method", "OPTIONS"), new byte[] {(byte) 0x86, 0x41, 1, 'a'}, literal(":path", "*")))),
                new Understood("another stream's reset", "GET /", join(frame(HEADERS, END_HEADERS, 1, HOLD), frame(RESET, 0, 1, new byte[4]), frame(HEADERS, WHOLE, 3, GET))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void understood(Understood sent) throws Exception {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            client.send(HELLO, sent.frames());
            StringBuilder body = new StringBuilder();
            Frame data = client.next(DATA).orElseThrow();
            body.append(new String(data.payload(), ISO_8859_1));
            while (!data.isLast()) {
                data = client.next(DATA).orElseThrow();
                body.append(new String(data.payload(), ISO_8859_1));
            }
            assertThat(body).asString().isEqualTo(sent.body());
            assertThat(client.isUp(new ArrayList<>())).isTrue();
        }
    }

    private enum End {
        CONNECTION, STREAM
    }

    /** Frames behind the preface, and what has to end by them; the stream that ends is 1. */
    record Refused(String name, End ends, byte[] frames) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Refused> refused() {
        byte[] get = frame(HEADERS, WHOLE, 1, GET);
        byte[] open = frame(HEADERS, END_HEADERS, 1, HOLD);
        return List.of(
                new Refused("a head on no stream", End.CONNECTION, frame(HEADERS, WHOLE, 0, GET)),
                new Refused("data on no stream", End.CONNECTION, frame(DATA, 0, 0, new byte[1])),
                new Refused("a reset of no stream", End.CONNECTION, frame(RESET, 0, 0, new byte[4])),
                new Refused("a priority of no stream", End.CONNECTION, frame(PRIORITY, 0, 0, new byte[5])),
                new Refused("a ping on a stream", End.CONNECTION, frame(PING, 0, 1, new byte[8])),
                new Refused("a farewell on a stream", End.CONNECTION, frame(GO_AWAY, 0, 1, new byte[8])),
                new Refused("a continuation of nothing", End.CONNECTION, join(open, frame(CONTINUATION, END_HEADERS, 1, literal("x", "y")))),
                new Refused("a continuation of another stream", End.CONNECTION, join(frame(HEADERS, END_STREAM, 1, ON_A), frame(CONTINUATION, END_HEADERS, 3, literal(":path", "/")))),
                new Refused("a ping within a head", End.CONNECTION, join(frame(HEADERS, END_STREAM, 1, ON_A), frame(PING, 0, 0, new byte[8]))),
                new Refused("a frame nobody knows within a head", End.CONNECTION, join(frame(HEADERS, END_STREAM, 1, ON_A), frame(99, 0, 0, new byte[1]))),
                new Refused("another head within a head", End.CONNECTION, join(frame(HEADERS, END_STREAM, 1, ON_A), frame(HEADERS, WHOLE, 3, GET))),
                new Refused("a ping that is too short", End.CONNECTION, frame(PING, 0, 0, new byte[7])),
                new Refused("a reset that is too long", End.CONNECTION, join(open, frame(RESET, 0, 1, new byte[5]))),
                new Refused("a window update that is too short", End.CONNECTION, join(open, frame(WINDOW_UPDATE, 0, 1, new byte[3]))),
                new Refused("an acknowledgement with settings", End.CONNECTION, frame(SETTINGS, 1, 0, new byte[6])),
                new Refused("push is neither on nor off", End.CONNECTION, setting(2, 2)),
                new Refused("a window beyond the largest", End.CONNECTION, setting(4, 0x80000000)),
                new Refused("frames smaller than the smallest", End.CONNECTION, setting(5, 16_383)),
                new Refused("frames larger than the largest", End.CONNECTION, setting(5, 16_777_216)),
                new Refused("padding that is longer than its frame", End.CONNECTION, join(open, frame(DATA, PADDED, 1, new byte[] {5, 0, 0}))),
                new Refused("padding that is longer than its head", End.CONNECTION, frame(HEADERS, WHOLE | PADDED, 1, join(new byte[] {100}, GET))),
                new Refused("an update of a stream that never was", End.CONNECTION, window(9, 1)),
                new Refused("a reset of a stream that never was", End.CONNECTION, frame(RESET, 0, 9, new byte[4])),
                new Refused("a stream number below the last", End.STREAM, join(frame(HEADERS, END_HEADERS, 3, HOLD), frame(HEADERS, WHOLE, 1, GET))),
                new Refused("a head that its table can't explain", End.CONNECTION, frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0xc0})),
                new Refused("a head that breaks off in a line", End.CONNECTION, frame(HEADERS, WHOLE, 1, join(GET, new byte[] {0, 9, 'x'}))),
                new Refused("a table larger than was agreed", End.CONNECTION, frame(HEADERS, WHOLE, 1, join(new byte[] {0x3f, (byte) 0xe2, 0x7f}, GET))),
                new Refused("a text in a code that is none", End.CONNECTION, frame(HEADERS, WHOLE, 1, join(GET, new byte[] {0, 1, 'x', (byte) 0x84, -1, -1, -1, -1}))),
                new Refused("a preface that turns out to be none", End.CONNECTION, "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".getBytes(ISO_8859_1)),
                new Refused("a second head that is no end", End.STREAM, join(open, frame(HEADERS, END_HEADERS, 1, literal("x", "y")))),
                new Refused("trailers with a pseudo header", End.STREAM, join(open, frame(HEADERS, WHOLE, 1, literal(":path", "/b")))),
                new Refused("trailers with a line end", End.STREAM, join(open, frame(HEADERS, WHOLE, 1, literal("x", "y\nz")))),
                new Refused("data behind the end", End.STREAM, join(frame(HEADERS, WHOLE, 1, HOLD), frame(DATA, 0, 1, new byte[1]))),
                new Refused("a window update of nothing for a stream", End.STREAM, join(open, window(1, 0))),
                new Refused("a stream's window that overflows", End.STREAM, join(open, window(1, 0x7fffffff))),
                new Refused("te that is more than trailers", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal("te", "gzip")))),
                new Refused("keep-alive", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal("keep-alive", "5")))),
                new Refused("proxy-connection", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal("proxy-connection", "close")))),
                new Refused("upgrade", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal("upgrade", "websocket")))),
                new Refused("two authorities", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal(":authority", "b")))),
                new Refused("a protocol that was not offered", End.STREAM, frame(HEADERS, WHOLE, 1, join(literal(":method", "CONNECT"), literal(":protocol", "websocket"), new byte[] {(byte) 0x84, (byte) 0x86, 0x41, 1, 'a'}))),
                new Refused("a name that is empty", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal("", "y")))),
                new Refused("a name with a blank", End.STREAM, frame(HEADERS, WHOLE, 1, join(GET, literal("x y", "z")))),
                new Refused("two lengths", End.STREAM, frame(HEADERS, END_HEADERS, 1, join(HOLD, literal("content-length", "1"), literal("content-length", "2")))),
                new Refused("a length that is none", End.STREAM, frame(HEADERS, END_HEADERS, 1, join(HOLD, literal("content-length", "1x")))),
                new Refused("a path that is none", End.STREAM, frame(HEADERS, WHOLE, 1, join(ON_A, literal(":path", "a/b")))),
                new Refused("a star that is not for OPTIONS", End.STREAM, frame(HEADERS, WHOLE, 1, join(ON_A, literal(":path", "*")))),
                new Refused("a path above the root", End.STREAM, frame(HEADERS, WHOLE, 1, join(ON_A, literal(":path", "/a/../../b")))),
                new Refused("no method", End.STREAM, frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0x84, (byte) 0x86, 0x41, 0x01, 'a'})),
                new Refused("no scheme", End.STREAM, frame(HEADERS, WHOLE, 1, new byte[] {(byte) 0x82, (byte) 0x84, 0x41, 0x01, 'a'})));
    }

    /** A stream ends by a reset or by an answer that is an error; a connection by saying so or without a word. The others go on. */
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(Refused sent) throws Exception {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            client.send(sent.name().startsWith("a preface") ? sent.frames() : join(HELLO, sent.frames()));
            List<Frame> seen = new ArrayList<>();
            boolean isUp = client.isUp(seen);
            assertThat(isUp).as("the connection goes on, after %s", seen).isEqualTo(sent.ends() == End.STREAM);
            assertThat(seen).as("no good answer").noneMatch(frame -> frame.type() == HEADERS && frame.payload()[0] == (byte) 0x88);
            if (sent.ends() == End.STREAM) {
                assertThat(seen).as("the end of the stream").anyMatch(frame -> frame.stream() == 1 && (frame.type() == RESET || frame.type() == HEADERS));
                client.send(frame(HEADERS, WHOLE, 5, GET));
                assertThat(client.next(HEADERS).orElseThrow().stream()).isEqualTo(5);
            }
        }
        Eventually.holds("nothing is left of it", () -> server.server.inProgress() == 0);
    }

    /** The client's window holds 16 bytes: so many come; then ten more; then the window of all streams grows, and the rest comes. */
    @Test
    void noMoreIsSentThanTheClientTakes() throws Exception {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            client.send(PREFACE, setting(4, 16), frame(HEADERS, WHOLE, 1, join(ON_A, literal(":path", "/large"))));
            assertThat(bytes(client)).isEqualTo(16);
            client.send(window(1, 10));
            assertThat(bytes(client)).isEqualTo(10);
            client.send(setting(4, 8));
            assertThat(bytes(client)).as("the window is below nothing now").isZero();
            client.send(setting(4, 1000));
            assertThat(bytes(client)).isEqualTo(100 - 26);
        }
    }

    /** The bytes of bodies that come until a ping is answered. */
    private static int bytes(RawHttp2 client) throws Exception {
        List<Frame> seen = new ArrayList<>();
        assertThat(client.isUp(seen)).isTrue();
        // What is sent because of a window may be on its way behind the first ping's answer.
        assertThat(client.isUp(seen)).isTrue();
        return seen.stream().filter(frame -> frame.type() == DATA).mapToInt(frame -> frame.payload().length).sum();
    }

    @Test
    void streamsBeyondTheAgreedNumberAreRefusedAlone() throws Exception {
        int most = Limits.DEFAULTS.maxStreams();
        try (RawHttp2 client = new RawHttp2(server.port())) {
            client.send(HELLO);
            client.next(SETTINGS);
            client.send(repeated(most, i -> frame(HEADERS, END_HEADERS, 2 * i + 1, HOLD)));
            assertThat(client.isUp(new ArrayList<>())).isTrue();
            client.send(frame(HEADERS, WHOLE, 2 * most + 1, GET));
            Frame reset = client.next(RESET).orElseThrow();
            assertThat(reset.stream()).isEqualTo(2 * most + 1);
            assertThat(reset.error()).as("it was not looked at").isEqualTo(7);
        }
        Eventually.holds("nothing is left of them", () -> server.server.inProgress() == 0);
    }

    /** Three streams: one whose body stops, one whose messages come when they come, one that is answered. Only the first is ended. */
    @Test
    void aBodyThatStopsEndsItsStreamAlone() throws Exception {
        Limits limits = new Limits(Duration.ofSeconds(60), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(60), Duration.ofMillis(200), Duration.ofSeconds(60),
                8192, 100, 100, 100, 100);
        try (SocketTarget silent = new SocketTarget((head, in, out) -> in.read() >= 0 && in.read() >= 0);
                Running own = new Running(VERTX, Running.listener().withLimits(limits), head -> head.method().equals("GET")
                        ? Running.text("ok") : Running.to(head, "http://127.0.0.1:" + silent.port()));
                RawHttp2 client = new RawHttp2(own.port())) {
            client.send(HELLO, frame(HEADERS, END_HEADERS, 1, join(HOLD, literal("content-type", "application/grpc"))), frame(HEADERS, END_HEADERS, 3, HOLD),
                    frame(DATA, 0, 1, new byte[1]), frame(DATA, 0, 3, new byte[1]));
            Frame reset = client.next(RESET).orElseThrow();
            assertThat(reset.stream()).isEqualTo(3);
            Eventually.holds("the other goes on", () -> own.server.inProgress() == 1);
            client.send(frame(HEADERS, WHOLE, 5, GET));
            assertThat(client.next(HEADERS).orElseThrow().stream()).isEqualTo(5);
        }
    }

    @Test
    void aRequestThatTakesTooLongAsAWholeIsEnded() throws Exception {
        Limits limits = Limits.DEFAULTS.withTimeouts(Duration.ZERO, Duration.ofMillis(200), Duration.ofSeconds(60));
        try (Running own = new Running(VERTX, Running.listener().withLimits(limits), Http2FramesTest::decide); RawHttp2 client = new RawHttp2(own.port())) {
            client.send(HELLO, frame(HEADERS, WHOLE, 1, HOLD));
            assertThat(client.next(RESET).orElseThrow().stream()).isEqualTo(1);
            assertThat(client.isUp(new ArrayList<>())).isTrue();
            Eventually.holds("nothing is left of it", () -> own.server.inProgress() == 0);
        }
    }

    /** Good and bad frames in an order by chance: the connection may end, the proxy goes on, and nothing is left of any request. */
    @Test
    void noOrderOfFramesHarmsTheNextClient() throws Exception {
        Random random = new Random(9113);
        for (int round = 0; round < 150; round++) {
            byte[] frames = repeated(1 + random.nextInt(30), i -> anyFrame(random));
            try (RawHttp2 client = new RawHttp2(server.port())) {
                client.send(HELLO);
                try {
                    client.send(frames);
                } catch (java.net.SocketException e) {
                    // Ended before all was sent.
                }
            }
        }
        Eventually.holds("nothing is left of them", () -> server.server.inProgress() == 0);
        try (RawHttp2 client = new RawHttp2(server.port())) {
            client.send(HELLO, frame(HEADERS, WHOLE, 1, GET));
            assertThat(client.next(DATA).orElseThrow().payload()).asString(ISO_8859_1).isEqualTo("GET /");
        }
    }

    private static byte[] anyFrame(Random random) {
        byte[][] payloads = {GET, HOLD, new byte[random.nextInt(10)], literal("x", "y"), new byte[] {0, 0, 0, 1}, new byte[8], setting(4, random.nextInt())};
        byte[] payload = payloads[random.nextInt(payloads.length)].clone();
        if (payload.length > 0 && random.nextInt(4) == 0) {
            payload[random.nextInt(payload.length)] = (byte) random.nextInt();
        }
        int type = random.nextInt(3) == 0 ? random.nextInt(11) : HEADERS;
        return frame(type, random.nextInt(2) == 0 ? WHOLE : random.nextInt(64), 2 * random.nextInt(5) + random.nextInt(2), payload);
    }
}
