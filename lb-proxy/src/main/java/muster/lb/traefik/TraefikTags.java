package muster.lb.traefik;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import muster.lb.route.Problem;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Labels;
import muster.lb.tree.Shape;
import muster.lb.tree.TreeReader;
import muster.lb.tree.Values;
import muster.registry.client.ServiceInstance;

/**
 * What one instance's tags define (Traefik: "Consul Catalog"). An unknown key or a bad value drops the whole instance with a
 * problem that names it. Pure; one use.
 */
final class TraefikTags {
    private static final List<String> SECTIONS = List.of("enable", "consulcatalog", "http", "tcp", "udp", "tls");

    private final ServiceInstance instance;
    private final TraefikConfig.Provider provider;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Map<Kind, SortedMap<String, Values>> items = new EnumMap<>(Kind.class);
    private final List<Problem> problems = new ArrayList<>();

    private TraefikTags(ServiceInstance instance, TraefikConfig.Provider provider) {
        this.instance = instance;
        this.provider = provider;
    }

    /** The definitions; empty when the instance is not exposed. */
    static Optional<DynamicConfig> of(ServiceInstance instance, TraefikConfig.Provider provider) {
        TraefikTags tags = new TraefikTags(instance, provider);
        try {
            Values tree = tags.read();
            boolean isEnabled = tree.has("enable") ? tree.flag("enable") : provider.isExposedByDefault();
            if (!isEnabled || !provider.constraint().test(instance.tags())) {
                return Optional.empty();
            }
            return Optional.of(tags.config(tree));
        } catch (IllegalArgumentException e) {
            return Optional.of(DynamicConfig.unusable(new Problem(
                    "service " + instance.name() + ", instance " + instance.id(), e.getMessage() + "; the instance was skipped")));
        }
    }

    private Values read() {
        String prefix = provider.prefix() + ".";
        Map<String, String> known = new LinkedHashMap<>();
        for (String tag : instance.tags()) {
            int equals = tag.indexOf('=');
            if (equals > prefix.length() && tag.regionMatches(true, 0, prefix, 0, prefix.length())) {
                String key = tag.substring(prefix.length(), equals);
                labels.put("traefik." + key, tag.substring(equals + 1));
                if (SECTIONS.contains(key.replaceFirst("\\..*", "").toLowerCase(Locale.ROOT))) {
                    known.put(key, tag.substring(equals + 1));
                }
            }
        }
        return TreeReader.read(DynamicShapes.tags(), Labels.tree(known), "");
    }

    private DynamicConfig config(Values tree) {
        Values own = tree.sectionOrNone("consulcatalog");
        if (own.flag("connect")) {
            throw new IllegalArgumentException("consulcatalog.connect needs the service mesh (connectAware), which is not supported");
        }
        for (Kind kind : Kind.values()) {
            items.put(kind, new TreeMap<>(tree.sectionOrNone(kind.section()).named(kind.key())));
        }
        if (!items.get(Kind.TLS_STORE).isEmpty()) {
            items.get(Kind.TLS_STORE).clear();
            problems.add(new Problem("service " + instance.name() + ", instance " + instance.id(),
                    "tls.stores has no effect in tags: certificates come from the files that the file provider names"));
        }
        String name = DefaultRule.normalize(instance.name()) + (own.flag("canary") ? "-" + hash(instance.tags()) : "");
        boolean hasTcp = tree.has("tcp");
        boolean hasUdp = tree.has("udp");
        services(Kind.TCP_SERVICE, Kind.TCP_ROUTER, hasTcp, name, this::tcpServer);
        services(Kind.UDP_SERVICE, Kind.UDP_ROUTER, hasUdp, name, this::tcpServer);
        boolean isHttp = !hasTcp && !hasUdp || !items.get(Kind.HTTP_ROUTER).isEmpty() || !items.get(Kind.HTTP_SERVICE).isEmpty();
        services(Kind.HTTP_SERVICE, Kind.HTTP_ROUTER, isHttp, name, this::httpServer);
        items.values().removeIf(SortedMap::isEmpty);
        return new DynamicConfig(items, List.of(), List.copyOf(problems));
    }

    /** Gives each service its one server, makes the automatic service and, for HTTP, the automatic router. */
    private void services(Kind kind, Kind routers, boolean isWanted, String name, Function<Values, Values> server) {
        SortedMap<String, Values> services = items.get(kind);
        if (services.isEmpty() && isWanted) {
            Shape.Fields shape = (Shape.Fields) ((Shape.Fields) ((Shape.Named) ((Shape.Fields) DynamicShapes.tags().fields()
                    .get(kind.section())).fields().get(kind.key())).each()).fields().get("loadBalancer");
            services.put(name, new Values(Map.of("loadBalancer", new Values(shape.defaults()))));
        }
        services.replaceAll((service, definition) -> {
            Values balancer = definition.section("loadBalancer").orElseThrow(() ->
                    new IllegalArgumentException("services." + service + " has no loadBalancer"));
            Values made = server.apply(balancer.sectionOrNone("server"));
            return definition.with("loadBalancer", balancer.without("server").with("servers", List.of(made)));
        });
        if (kind == Kind.HTTP_SERVICE && items.get(routers).isEmpty() && isWanted && services.size() == 1) {
            items.get(routers).put(name, Values.NONE);
        }
        items.get(routers).entrySet().removeIf(entry -> isUnclear(routers, entry.getKey(), entry.getValue(), services));
        items.get(routers).replaceAll((router, definition) -> completed(routers, definition, services));
    }

    private boolean isUnclear(Kind kind, String router, Values definition, SortedMap<String, Values> services) {
        String where = kind.section() + " router " + router;
        if (definition.text("service").isEmpty() && services.size() != 1) {
            problems.add(new Problem(where, "it does not say which of the services " + services.keySet() + " it means; it was dropped"));
            return true;
        }
        if (kind == Kind.TCP_ROUTER && definition.text("rule").isEmpty()) {
            problems.add(new Problem(where, "it has no rule, and TCP has no default one; it was dropped"));
            return true;
        }
        return false;
    }

    private Values completed(Kind kind, Values definition, SortedMap<String, Values> services) {
        Values named = definition.text("service").isEmpty() ? definition.with("service", services.firstKey()) : definition;
        return kind == Kind.HTTP_ROUTER && named.text("rule").isEmpty()
                ? named.with("rule", provider.defaultRule().of(instance.name(), labels))
                : named;
    }

    private Values httpServer(Values set) {
        String url = set.text("url");
        if (!url.isEmpty() && (set.has("port") || set.has("scheme"))) {
            throw new IllegalArgumentException("defining a server URL goes without server.port and server.scheme");
        }
        String scheme = set.text("scheme").isEmpty() ? "http" : set.text("scheme");
        String made = url.isEmpty() ? scheme + "://" + address(set) : url;
        TargetUrl.parse(made);
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("url", made);
        for (String key : List.of("weight", "preservePath")) {
            if (set.has(key)) {
                server.put(key, set.map().get(key));
            }
        }
        return new Values(server);
    }

    private Values tcpServer(Values set) {
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("address", address(set));
        if (set.flag("tls")) {
            server.put("tls", true);
        }
        return new Values(server);
    }

    private String address(Values set) {
        String address = instance.effectiveAddress();
        String port = set.text("port").isEmpty() ? "" + instance.port() : set.text("port");
        if (port.equals("0")) {
            throw new IllegalArgumentException("port is missing");
        }
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    /** FNV-1 of the tags in order, as Traefik tells canaries apart. */
    private static String hash(List<String> tags) {
        long hash = 0xcbf29ce484222325L;
        for (String tag : tags.stream().sorted().toList()) {
            for (byte b : tag.getBytes(StandardCharsets.UTF_8)) {
                hash = hash * 0x100000001b3L ^ b & 255;
            }
        }
        return Long.toUnsignedString(hash);
    }
}
