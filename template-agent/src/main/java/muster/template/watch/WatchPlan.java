package muster.template.watch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.registry.client.Query;

/**
 * How to follow many queries with few requests open at once. Pure.
 *
 * <p>Consul has no request for "any of these". What it has: one blocking read of all keys under a prefix, one of all checks, one
 * of all services' names and one of all nodes. So keys are gathered under prefixes, as many as there are connections for them, so that a change costs
 * the reading of one group and not of all; services are re-read when one of these lists moves; whatever is left
 * takes turns.
 *
 * @param direct a blocking query each
 * @param groups keys that are followed by one recursive read of a prefix
 * @param services re-read when the lists of their datacenter say so
 * @param turns read one after the other, again and again
 */
record WatchPlan(Set<Query<?>> direct, List<Group> groups, Set<Query.HealthService> services, Set<Query<?>> turns) {
    /** Of the connections, those for reads that the others call for. */
    static final int READERS = 3;
    private static final int LEAST_CONNECTIONS = 8;

    /** Keys of one datacenter under a prefix. */
    record Group(Query.Entries query, Set<Query.Key> keys) {}

    /**
     * Makes the plan.
     *
     * @param connections at least 8
     * @param dear prefixes whose recursive read costs too much, with their datacenter; keys below them take turns
     */
    static WatchPlan of(Collection<Query<?>> queries, int connections, Set<Query.Entries> dear) {
        if (connections < LEAST_CONNECTIONS) {
            throw new IllegalArgumentException("connections " + connections + ": at least " + LEAST_CONNECTIONS + " are needed");
        }
        if (queries.size() <= connections) {
            return new WatchPlan(Set.copyOf(queries), List.of(), Set.of(), Set.of());
        }
        Map<Query.Scope, Set<Query.Key>> keys = new LinkedHashMap<>();
        Map<Query.Scope, Set<Query.HealthService>> services = new LinkedHashMap<>();
        Set<Query<?>> others = new HashSet<>();
        for (Query<?> query : queries) {
            switch (query) {
                case Query.Key key -> keys.computeIfAbsent(key.scope(), scope -> new HashSet<>()).add(key);
                case Query.HealthService service when service.near().isEmpty() ->
                    services.computeIfAbsent(service.scope(), scope -> new HashSet<>()).add(service);
                default -> others.add(query);
            }
        }
        int left = connections - READERS;
        Set<Query<?>> direct = new HashSet<>();
        Set<Query<?>> turns = new HashSet<>();
        Set<Query.HealthService> multiplexed = new HashSet<>();
        for (Set<Query.HealthService> each : services.values()) {
            if (each.size() <= ServiceNews.WATCHES && left > each.size() + keys.size()) {
                direct.addAll(each);
                left -= each.size();
            } else if (left >= ServiceNews.WATCHES + keys.size()) {
                multiplexed.addAll(each);
                left -= ServiceNews.WATCHES;
            } else {
                turns.addAll(each);
            }
        }
        int forOthers = keys.isEmpty() ? left : Math.min(others.size(), left / 3);
        for (Query<?> other : others) {
            (forOthers-- > 0 ? direct : turns).add(other);
        }
        left -= Math.min(others.size(), keys.isEmpty() ? left : left / 3);
        List<Group> groups = new ArrayList<>();
        int scopes = keys.size();
        for (Map.Entry<Query.Scope, Set<Query.Key>> entry : keys.entrySet()) {
            int share = left / scopes;
            scopes--;
            left -= share;
            if (share == 0) {
                turns.addAll(entry.getValue());
                continue;
            }
            for (Group group : groups(entry.getValue(), share)) {
                if (group.keys().size() == 1) {
                    direct.addAll(group.keys());
                } else if (dear.contains(group.query())) {
                    turns.addAll(group.keys());
                } else {
                    groups.add(group);
                }
            }
        }
        return new WatchPlan(direct, groups, multiplexed, turns);
    }

    /** Splits the largest group by the letter after what its keys have in common, until there are as many as allowed. */
    private static List<Group> groups(Set<Query.Key> keys, int most) {
        List<Set<Query.Key>> parts = new ArrayList<>(List.of(keys));
        Set<Set<Query.Key>> whole = new HashSet<>();
        while (parts.size() < most) {
            Set<Query.Key> largest = parts.stream().filter(part -> part.size() > 1 && !whole.contains(part))
                    .max(Comparator.comparingInt(Set::size)).orElse(null);
            if (largest == null) {
                break;
            }
            List<Set<Query.Key>> split = split(largest, most - parts.size() + 1);
            if (split.size() < 2) {
                whole.add(largest);
                continue;
            }
            parts.remove(largest);
            parts.addAll(split);
        }
        return parts.stream().map(part -> {
            Query.Key any = part.iterator().next();
            return new Group(new Query.Entries(common(part), any.scope()), part);
        }).toList();
    }

    /** By the next letter; letters beyond the number of pieces are merged into pieces that keep a prefix of their own only if few. */
    private static List<Set<Query.Key>> split(Set<Query.Key> keys, int most) {
        int length = common(keys).length();
        Map<String, Set<Query.Key>> byLetter = new TreeMap<>();
        for (Query.Key key : keys) {
            byLetter.computeIfAbsent(key.key().substring(length, Math.min(length + 1, key.key().length())), letter -> new HashSet<>()).add(key);
        }
        return byLetter.size() > most ? List.of() : List.copyOf(byLetter.values());
    }

    private static String common(Set<Query.Key> keys) {
        String prefix = null;
        for (Query.Key key : keys) {
            if (prefix == null) {
                prefix = key.key();
            }
            int same = 0;
            int end = Math.min(prefix.length(), key.key().length());
            while (same < end && prefix.charAt(same) == key.key().charAt(same)) {
                same++;
            }
            prefix = prefix.substring(0, same);
        }
        if (prefix != null && !prefix.isEmpty() && Character.isHighSurrogate(prefix.charAt(prefix.length() - 1))) {
            return prefix.substring(0, prefix.length() - 1);
        }
        return prefix == null ? "" : prefix;
    }

    /** Requests that are open at the same time, at most. */
    int connections() {
        Map<Query.Scope, Boolean> watched = new HashMap<>();
        services.forEach(service -> watched.put(service.scope(), true));
        boolean reads = !groups.isEmpty() || !services.isEmpty() || !turns.isEmpty();
        return direct.size() + groups.size() + ServiceNews.WATCHES * watched.size() + (reads ? READERS : 0);
    }
}
