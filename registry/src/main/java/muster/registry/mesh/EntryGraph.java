package muster.registry.mesh;

import static muster.wire.GoQuote.quote;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether entries fit together, and which chains they make. Pure. */
public final class EntryGraph {
    private EntryGraph() {}

    /** The chain of a service. Fails with {@link DiscoveryChain.ChainException} where the entries make none. */
    public static DiscoveryChain chain(ChainRequest request, Entries entries) {
        return new ChainCompiler(request, entries).compile();
    }

    /** What a service speaks by its defaults: {@code tcp}, {@code http}, {@code http2} or {@code grpc}. */
    public static String protocolOf(Entries entries, String service) {
        return ChainCompiler.protocolOf(entries, service);
    }

    /** Whether the entries still make chains after one of them changed; empty if so, else Consul's text. */
    public static Optional<String> refusal(Entries changed, String kind, String name) {
        try {
            switch (kind) {
                case EntryKinds.PROXY_DEFAULTS -> all(changed).forEach(service -> compile(service, changed));
                case EntryKinds.SERVICE_DEFAULTS, EntryKinds.ROUTER, EntryKinds.SPLITTER, EntryKinds.RESOLVER -> {
                    compile(name, changed);
                    relatedTo(name, changed).forEach(service -> compile(service, changed));
                }
                case EntryKinds.INGRESS -> { }
                default -> {
                    return Optional.empty();
                }
            }
            changed.ofKind(EntryKinds.INGRESS).forEach(gateway -> ingress(gateway, changed));
            return Optional.empty();
        } catch (DiscoveryChain.ChainException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static DiscoveryChain compile(String service, Entries entries) {
        return chain(ChainRequest.of(service, "dc1", "trust.consul"), entries);
    }

    private static Set<String> all(Entries entries) {
        Set<String> services = new LinkedHashSet<>();
        for (String kind : List.of(EntryKinds.ROUTER, EntryKinds.SPLITTER, EntryKinds.RESOLVER)) {
            entries.ofKind(kind).forEach(entry -> services.add(entry.name()));
        }
        return services;
    }

    /** The services whose entries name this one. */
    private static Set<String> relatedTo(String name, Entries entries) {
        Set<String> services = new LinkedHashSet<>();
        for (String kind : List.of(EntryKinds.ROUTER, EntryKinds.SPLITTER, EntryKinds.RESOLVER)) {
            entries.ofKind(kind).stream().filter(entry -> related(entry).contains(name))
                    .forEach(entry -> services.add(entry.name()));
        }
        services.remove(name);
        return services;
    }

    /** The services that an entry of the chain names beside its own. */
    public static List<String> related(ConfigEntry entry) {
        List<String> names = new ArrayList<>();
        ConfigEntry.Node root = entry.root();
        root.list("Routes").forEach(route -> names.add(route.at("Destination").text("Service")));
        root.list("Splits").forEach(split -> names.add(split.text("Service")));
        names.add(root.at("Redirect").text("Service"));
        root.members("Failover").values().forEach(failover -> names.add(failover.text("Service")));
        return names.stream().filter(name -> !name.isEmpty() && !name.equals(entry.name())).distinct().toList();
    }

    /** A listener and what it leads to have to speak the same, but TCP may carry anything that is not routed. */
    private static void ingress(ConfigEntry gateway, Entries entries) {
        for (ConfigEntry.Node listener : gateway.root().list("Listeners")) {
            String wanted = listener.text("Protocol");
            for (ConfigEntry.Node service : listener.list("Services")) {
                String name = service.text("Name");
                if (name.isEmpty() || name.equals("*")) {
                    continue;
                }
                DiscoveryChain chain = compile(name, entries);
                boolean carried = wanted.equals("tcp") && chain.first() instanceof DiscoveryChain.Resolver;
                if (!chain.protocol().equals(wanted) && !carried) {
                    throw new DiscoveryChain.ChainException("service " + quote(name) + " has protocol " + quote(chain.protocol())
                            + ", which is incompatible with listener protocol " + quote(wanted));
                }
            }
        }
    }
}
