package muster.lb.traefik;

import java.util.ArrayList;
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
    private final Map<String, List<DynamicConfig>> byService = new HashMap<>();
    private final TreeMap<String, List<Problem>> problems = new TreeMap<>();
    private final Map<Kind, Map<String, SortedSet<String>>> sources = new EnumMap<>(Kind.class);
    private final Map<Kind, Map<String, Values>> merged = new EnumMap<>(Kind.class);
    private final Map<Kind, SortedSet<String>> torn = new EnumMap<>(Kind.class);

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
        services.forEach((service, parts) -> {
            each(byService.getOrDefault(service, List.of()), (kind, name) -> {
                touched.computeIfAbsent(kind, k -> new HashSet<>()).add(name);
                SortedSet<String> users = sources.get(kind).get(name);
                if (users != null && users.remove(service) && users.isEmpty()) {
                    sources.get(kind).remove(name);
                }
            });
            each(parts, (kind, name) -> {
                touched.computeIfAbsent(kind, k -> new HashSet<>()).add(name);
                sources.get(kind).computeIfAbsent(name, n -> new TreeSet<>()).add(service);
            });
            if (parts.isEmpty()) {
                byService.remove(service);
            } else {
                byService.put(service, parts);
            }
            List<Problem> told = parts.stream().flatMap(part -> part.problems().stream()).toList();
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

    private interface Each {
        void of(Kind kind, String name);
    }

    private static void each(List<DynamicConfig> parts, Each each) {
        parts.forEach(part -> part.items().forEach((kind, found) -> found.keySet().forEach(name -> each.of(kind, name))));
    }

    private void merge(Kind kind, String name, Change change) {
        List<Values> all = new ArrayList<>();
        sources.get(kind).getOrDefault(name, new TreeSet<>()).forEach(service -> byService.get(service).forEach(part -> {
            Values definition = part.of(kind).get(name);
            if (definition != null) {
                all.add(definition);
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
