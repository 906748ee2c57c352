package muster.registry.mesh;

import static muster.wire.GoQuote.quote;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import muster.registry.mesh.DiscoveryChain.ChainException;
import muster.registry.mesh.DiscoveryChain.Node;
import muster.registry.mesh.DiscoveryChain.Target;

/**
 * Makes one discovery chain out of the entries. The router of the asked service comes first, then splitters, as deep as they
 * lead, then resolvers with their redirects, default subsets and failovers. All services on the way have to speak one
 * protocol. Used once, by one thread. Pure.
 */
final class ChainCompiler {
    private static final String NAMESPACE = "default";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Set<String> ROUTABLE = Set.of("http", "http2", "grpc");
    /** More splitters on one way than anybody configures. */
    private static final int MAX_DEPTH = 64;

    private final ChainRequest request;
    private final Entries entries;
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, DiscoveryChain.Resolver> resolvers = new LinkedHashMap<>();
    private final Map<String, Target> targets = new TreeMap<>();
    private final Set<String> splitting = new LinkedHashSet<>();
    private String protocol = "";
    private boolean advanced;
    private boolean customized;

    ChainCompiler(ChainRequest request, Entries entries) {
        this.request = request;
        this.entries = entries;
    }

    /** A target by what it names; the subset "" is that of the service's own choice. */
    private record Place(String service, String subset, String datacenter) {
        String id() {
            return (subset.isEmpty() ? "" : subset + ".") + service + "." + NAMESPACE + "." + datacenter;
        }
    }

    DiscoveryChain compile() {
        if (request.service().isEmpty()) {
            throw new ChainException("serviceName is required");
        }
        String start = start();
        flatten();
        Map<String, Node> used = new TreeMap<>();
        use(start, used);
        if (advanced && !ROUTABLE.contains(protocol)) {
            throw new ChainException("discovery chain " + quote(request.service()) + " uses a protocol " + quote(protocol)
                    + " that does not permit advanced routing or splitting behavior");
        }
        if (!request.protocol().isEmpty() && !request.protocol().equals(protocol)) {
            protocol = request.protocol();
            customized = true;
        }
        return new DiscoveryChain(request.service(), request.datacenter(), customized ? customization() : "", protocol, start,
                used, usedTargets(used));
    }

    /** Routing and splitting do not concern an asker that speaks a protocol without requests. */
    private boolean isPlain() {
        return !request.protocol().isEmpty() && !ROUTABLE.contains(request.protocol());
    }

    private Optional<ConfigEntry> advanced(String kind, String service) {
        Optional<ConfigEntry> entry = entries.entry(kind, service);
        if (entry.isPresent() && isPlain()) {
            customized = true;
            return Optional.empty();
        }
        return entry;
    }

    private String start() {
        Optional<ConfigEntry> router = advanced(EntryKinds.ROUTER, request.service());
        if (router.isEmpty()) {
            return next(new Place(request.service(), "", request.datacenter()));
        }
        advanced = true;
        String name = router.get().name();
        recordProtocol(name);
        List<DiscoveryChain.Route> routes = new ArrayList<>();
        for (ConfigEntry.Node route : router.get().root().list("Routes")) {
            ConfigEntry.Node destination = route.at("Destination");
            String service = destination.text("Service").isEmpty() ? request.service() : destination.text("Service");
            String subset = destination.text("ServiceSubset");
            Place place = new Place(service, subset, request.datacenter());
            routes.add(new DiscoveryChain.Route(route.fields(), subset.isEmpty() ? next(place) : resolve(place, false).key()));
        }
        routes.add(new DiscoveryChain.Route(
                Map.of("Match", Map.of("HTTP", Map.of("PathPrefix", "/")),
                        "Destination", Map.of("Service", name, "Namespace", NAMESPACE)),
                next(new Place(name, "", request.datacenter()))));
        Node node = new DiscoveryChain.Router(name + "." + NAMESPACE, routes);
        nodes.put(node.key(), node);
        return node.key();
    }

    /** The key of the splitter or else of the resolver of a place. */
    private String next(Place place) {
        return split(place.service(), 0).orElseGet(() -> resolve(place, false).key());
    }

    private Optional<String> split(String service, int depth) {
        Optional<ConfigEntry> splitter = advanced(EntryKinds.SPLITTER, service);
        if (splitter.isEmpty()) {
            return Optional.empty();
        }
        String name = service + "." + NAMESPACE;
        String key = "splitter:" + name;
        if (nodes.containsKey(key)) {
            return Optional.of(key);
        }
        if (!splitting.add(key) || depth > MAX_DEPTH) {
            throw new ChainException("detected circular reference: [" + String.join(" -> ", splitting) + " -> " + key + "]");
        }
        advanced = true;
        List<DiscoveryChain.Split> splits = new ArrayList<>();
        for (ConfigEntry.Node split : splitter.get().root().list("Splits")) {
            String to = split.text("Service").isEmpty() ? service : split.text("Service");
            String subset = split.text("ServiceSubset");
            Optional<String> inner =
                    !to.equals(service) && subset.isEmpty() ? split(to, depth + 1) : Optional.empty();
            String next = inner.orElseGet(() -> resolve(new Place(to, subset, request.datacenter()), false).key());
            splits.add(new DiscoveryChain.Split(split.fields(), split.real("Weight"), next));
        }
        splitting.remove(key);
        nodes.put(key, new DiscoveryChain.Splitter(name, splits));
        return Optional.of(key);
    }

    private DiscoveryChain.Resolver resolve(Place asked, boolean forFailover) {
        Set<String> visited = new LinkedHashSet<>();
        Place place = asked;
        while (true) {
            if (resolvers.containsKey(place.id())) {
                return resolvers.get(place.id());
            }
            recordProtocol(place.service());
            if (!visited.add(place.id())) {
                throw new ChainException("detected circular resolver redirect: [" + String.join(" -> ", visited) + " -> "
                        + place.id() + "]");
            }
            ConfigEntry.Node entry = entries.entry(EntryKinds.RESOLVER, place.service())
                    .map(ConfigEntry::root).orElseGet(() -> new ConfigEntry.Node(Map.of()));
            Place redirected = entry.has("Redirect") ? rewritten(place, entry.at("Redirect"),
                    entry.at("Redirect").text("Datacenter")) : place;
            if (!redirected.equals(place)) {
                place = redirected;
            } else if (place.subset().isEmpty() && !entry.text("DefaultSubset").isEmpty()) {
                place = new Place(place.service(), entry.text("DefaultSubset"), place.datacenter());
            } else {
                return resolver(place, entry, forFailover);
            }
        }
    }

    private static Place rewritten(Place place, ConfigEntry.Node change, String datacenter) {
        String service = change.text("Service");
        boolean other = !service.isEmpty() && !service.equals(place.service());
        String subset = change.text("ServiceSubset");
        return new Place(other ? service : place.service(), !subset.isEmpty() ? subset : other ? "" : place.subset(),
                datacenter.isEmpty() ? place.datacenter() : datacenter);
    }

    private DiscoveryChain.Resolver resolver(Place place, ConfigEntry.Node entry, boolean forFailover) {
        Map<String, ConfigEntry.Node> subsets = entry.members("Subsets");
        if (!place.subset().isEmpty() && !subsets.containsKey(place.subset())) {
            throw new ChainException("service " + quote(place.service()) + " does not have a subset named "
                    + quote(place.subset()));
        }
        Duration timeout = entry.number("ConnectTimeout") > 0 ? Duration.ofNanos(entry.number("ConnectTimeout")) : CONNECT_TIMEOUT;
        if (request.connectTimeout().isPositive() && !request.connectTimeout().equals(timeout)) {
            timeout = request.connectTimeout();
            customized = true;
        }
        targets.put(place.id(), target(place, entry, timeout));
        String id = place.id();
        DiscoveryChain.Resolver bare = new DiscoveryChain.Resolver(id, entry.fields().keySet().stream().allMatch("Meta"::equals),
                timeout, Duration.ofNanos(entry.number("RequestTimeout")), id, List.of(), entry.at("LoadBalancer").fields());
        if (forFailover) {
            return bare;
        }
        resolvers.put(id, bare);
        List<String> failover = failover(place, entry);
        DiscoveryChain.Resolver whole = new DiscoveryChain.Resolver(id, bare.isDefault(), timeout, bare.requestTimeout(), id, failover,
                bare.loadBalancer());
        resolvers.put(id, whole);
        nodes.put(whole.key(), whole);
        return whole;
    }

    private List<String> failover(Place place, ConfigEntry.Node entry) {
        Map<String, ConfigEntry.Node> all = entry.members("Failover");
        ConfigEntry.Node failover = all.getOrDefault(place.subset(), all.get("*"));
        if (failover == null) {
            return List.of();
        }
        List<String> datacenters = failover.texts("Datacenters").isEmpty() ? List.of("") : failover.texts("Datacenters");
        List<String> found = new ArrayList<>();
        for (String datacenter : datacenters) {
            Place other = rewritten(place, failover, datacenter);
            if (!other.equals(place)) {
                found.add(resolve(other, true).target());
            }
        }
        return found;
    }

    private Target target(Place place, ConfigEntry.Node resolver, Duration timeout) {
        Optional<ConfigEntry.Node> defaults = entries.entry(EntryKinds.SERVICE_DEFAULTS, place.service()).map(ConfigEntry::root);
        Optional<String> external = defaults.map(node -> node.text("ExternalSNI")).filter(name -> !name.isEmpty());
        if (external.isPresent()) {
            for (String[] forbidden : new String[][] {{"Redirect", "redirects"}, {"Subsets", "subsets"}, {"Failover", "failover"}}) {
                if (resolver.has(forbidden[0])) {
                    throw new ChainException("service " + quote(place.service()) + " has an external SNI set; cannot define "
                            + forbidden[1] + " for external services");
                }
            }
        }
        ConfigEntry.Node subset = resolver.members("Subsets").getOrDefault(place.subset(), new ConfigEntry.Node(Map.of()));
        return new Target(place.id(), place.service(), place.subset(), place.datacenter(),
                external.isPresent() ? "" : meshGateway(place, defaults), subset.text("Filter"), subset.isOn("OnlyPassing"), external,
                place.id() + ".internal." + request.trustDomain(), timeout);
    }

    private String meshGateway(Place place, Optional<ConfigEntry.Node> defaults) {
        if (place.datacenter().equals(request.datacenter())) {
            return "";
        }
        String mode = defaults.map(node -> node.at("MeshGateway").text("Mode")).filter(word -> !word.isEmpty())
                .or(() -> entries.entry(EntryKinds.PROXY_DEFAULTS, "global")
                        .map(entry -> entry.root().at("MeshGateway").text("Mode")))
                .orElse("");
        if (!request.meshGateway().isEmpty() && !request.meshGateway().equals(mode)) {
            customized = true;
            return request.meshGateway();
        }
        return mode;
    }

    /** All services of a chain speak the same; the first one says what. */
    private void recordProtocol(String service) {
        String own = protocolOf(entries, service);
        if (protocol.isEmpty()) {
            protocol = own;
        } else if (!protocol.equals(own)) {
            throw new ChainException("discovery chain " + quote(request.service()) + " uses inconsistent protocols; service "
                    + quote(service) + " has " + quote(own) + " which is not " + quote(protocol));
        }
    }

    /** What a service speaks: as its defaults say, else as those of all proxies say, else plain TCP. */
    static String protocolOf(Entries entries, String service) {
        String own = entries.entry(EntryKinds.SERVICE_DEFAULTS, service)
                .map(entry -> entry.root().text("Protocol"))
                .orElseGet(() -> entries.entry(EntryKinds.PROXY_DEFAULTS, "global")
                        .map(entry -> entry.root().at("Config").text("protocol")).orElse(""));
        return own.isEmpty() ? "tcp" : own.toLowerCase(java.util.Locale.ROOT);
    }

    private void flatten() {
        for (Map.Entry<String, Node> entry : nodes.entrySet()) {
            if (entry.getValue() instanceof DiscoveryChain.Splitter splitter) {
                entry.setValue(new DiscoveryChain.Splitter(splitter.name(),
                        DiscoveryChain.flattened(splitter.splits(), nodes, MAX_DEPTH)));
            }
        }
    }

    /** Nodes that lead nowhere else are few steps deep, so this may call itself. */
    private void use(String key, Map<String, Node> used) {
        Node node = nodes.get(key);
        if (used.put(key, node) != null) {
            return;
        }
        switch (node) {
            case DiscoveryChain.Router router -> router.routes().forEach(route -> use(route.next(), used));
            case DiscoveryChain.Splitter splitter -> splitter.splits().forEach(split -> use(split.next(), used));
            case DiscoveryChain.Resolver resolver -> { }
        }
    }

    private Map<String, Target> usedTargets(Map<String, Node> used) {
        Map<String, Target> kept = new TreeMap<>();
        for (Node node : used.values()) {
            if (node instanceof DiscoveryChain.Resolver resolver) {
                kept.put(resolver.target(), targets.get(resolver.target()));
                resolver.failover().forEach(target -> kept.put(target, targets.get(target)));
            }
        }
        return kept;
    }

    private String customization() {
        CRC32 crc = new CRC32();
        crc.update((request.protocol() + "\0" + request.meshGateway() + "\0" + request.connectTimeout())
                .getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
