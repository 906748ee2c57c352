import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code java -cp 'target/dist/lib/*' bench/Echo.java PORT}: as little as a Vert.x server can do. Each datagram goes back as an answer; each
 * HTTP request gets as many bytes as its path says.
 */
final class Echo {
    private Echo() {}

    public static void main(String[] args) {
        int port = Integer.parseInt(args[0]);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        var socket = vertx.createDatagramSocket();
        socket.handler(packet -> {
            packet.data().setByte(2, (byte) (packet.data().getByte(2) | 0x80));
            socket.send(packet.data(), packet.sender().port(), packet.sender().host());
        });
        ConcurrentHashMap<String, Buffer> bodies = new ConcurrentHashMap<>();
        var server = vertx.createHttpServer().requestHandler(request -> request.response().end(bodies.computeIfAbsent(request.path(),
                path -> Buffer.buffer(new byte[Integer.parseInt(path.substring(1))]))));
        server.listen(port, "127.0.0.1").compose(bound -> socket.listen(port, "127.0.0.1")).onSuccess(bound -> System.out.println("ready"))
                .onFailure(failure -> System.exit(1));
    }
}
