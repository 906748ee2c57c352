package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two sides of an upgraded connection send as early as they can. */
class TunnelTest {
    private static final String UPGRADE = "GET /chat HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();

    /** Plan: the target sends its first bytes with the switch, the client its first with the request; both sides get all of them in order. */
    @ParameterizedTest
    @ValueSource(ints = {1, 900, 5_000, 200_000})
    void whatIsSentWithTheSwitchArrivesInOrder(int size) throws Exception {
        byte[] down = text(size, 'a');
        byte[] up = text(Math.min(size, 8_000), 'A');
        try (SocketTarget target = new SocketTarget((head, in, out) -> {
            byte[] first = (SWITCH + new String(down, ISO_8859_1)).getBytes(ISO_8859_1);
            out.write(first);
            out.flush();
            out.write(in.readNBytes(up.length));
            return false;
        });
                Running running = new Running(VERTX, Running.listener(), head -> Running.to(head, "http://127.0.0.1:" + target.port()));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
            client.setSoTimeout(60_000);
            client.getOutputStream().write((UPGRADE + new String(up, ISO_8859_1)).getBytes(ISO_8859_1));
            assertThat(SocketTarget.readHead(client.getInputStream())).startsWith("HTTP/1.1 101 ");
            assertThat(client.getInputStream().readNBytes(down.length)).isEqualTo(down);
            assertThat(client.getInputStream().readNBytes(up.length)).isEqualTo(up);
        }
    }

    private static byte[] text(int size, char first) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (first + i % 26 + i / 997 % 3);
        }
        return bytes;
    }
}
