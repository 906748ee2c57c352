package muster.lb.traefik;

import java.util.LinkedHashMap;
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
    private final Map<String, DynamicConfig> providers = new LinkedHashMap<>();
    private final AtomicLong reloads = new AtomicLong();
    private final Consumer<TraefikTable> replaced;
    /** Servers that an operator drained, by HOST:PORT. */
    private final Set<String> drained = new TreeSet<>();
    private volatile TraefikTable table;
    private List<Problem> told = List.of();

    /** @param replaced gets each new table, once it is in force */
    TableKeeper(TraefikConfig config, Surroundings surroundings, Function<String, Optional<LiveService>> internal, Consumer<TraefikTable> replaced) {
        this.config = config;
        this.surroundings = surroundings;
        this.internal = internal;
        this.replaced = replaced;
        providers.put("internal", InternalConfig.of(config));
        rebuild(Optional.empty());
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
        return of.parts().services().values().stream().flatMap(service ->
                service instanceof LoadBalancer balancer ? balancer.servers().stream() : Stream.empty());
    }

    /** What a provider defines now. */
    synchronized DynamicConfig defined(String provider) {
        return providers.getOrDefault(provider, DynamicConfig.EMPTY);
    }

    /** Takes what a provider defines from here on; nothing happens if that is what it defined before. */
    synchronized void put(String provider, DynamicConfig dynamic) {
        if (!dynamic.equals(providers.put(provider, dynamic))) {
            rebuild(Optional.of(table));
        }
    }

    private synchronized void rebuild(Optional<TraefikTable> before) {
        TraefikTable next = new TableBuilder(config, surroundings, internal, this::table, before).build(providers);
        Map<String, LiveService> old = before.map(t -> t.parts().services()).orElse(Map.of());
        next.parts().services().forEach((name, service) -> {
            if (service instanceof LoadBalancer balancer && old.get(name) != service) {
                balancer.start();
            }
        });
        if (!drained.isEmpty()) {
            servers(next).forEach(server -> server.member().drain(drained.contains(server.url().authority())));
        }
        table = next;
        reloads.incrementAndGet();
        old.forEach((name, service) -> {
            if (next.parts().services().get(name) != service) {
                service.close();
            }
        });
        next.problems().stream().filter(problem -> !told.contains(problem)).forEach(problem ->
                log.warn("definition not used where=\"{}\" why=\"{}\"", problem.where(), problem.text()));
        told = next.problems();
        replaced.accept(next);
    }

    /** Ends what services do on their own. */
    @Override
    public synchronized void close() {
        table.parts().services().values().forEach(LiveService::close);
    }
}
