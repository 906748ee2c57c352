package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private final Optional<CheckLoop> checks;

    /** One address, and whether the checks found it well. */
    record Server(TargetUrl url, Meter meter, AtomicBoolean isUp) {}

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
            Optional<Server> known = before.flatMap(old -> old.server(url));
            AtomicBoolean isUp = known.map(Server::isUp).filter(up -> balancer.has("healthCheck")).orElseGet(() -> new AtomicBoolean(true));
            made.add(new Server(url, known.map(Server::meter).orElseGet(Meter::new), isUp));
        }
        this.servers = List.copyOf(made);
        this.checks = balancer.section("healthCheck").map(check -> new CheckLoop(name, check, servers.stream().map(server ->
                new CheckLoop.Subject(server.url().text(), new TcpCheck(server.url(), check), server.isUp()::get, server.isUp()::set)).toList()));
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

    Transport transport() {
        return transport;
    }

    /** Begins its checks, if they have not begun. */
    void start() {
        checks.ifPresent(CheckLoop::start);
    }

    /** Ends its checks. */
    void close() {
        checks.ifPresent(CheckLoop::close);
    }

    /** UP or DOWN by address, where they are checked. */
    Map<String, String> serverStatus() {
        Map<String, String> status = new TreeMap<>();
        if (checks.isPresent()) {
            servers.forEach(server -> status.put(server.url().authority(), server.isUp().get() ? "UP" : "DOWN"));
        }
        return status;
    }

    private Optional<Server> server(TargetUrl url) {
        return servers.stream().filter(server -> server.url().equals(url)).findFirst();
    }

    /** Chooses; empty when there is no server. */
    Optional<Choice> choose() {
        return choose(0);
    }

    private Optional<Choice> choose(int depth) {
        if (ring.isEmpty() || depth > 10) {
            return Optional.empty();
        }
        for (int i = 0; i < ring.get().size(); i++) {
            int first = ring.get().at(turn.getAndIncrement());
            Optional<Choice> choice = parts.isEmpty() ? choice(first) : others.apply(parts.get(first)).flatMap(service -> service.choose(depth + 1));
            if (choice.isPresent()) {
                return choice;
            }
        }
        return Optional.empty();
    }

    /** That server, if it is up; then the others that are. */
    private Optional<Choice> choice(int first) {
        if (!servers.get(first).isUp().get()) {
            return Optional.empty();
        }
        return Optional.of(new Choice(connect(first), failed -> {
            for (int i = 1; i < servers.size(); i++) {
                Server next = servers.get((first + i) % servers.size());
                if (next.isUp().get() && failed.stream().noneMatch(connect -> connect.target().equals(next.url()))) {
                    return Optional.of(connect((first + i) % servers.size()));
                }
            }
            return Optional.empty();
        }));
    }

    private Connect connect(int index) {
        return new Connect(servers.get(index).url(), name, transport, proxyHeader, servers.get(index).meter());
    }

    /** Counts of its servers, for those who show them. */
    List<Server> servers() {
        return servers;
    }

}
