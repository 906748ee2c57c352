package muster.lb.traefik;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;

/** Connects to a server of TCP, perhaps says something and compares the answer's beginning (Traefik: "TCP services, health check"). */
final class TcpCheck implements CheckLoop.Check {
    private static final int LONGEST = 64 * 1024;

    private final TargetUrl server;
    private final Values options;

    /** Throws {@link IllegalArgumentException} for options that can't be used. */
    TcpCheck(TargetUrl server, Values options) {
        this.server = server;
        this.options = options;
        if (options.text("send").length() > LONGEST || options.text("expect").length() > LONGEST) {
            throw new IllegalArgumentException("healthCheck.send and healthCheck.expect may have " + LONGEST + " characters");
        }
        if (server.scheme().equals("tls") && !(options.text("send") + options.text("expect")).isEmpty()) {
            throw new IllegalArgumentException("healthCheck.send and healthCheck.expect speak plain TCP, and the server is one of TLS");
        }
    }

    @Override
    public String failure() throws InterruptedException {
        Duration timeout = CheckLoop.timeout(options);
        byte[] expected = options.text("expect").getBytes(StandardCharsets.UTF_8);
        int port = options.whole("port") == 0 ? server.port() : (int) options.whole("port");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.host(), port), (int) Math.max(1, timeout.toMillis()));
            socket.setSoTimeout((int) Math.max(1, timeout.toMillis()));
            socket.getOutputStream().write(options.text("send").getBytes(StandardCharsets.UTF_8));
            byte[] said = socket.getInputStream().readNBytes(expected.length);
            return java.util.Arrays.equals(said, expected) ? ""
                    : "it said \"" + new String(said, StandardCharsets.UTF_8) + "\", expected \"" + options.text("expect") + "\"";
        } catch (IOException | IllegalArgumentException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }
}
