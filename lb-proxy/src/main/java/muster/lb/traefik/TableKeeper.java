package muster.lb.traefik;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import muster.lb.middleware.Surroundings;
import muster.lb.route.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the table in force up to date with what the providers define. Any thread; tables are made one after the other. */
final class TableKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TableKeeper.class);

    private final TraefikConfig config;
    private final Surroundings surroundings;
    private final Function<String, Optional<LiveService>> internal;
    private final Map<String, DynamicConfig> whole = new HashMap<>();
    private final SortedMap<String, List<Problem>> problems = new TreeMap<>();
    private final AtomicLong reloads = new AtomicLong();
    private final Consumer<TraefikTable> replaced;
    private final Runnable tlsChanging;
    /** Servers that an operator drained, by HOST:PORT. */
    private final Set<String> drained = new TreeSet<>();
    private volatile TraefikTable table;
    private Set<Problem> told = Set.of();

    /**
     * @param tlsChanging run before a table comes into force whose TLS options are others
     * @param replaced gets each new table, once it is in force
     */
    TableKeeper(TraefikConfig config, Surroundings surroundings, Function<String, Optional<LiveService>> internal, Runnable tlsChanging,
            Consumer<TraefikTable> replaced) {
        this.config = config;
        this.surroundings = surroundings;
        this.internal = internal;
        this.tlsChanging = tlsChanging;
        this.replaced = replaced;
        table = TraefikTable.empty();
        DynamicConfig own = InternalConfig.of(config);
        apply(Change.between(DynamicConfig.EMPTY, own).of("internal"));
    }

    TraefikTable table() {
        return table;
    }

    /** How many tables there have been. */
    long reloads() {
        return reloads.get();
    }

    /**
     * Takes a server out of the choice of all services, or back in; a server that comes later is taken out too.
     *
     * @param address its HOST:PORT
     * @return how many services have it
     */
    synchronized int drain(String address, boolean drains) {
        List<Server> meant = servers(table).filter(server -> server.url().authority().equals(address)).toList();
        if (drains && !meant.isEmpty()) {
            drained.add(address);
        } else if (!drains) {
            drained.remove(address);
        }
        meant.forEach(server -> server.member().drain(drains));
        return meant.size();
    }

    /** Requests in progress at each drained server. */
    synchronized SortedMap<String, Integer> drained() {
        SortedMap<String, Integer> left = new TreeMap<>();
        drained.forEach(address -> left.put(address, servers(table).filter(server -> server.url().authority().equals(address))
                .mapToInt(server -> server.member().inFlight()).sum()));
        return left;
    }

    private static Stream<Server> servers(TraefikTable of) {
        return of.services().stream().flatMap(service -> service instanceof LoadBalancer balancer ? balancer.servers().stream() : Stream.empty());
    }

    /** Runs what no change of the table may come in between of. */
    synchronized void betweenTables(Runnable action) {
        action.run();
    }

    /** What a provider that defines all at once defines now. */
    synchronized DynamicConfig defined(String provider) {
        return whole.getOrDefault(provider, DynamicConfig.EMPTY);
    }

    /** Takes what a provider defines from here on; nothing happens if that is what it defined before. */
    synchronized void put(String provider, DynamicConfig dynamic) {
        DynamicConfig before = defined(provider);
        if (!dynamic.equals(before)) {
            whole.put(provider, dynamic);
            problems.put(provider, dynamic.problems());
            apply(Change.between(before, dynamic).of(provider));
        }
    }

    /** Takes what a provider defines differently from here on, and its problems, all of them. */
    synchronized void put(String provider, Change change, List<Problem> all) {
        if (!change.isEmpty() || !all.equals(problems.getOrDefault(provider, List.of()))) {
            problems.put(provider, all);
            apply(change.of(provider));
        }
    }

    private void apply(Change change) {
        TraefikTable before = table;
        TableBuilder builder = new TableBuilder(config, surroundings, internal, this::table, before, change);
        TraefikTable next = builder.build(problems.values().stream().flatMap(List::stream).toList());
        for (String name : builder.changedServices()) {
            next.service(name).ifPresent(service -> {
                if (service instanceof LoadBalancer balancer) {
                    balancer.start();
                    if (!drained.isEmpty()) {
                        balancer.servers().forEach(server -> server.member().drain(drained.contains(server.url().authority())));
                    }
                }
            });
        }
        builder.beginningTcpServices().forEach(TcpService::start);
        if (!change.of(Kind.TLS_OPTIONS).isEmpty()) {
            tlsChanging.run();
        }
        table = next;
        reloads.incrementAndGet();
        for (String name : builder.changedServices()) {
            before.service(name).ifPresent(LiveService::close);
        }
        builder.endingTcpServices().forEach(TcpService::close);
        next.problems().stream().filter(problem -> !told.contains(problem)).forEach(problem ->
                log.warn("definition not used where=\"{}\" why=\"{}\"", problem.where(), problem.text()));
        told = Set.copyOf(next.problems());
        replaced.accept(next);
    }

    /** Ends what services do on their own. */
    @Override
    public synchronized void close() {
        table.services().forEach(LiveService::close);
        table.parts().tcpServices().forEach((name, service) -> service.close());
    }
}
