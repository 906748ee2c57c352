package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import muster.http.Dialect;
import muster.http.HttpListener;
import muster.http.Routes;

/** Where the registry's API listens, without TLS and with it. One thread opens and closes. */
final class RegistryDoors implements AutoCloseable {
    private static final int LOOPS = 2;

    private final RegistryOptions options;
    private Optional<HttpListener> plain = Optional.empty();
    private Optional<HttpListener> secure = Optional.empty();
    private String plainHost = "";

    RegistryDoors(RegistryOptions options) {
        this.options = options;
    }

    /**
     * Listens over TLS, where that is wanted.
     *
     * @param routes by the address that is listened at
     */
    void openSecure(Vertx vertx, Function<String, Routes> routes, Dialect dialect) throws IOException, InterruptedException {
        if (options.https().isPresent()) {
            Https https = options.https().get();
            HttpListener.Listen listen = new HttpListener.Listen(https.host(), https.port(), LOOPS, options.http().connectionsPerClient())
                    .with(TlsFiles.read(https));
            secure = Optional.of(HttpListener.start(vertx, listen, routes.apply(https.host()), dialect));
        }
    }

    /** Listens without TLS. */
    void openPlain(Vertx vertx, String host, int port, Function<String, Routes> routes, Dialect dialect) throws IOException, InterruptedException {
        plainHost = host;
        plain = Optional.of(HttpListener.start(vertx, new HttpListener.Listen(host, port, LOOPS, options.http().connectionsPerClient()),
                routes.apply(host), dialect));
    }

    /** Shows the certificates that stand in the files now. Throws {@link muster.registry.agent.RefusedException} where they are wrong. */
    void renew(RegistryOptions next) {
        if (secure.isPresent() && next.https().isPresent()) {
            TlsFiles.renew(secure.get(), next.https().get());
        }
    }

    /** The port without TLS, where one is open. */
    Optional<Integer> port() {
        return plain.map(HttpListener::port);
    }

    /** Where this machine reaches the port without TLS. */
    String reachable() {
        return Suite.hostPort(Suite.reachable(plainHost), port().orElseThrow());
    }

    List<Part.Listening> listening() {
        List<Part.Listening> all = new ArrayList<>();
        plain.ifPresent(listener -> all.add(new Part.Listening("registry (HTTP)", "http://" + Suite.hostPort(plainHost, listener.port()))));
        secure.ifPresent(listener -> all.add(new Part.Listening("registry (HTTPS)",
                "https://" + Suite.hostPort(options.https().orElseThrow().host(), listener.port()))));
        return all;
    }

    @Override
    public void close() {
        plain.ifPresent(HttpListener::close);
        secure.ifPresent(HttpListener::close);
    }
}
