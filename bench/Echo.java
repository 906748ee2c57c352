import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/**
 * {@code java -cp 'target/dist/lib/*' bench/Echo.java PORT}: as little as a Vert.x server can do. Each datagram goes back as an answer; each
 * HTTP request gets a short text.
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
        var server = vertx.createHttpServer().requestHandler(request -> request.response().end("a value of thirty-two bytes, or so."));
        server.listen(port, "127.0.0.1").compose(bound -> socket.listen(port, "127.0.0.1")).onSuccess(bound -> System.out.println("ready"))
                .onFailure(failure -> System.exit(1));
    }
}
