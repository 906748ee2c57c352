package muster.lb.traefik;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.lb.route.Problem;
import muster.lb.tree.Values;

/**
 * What the instances of many services define together. A change of one service looks at the names it concerns only: equal definitions fold,
 * load balancers that differ in servers only get the union, and what contradicts itself is removed and told. For one thread.
 */
final class Definitions {
    private final Map<String, List<Part>> byService = new HashMap<>();
    private final TreeMap<String, List<Problem>> problems = new TreeMap<>();
    /** The services that define a name, in order. */
    private final Map<Kind, Map<String, List<String>>> sources = new EnumMap<>(Kind.class);
    private final Map<Kind, Map<String, Values>> merged = new EnumMap<>(Kind.class);
    private final Map<Kind, SortedSet<String>> torn = new EnumMap<>(Kind.class);

    /** What one instance defines of one name. */
    private record Part(Kind kind, String name, Values definition) {}

    Definitions() {
        for (Kind kind : Kind.values()) {
            sources.put(kind, new HashMap<>());
            merged.put(kind, new HashMap<>());
            torn.put(kind, new TreeSet<>());
        }
    }

    /**
     * Takes what services define now, in the order of their instances; an empty list is a service that is gone.
     *
     * @return what that changes
     */
    Change put(Map<String, List<DynamicConfig>> services) {
        Map<Kind, Set<String>> touched = new EnumMap<>(Kind.class);
        services.forEach((service, configs) -> {
            byService.getOrDefault(service, List.of()).forEach(part -> {
                touched.computeIfAbsent(part.kind(), k -> new HashSet<>()).add(part.name());
                List<String> users = sources.get(part.kind()).get(part.name());
                int at = users == null ? -1 : Collections.binarySearch(users, service);
                if (at >= 0 && users.size() == 1) {
                    sources.get(part.kind()).remove(part.name());
                } else if (at >= 0) {
                    users.remove(at);
                }
            });
            List<Part> parts = new ArrayList<>();
            configs.forEach(config -> config.items().forEach((kind, found) ->
                    found.forEach((name, definition) -> parts.add(new Part(kind, name, definition)))));
            for (Part part : parts) {
                touched.computeIfAbsent(part.kind(), k -> new HashSet<>()).add(part.name());
                List<String> users = sources.get(part.kind()).computeIfAbsent(part.name(), n -> new ArrayList<>(1));
                int at = Collections.binarySearch(users, service);
                if (at < 0) {
                    users.add(-at - 1, service);
                }
            }
            if (configs.isEmpty()) {
                byService.remove(service);
            } else {
                byService.put(service, List.copyOf(parts));
            }
            List<Problem> told = configs.stream().flatMap(part -> part.problems().stream()).toList();
            if (told.isEmpty()) {
                problems.remove(service);
            } else {
                problems.put(service, told);
            }
        });
        Change change = new Change();
        touched.forEach((kind, names) -> names.forEach(name -> merge(kind, name, change)));
        return change;
    }

    private void merge(Kind kind, String name, Change change) {
        List<Values> all = new ArrayList<>();
        sources.get(kind).getOrDefault(name, List.of()).forEach(service -> byService.get(service).forEach(part -> {
            if (part.kind() == kind && part.name().equals(name)) {
                all.add(part.definition());
            }
        }));
        Optional<Values> one = DynamicConfig.joined(kind, all);
        if (one.isEmpty() && !all.isEmpty()) {
            torn.get(kind).add(name);
        } else {
            torn.get(kind).remove(name);
        }
        Values before = one.isPresent() ? merged.get(kind).put(name, one.get()) : merged.get(kind).remove(name);
        if (!one.equals(Optional.ofNullable(before))) {
            change.put(kind, name, one);
        }
    }

    /** What can't be used, and why. */
    List<Problem> problems() {
        List<Problem> all = new ArrayList<>();
        problems.values().forEach(all::addAll);
        torn.forEach((kind, names) -> names.forEach(name -> all.add(DynamicConfig.torn(kind, name))));
        return all;
    }
}
