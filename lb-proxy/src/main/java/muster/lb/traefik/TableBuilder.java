package muster.lb.traefik;

import static muster.lb.traefik.RouterDraft.complete;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Surroundings;
import muster.lb.route.PrefixTree;
import muster.lb.route.Problem;
import muster.lb.traefik.TraefikTable.Router;
import muster.lb.tree.Values;

/**
 * Makes the next table: what a change concerns is made anew, all else is shared with the table before, so that a change costs the same in a
 * small table and a large one. What is defined as before keeps its state: counters, buckets, checks. One use, one thread.
 */
final class TableBuilder implements RouterDraft.Known {
    private final TraefikConfig config;
    private final Surroundings surroundings;
    private final Function<String, Optional<LiveService>> internal;
    private final Supplier<TraefikTable> current;
    private final TraefikTable.Parts before;
    private final EntryPointNames entryPoints;
    private final Change change;
    private final Map<Kind, PrefixTree<Values>> defined = new EnumMap<>(Kind.class);
    private final Map<Kind, PrefixTree<Router>> routers = new EnumMap<>(Kind.class);
    private final UsedTransports transports;
    private final Errors errors;
    private final Users users;
    private final Set<String> staleServices = new TreeSet<>();
    private final ConnectionRouters connections;
    private PrefixTree<LiveService> services;

    /**
     * @param internal the services of the program itself, by complete name
     * @param current the table in force when a request comes; groups of services look their parts up there
     * @param before what the next one differs from
     * @param change by complete names
     */
    TableBuilder(TraefikConfig config, Surroundings surroundings, Function<String, Optional<LiveService>> internal, Supplier<TraefikTable> current,
            TraefikTable before, Change change) {
        this.config = config;
        this.surroundings = surroundings;
        this.internal = internal;
        this.current = current;
        this.before = before.parts();
        this.change = change;
        this.entryPoints = new EntryPointNames(config.entryPoints());
        this.services = before.parts().services();
        this.transports = new UsedTransports(config, surroundings, this::definition);
        this.errors = new Errors(before.parts().errors());
        this.users = new Users(before.parts().users());
        this.connections = new ConnectionRouters(this, before.parts(), transports, errors, users, name -> current.get().parts().tcpServices().get(name));
    }

    /** Makes the table; its new services still have to be started. */
    TraefikTable build(List<Problem> problems) {
        for (Kind kind : Kind.values()) {
            PrefixTree<Values> next = before.defined().getOrDefault(kind, PrefixTree.empty());
            for (Map.Entry<String, Optional<Values>> entry : change.of(kind).entrySet()) {
                next = next.with(entry.getKey(), entry.getValue());
            }
            defined.put(kind, next);
            routers.put(kind, before.routers().getOrDefault(kind, PrefixTree.empty()));
        }
        Set<String> changedTransports = transports.changed(before.transports(), change);
        staleServices(changedTransports);
        for (String name : staleServices) {
            services = services.with(name, Optional.empty());
            errors.clear(Kind.HTTP_SERVICE, name);
            definition(Kind.HTTP_SERVICE, name).ifPresent(spec -> httpService(name, spec));
        }
        HttpRouters http = new HttpRouters(this, surroundings, before, services, users);
        http.change(change, staleServices);
        routers.put(Kind.HTTP_ROUTER, http.routers());
        errors.clear(Kind.HTTP_MIDDLEWARE);
        http.middlewareErrors().forEach((name, why) -> errors.put(Kind.HTTP_MIDDLEWARE, name, why));
        connections.change(change, changedTransports);
        routers.putAll(connections.routers());
        return new TraefikTable(new TraefikTable.Parts(defined, routers, http.http(), http.plain(), http.encrypted(), connections.tcp(), connections.udp(),
                services, connections.services(), users.tree(), http.uses(), errors.tree(), transports.made(), List.copyOf(problems)));
    }

    /** Services for connections that are there for the first time. */
    List<TcpService> beginningTcpServices() {
        return connections.beginning();
    }

    /** Services for connections that are no longer there as they were. */
    List<TcpService> endingTcpServices() {
        return connections.ending();
    }

    /** The services for HTTP that are others than before, or gone. */
    Set<String> changedServices() {
        return staleServices.stream().filter(name -> !before.services().get(name).equals(services.get(name))).collect(Collectors.toSet());
    }

    @Override
    public TraefikConfig config() {
        return config;
    }

    @Override
    public EntryPointNames entryPoints() {
        return entryPoints;
    }

    @Override
    public Optional<Values> definition(Kind kind, String name) {
        return defined.get(kind).get(name);
    }

    @Override
    public Optional<String> error(Kind kind, String name) {
        return errors.of(kind, name);
    }

    @Override
    public PrefixTree<Values> definitions(Kind kind) {
        return defined.get(kind);
    }

    private void staleServices(Set<String> changedTransports) {
        staleServices.addAll(change.names(Kind.HTTP_SERVICE));
        staleServices.addAll(errors.failing(Kind.HTTP_SERVICE));
        if (changedTransports.stream().anyMatch(name -> !name.startsWith(UsedTransports.TCP))) {
            defined.get(Kind.HTTP_SERVICE).forEach((name, spec) -> {
                if (spec.section("loadBalancer").map(balancer -> UsedTransports.name(balancer, name)).filter(changedTransports::contains).isPresent()) {
                    staleServices.add(name);
                }
            });
        }
    }

    private void httpService(String name, Values spec) {
        Function<String, String> complete = part -> complete(part, name);
        Function<String, Optional<LiveService>> others = part -> current.get().service(part);
        try {
            if (name.endsWith("@internal")) {
                internal.apply(name).ifPresent(service -> services = services.with(name, Optional.of(service)));
                return;
            }
            LiveService made = spec.section("loadBalancer").map(balancer -> (LiveService) balancer(name, balancer))
                    .or(() -> spec.section("weighted").map(group -> new GroupServices.Weighted(name, group, false, complete, others)))
                    .or(() -> spec.section("highestRandomWeight").map(group -> new GroupServices.Weighted(name, group, true, complete, others)))
                    .or(() -> spec.section("mirroring").map(group -> new GroupServices.Mirroring(group, complete, others, surroundings)))
                    .or(() -> spec.section("failover").map(group -> new GroupServices.Failover(group, complete, others)))
                    .orElseThrow(() -> new IllegalArgumentException("the service \"" + name + "\" has no type: loadBalancer, weighted, mirroring or failover"));
            services = services.with(name, Optional.of(made));
        } catch (IllegalArgumentException e) {
            errors.put(Kind.HTTP_SERVICE, name, e.getMessage());
        }
    }

    private LoadBalancer balancer(String name, Values balancer) {
        Optional<LoadBalancer> old = before.services().get(name)
                .flatMap(service -> service instanceof LoadBalancer same ? Optional.of(same) : Optional.empty());
        Transport transport = transports.http(UsedTransports.name(balancer, name));
        if (old.isPresent() && old.get().options().equals(balancer) && old.get().transport().equals(transport)) {
            return old.get();
        }
        return new LoadBalancer(name, balancer, old, transport, surroundings);
    }
}
