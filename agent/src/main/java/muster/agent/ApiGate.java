package muster.agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Handler;
import muster.http.Reply;
import muster.http.Routes;
import muster.wire.GoDuration;

/**
 * What the configuration puts before the registry's API: paths nobody may ask, networks that may write, the times of blocking
 * queries, headers of every answer. (Consul agent configuration: http_config, default_query_time, max_query_time)
 */
final class ApiGate {
    private final RegistryOptions.Http settings;
    private final List<Network> writers;

    ApiGate(RegistryOptions.Http settings) {
        this.settings = settings;
        writers = settings.writers().stream().map(Network::tryParse).flatMap(Optional::stream).toList();
    }

    /** The same routes behind the gate. */
    Routes guard(Routes routes) {
        Routes guarded = new Routes();
        for (Routes.Route route : routes.all()) {
            Handler inner = route.handler();
            guarded.add(route.method(), route.pattern(), route.maxBody(), call -> {
                Optional<Reply> refusal = refusal(call);
                return refusal.isPresent() ? CompletableFuture.completedFuture(refusal.get()) : inner.handle(timed(call));
            });
        }
        return guarded;
    }

    private Optional<Reply> refusal(Call call) {
        if (settings.blocked().stream().anyMatch(call.path()::startsWith)) {
            return Optional.of(Reply.text(403, "Endpoint is blocked by agent configuration"));
        }
        boolean reads = call.method().equals("GET") || call.method().equals("HEAD") || call.method().equals("OPTIONS");
        if (!reads && !writers.isEmpty() && !mayWrite(call)) {
            return Optional.of(Reply.text(403, "Access is restricted"));
        }
        return Optional.empty();
    }

    private boolean mayWrite(Call call) {
        if (!(call.remote() instanceof InetSocketAddress remote)) {
            return false;
        }
        InetAddress address = remote.getAddress();
        return address != null && writers.stream().anyMatch(network -> network.contains(address));
    }

    /** A call that waits, with a time that the configuration allows. */
    private Call timed(Call call) {
        if (!call.has("index") && !call.has("hash")) {
            return call;
        }
        Optional<Duration> asked = GoDuration.tryParse(call.query("wait"));
        if (asked.isEmpty() && !call.query("wait").isEmpty()) {
            return call; // The handler refuses it in its own words.
        }
        Duration wait = asked.filter(Duration::isPositive).orElse(settings.waits().usual());
        Duration kept = wait.compareTo(settings.waits().longest()) > 0 ? settings.waits().longest() : wait;
        if (asked.isPresent() && kept.equals(asked.get())) {
            return call;
        }
        Map<String, List<String>> query = new LinkedHashMap<>(call.query());
        query.put("wait", List.of(GoDuration.format(kept)));
        return new Call(call.method(), call.path(), call.parameters(), query, call.headers(), call.body(), call.remote(), call.gone());
    }

    /** The dialect with the configured headers on every answer of a route. */
    Dialect dialect(Dialect plain) {
        return settings.headers().isEmpty() ? plain : new WithHeaders(plain, settings.headers());
    }

    private record WithHeaders(Dialect plain, Map<String, String> more) implements Dialect {
        @Override
        public Reply notFound(Call call) {
            return plain.notFound(call);
        }

        @Override
        public Reply methodNotAllowed(Call call, Set<String> allowed) {
            return plain.methodNotAllowed(call, allowed);
        }

        @Override
        public Reply tooLarge(Call call, long limit, long size) {
            return plain.tooLarge(call, limit, size);
        }

        @Override
        public Reply failed(Call call, Throwable failure) {
            return plain.failed(call, failure);
        }

        @Override
        public Reply badRequest(String reason) {
            return plain.badRequest(reason);
        }

        @Override
        public Reply moved(String method, String location) {
            return plain.moved(method, location);
        }

        @Override
        public int gzipFrom() {
            return plain.gzipFrom();
        }

        @Override
        public boolean cleansPaths() {
            return plain.cleansPaths();
        }

        @Override
        public Reply decorate(Call call, Reply reply) {
            return switch (plain.decorate(call, reply)) {
                case Reply.Full full -> full.withHeaders(with(full.headers()));
                case Reply.Streaming streaming -> new Reply.Streaming(streaming.status(), with(streaming.headers()), streaming.source());
                case Reply.WebSocket socket -> socket;
            };
        }

        private Map<String, String> with(Map<String, String> headers) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.putAll(more);
            return all;
        }
    }
}
