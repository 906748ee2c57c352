package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import muster.lb.exchange.ConnectionDispatcher.Connect;
import muster.lb.exchange.ConnectionDispatcher.Retry;
import muster.lb.exchange.Meter;
import muster.lb.exchange.Transport;
import muster.lb.choose.Ring;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;

/** A service of TCP or UDP at work: servers, or other services, in turn. */
final class TcpService {
    private final String name;
    private final Values spec;
    private final List<Server> servers;
    private final List<String> parts;
    private final Optional<Ring> ring;
    private final AtomicInteger turn;
    private final int proxyHeader;
    private final Transport transport;
    private final Function<String, Optional<TcpService>> others;

    /** One address. */
    record Server(TargetUrl url, Meter meter) {}

    /** A choice of a server, and of others should it not be reached. */
    record Choice(Connect connect, Retry retry) {}

    /** Throws {@link IllegalArgumentException} for options that can't be used. */
    TcpService(String name, Values spec, String scheme, Optional<TcpService> before, Transport transport, Function<String, String> complete,
            Function<String, Optional<TcpService>> others) {
        this.name = name;
        this.spec = spec;
        this.transport = transport;
        this.others = others;
        Values balancer = spec.sectionOrNone("loadBalancer");
        this.proxyHeader = balancer.section("proxyProtocol").map(options -> (int) options.whole("version", 2)).orElse(0);
        if (proxyHeader < 0 || proxyHeader > 2) {
            throw new IllegalArgumentException("unknown proxyProtocol version: " + proxyHeader);
        }
        List<Server> made = new ArrayList<>();
        for (Values server : balancer.sections("servers")) {
            TargetUrl url = TargetUrl.parse((server.flag("tls") ? "tls" : scheme) + "://" + server.text("address"));
            made.add(new Server(url, before.flatMap(old -> old.meter(url)).orElseGet(Meter::new)));
        }
        this.servers = List.copyOf(made);
        List<Values> weighted = spec.sectionOrNone("weighted").sections("services");
        this.parts = weighted.stream().map(part -> complete.apply(part.text("name"))).toList();
        double[] weights = parts.isEmpty() ? servers.stream().mapToDouble(server -> 1).toArray()
                : weighted.stream().mapToDouble(part -> part.whole("weight", 1)).toArray();
        this.ring = weights.length == 0 ? Optional.empty() : Optional.of(Ring.of(weights));
        this.turn = before.map(old -> old.turn).orElseGet(AtomicInteger::new);
    }

    Values spec() {
        return spec;
    }

    private Optional<Meter> meter(TargetUrl url) {
        return servers.stream().filter(server -> server.url().equals(url)).map(Server::meter).findFirst();
    }

    /** Chooses; empty when there is no server. */
    Optional<Choice> choose() {
        return choose(0);
    }

    private Optional<Choice> choose(int depth) {
        if (ring.isEmpty() || depth > 10) {
            return Optional.empty();
        }
        int first = ring.get().at(turn.getAndIncrement());
        if (!parts.isEmpty()) {
            return others.apply(parts.get(first)).flatMap(service -> service.choose(depth + 1));
        }
        return Optional.of(new Choice(connect(first), failed -> failed.size() < servers.size()
                ? Optional.of(connect((first + failed.size()) % servers.size()))
                : Optional.empty()));
    }

    private Connect connect(int index) {
        return new Connect(servers.get(index).url(), name, transport, proxyHeader, servers.get(index).meter());
    }

    /** Counts of its servers, for those who show them. */
    List<Server> servers() {
        return servers;
    }

}
