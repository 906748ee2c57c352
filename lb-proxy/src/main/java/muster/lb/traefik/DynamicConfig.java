package muster.lb.traefik;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import muster.lb.route.Problem;
import muster.lb.tree.Values;

/**
 * What one source defines, by kind and name without provider.
 *
 * @param certificates of files: certFile, keyFile, stores
 */
record DynamicConfig(Map<Kind, SortedMap<String, Values>> items, List<Values> certificates, List<Problem> problems) {
    static final DynamicConfig EMPTY = new DynamicConfig(Map.of(), List.of(), List.of());

    SortedMap<String, Values> of(Kind kind) {
        return items.getOrDefault(kind, java.util.Collections.emptySortedMap());
    }

    /** Nothing but problems. */
    static DynamicConfig unusable(Problem problem) {
        return new DynamicConfig(Map.of(), List.of(), List.of(problem));
    }

    /** The definitions in a tree of the shape of files. */
    static DynamicConfig ofTree(Values tree) {
        Map<Kind, SortedMap<String, Values>> items = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            items.put(kind, new TreeMap<>(tree.sectionOrNone(kind.section()).named(kind.key())));
        }
        return new DynamicConfig(items, tree.sectionOrNone("tls").sections("certificates"), List.of());
    }

    /**
     * All parts as one: equal definitions fold, load balancers that differ in servers only get the union, and what contradicts itself is
     * removed everywhere and told.
     */
    static DynamicConfig merge(List<DynamicConfig> parts) {
        List<Problem> problems = new ArrayList<>();
        List<Values> certificates = new ArrayList<>();
        parts.forEach(part -> {
            problems.addAll(part.problems());
            certificates.addAll(part.certificates());
        });
        Map<Kind, SortedMap<String, Values>> items = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            items.put(kind, merged(kind, parts, problems));
        }
        return new DynamicConfig(items, List.copyOf(certificates), List.copyOf(problems));
    }

    private static SortedMap<String, Values> merged(Kind kind, List<DynamicConfig> parts, List<Problem> problems) {
        SortedMap<String, List<Values>> found = new TreeMap<>();
        parts.forEach(part -> part.of(kind).forEach((name, definition) -> found.computeIfAbsent(name, n -> new ArrayList<>()).add(definition)));
        SortedMap<String, Values> all = new TreeMap<>();
        found.forEach((name, definitions) -> joined(kind, definitions).ifPresentOrElse(one -> all.put(name, one), () -> problems.add(torn(kind, name))));
        return all;
    }

    static Problem torn(Kind kind, String name) {
        return new Problem(kind.section() + " " + kind.word() + " " + name,
                kind.word() + " defined multiple times with different configurations; it was removed");
    }

    /** Definitions of one name as one; empty when they contradict each other, or there are none. */
    static Optional<Values> joined(Kind kind, List<Values> definitions) {
        Optional<Values> one = definitions.stream().findFirst();
        for (int i = 1; i < definitions.size() && one.isPresent(); i++) {
            one = joined(kind, one.get(), definitions.get(i));
        }
        return one;
    }

    private static Optional<Values> joined(Kind kind, Values a, Values b) {
        if (a.equals(b)) {
            return Optional.of(a);
        }
        boolean isService = kind == Kind.HTTP_SERVICE || kind == Kind.TCP_SERVICE || kind == Kind.UDP_SERVICE;
        Optional<Values> first = a.section("loadBalancer").filter(found -> isService);
        Optional<Values> second = b.section("loadBalancer");
        if (first.isEmpty() || second.isEmpty() || !first.get().without("servers").equals(second.get().without("servers"))) {
            return Optional.empty();
        }
        Map<Object, Values> servers = new LinkedHashMap<>();
        first.get().sections("servers").forEach(server -> servers.putIfAbsent(server, server));
        second.get().sections("servers").forEach(server -> servers.putIfAbsent(server, server));
        return Optional.of(a.with("loadBalancer", first.get().with("servers", List.copyOf(servers.values()))));
    }
}
