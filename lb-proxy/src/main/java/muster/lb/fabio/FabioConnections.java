package muster.lb.fabio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import muster.lb.choose.Member;
import muster.lb.choose.Pool;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.route.Target;

/**
 * Where connections go that are passed on as bytes: by the listener's port, by its address and port, or by the TLS server name. One for each
 * listener.
 */
final class FabioConnections implements ConnectionDispatcher {
    private final LiveTable table;
    private final FabioMetrics metrics;
    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final Protocol protocol;

    FabioConnections(LiveTable table, FabioMetrics metrics, RandomGenerator random, LongSupplier nanos, Protocol protocol) {
        this.table = table;
        this.metrics = metrics;
        this.random = random;
        this.nanos = nanos;
        this.protocol = protocol;
    }

    @Override
    public Way decide(Head head) {
        boolean isByName = protocol == Protocol.TCP_SNI || protocol == Protocol.HTTPS_TCP_SNI;
        String prefix = isByName ? "tcp_sni_" : "tcp_";
        Optional<LiveRoute> found = isByName
                ? table.lookupHost(head.serverName()).filter(FabioConnections::isTcp)
                : table.lookupHost(":" + head.peer().localPort())
                        .or(() -> table.lookupHost(head.peer().localAddress() + ":" + head.peer().localPort()).filter(FabioConnections::isTcp));
        if (found.isEmpty() && protocol == Protocol.HTTPS_TCP_SNI) {
            return new Way.Http();
        }
        metrics.connection(prefix + "conn");
        if (found.isEmpty()) {
            metrics.connection(prefix + "noroute");
            return new Way.Refuse("no route");
        }
        LiveRoute route = found.get();
        List<Integer> tried = new ArrayList<>(1);
        Optional<Connect> first = next(route, tried);
        if (first.isEmpty()) {
            metrics.connection(prefix + "connfail");
            return new Way.Refuse("no target");
        }
        if (!isAdmitted(head, route.route().targets().get(tried.getFirst()))) {
            return new Way.Refuse("access denied");
        }
        return new Way.Relay(first.get(), failed -> next(route, tried), false);
    }

    @Override
    public void ended(Ended ended) {
        if (!ended.isConnected()) {
            metrics.connection(protocol == Protocol.TCP ? "tcp_connfail" : "tcp_sni_connfail");
        }
        metrics.relayed(ended);
    }

    private Optional<Connect> next(LiveRoute route, List<Integer> tried) {
        OptionalInt chosen = route.pool().choose(Pool.Pick.ANY.after(tried), random, nanos.getAsLong());
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        tried.add(chosen.getAsInt());
        Target target = route.route().targets().get(chosen.getAsInt());
        Member member = route.pool().members().get(chosen.getAsInt());
        return Optional.of(new Connect(target.url(), target.service(), route.transports().get(chosen.getAsInt()),
                target.options().proxyHeader() ? 1 : 0, member));
    }

    private static boolean isAdmitted(Head head, Target target) {
        return target.options().access().map(access -> access.admits(List.of(head.peer().address()))).orElse(true);
    }

    private static boolean isTcp(LiveRoute route) {
        return route.route().targets().stream().anyMatch(target -> target.url().scheme().equals("tcp"));
    }
}
