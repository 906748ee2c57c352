package muster.lb.proxy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Decision.Retry;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;
import muster.registry.client.RegistryClient;

/** An open listener whose decisions a test makes. */
final class Running implements AutoCloseable {
    final ProxyServer server;

    Running(OpenVertx vertx, Listener listener, Function<RequestHead, Decision> requests, ConnectionDispatcher connections)
            throws InterruptedException {
        this(vertx, listener, requests, connections, Optional.empty());
    }

    /** Certificates come from this registry. */
    Running(OpenVertx vertx, Listener listener, RegistryClient registry) throws InterruptedException {
        this(vertx, listener, head -> text("ok"), ConnectionDispatcher.HTTP_ONLY, Optional.of(registry));
    }

    private Running(OpenVertx vertx, Listener listener, Function<RequestHead, Decision> requests, ConnectionDispatcher connections,
            Optional<RegistryClient> registry) throws InterruptedException {
        server = ProxyServer.open(vertx.vertx(), listener, ProxySettings.DEFAULTS, new ProxyServer.Deciders(new Dispatcher() {
            @Override
            public Decision decide(RequestHead head) {
                return requests.apply(head);
            }

            @Override
            public Answer failed(RequestHead head, Failure failure) {
                return Answer.text(failure == Failure.TIMEOUT ? 504 : 502, failure.name());
            }
        }, connections), registry);
    }

    Running(OpenVertx vertx, Listener listener, Function<RequestHead, Decision> requests) throws InterruptedException {
        this(vertx, listener, requests, ConnectionDispatcher.HTTP_ONLY);
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() throws InterruptedException {
        server.close(Duration.ofSeconds(2));
    }

    static Listener listener() {
        return Listener.http("test", "127.0.0.1", 0);
    }

    /** Everything to one target, headers as they came. */
    static Forward to(RequestHead head, String url, Transport transport) {
        HeaderList headers = HopByHop.forwardable(head.headers()).set("Host", head.host());
        return new Forward(new Attempt(TargetUrl.parse(url), "web", transport, head.uri(), headers, new Meter()), Retry.NONE, ResponseEdit.NONE);
    }

    static Forward to(RequestHead head, String url) {
        return to(head, url, Transport.DEFAULT);
    }

    static Answer text(String text) {
        return new Answer(200, new HeaderList().add("Content-Type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    static ConnectionDispatcher.Connect connect(String url, int proxyHeader) {
        return new ConnectionDispatcher.Connect(TargetUrl.parse(url), "tcp", Transport.DEFAULT, proxyHeader, new Meter());
    }

    static ConnectionDispatcher.Way relay(ConnectionDispatcher.Connect first, ConnectionDispatcher.Connect... others) {
        List<ConnectionDispatcher.Connect> rest = List.of(others);
        return new ConnectionDispatcher.Way.Relay(first,
                failed -> failed.size() <= rest.size() ? Optional.of(rest.get(failed.size() - 1)) : Optional.empty(), false);
    }
}
