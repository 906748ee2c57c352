package muster.registry.query;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.registry.state.Changes;
import muster.registry.state.Part;

/**
 * Who read what. Finds those concerned by a change in time that does not grow with their number: a changed key is looked
 * up itself, and once for each length of prefix that anyone watches. Owned by one thread.
 */
final class Interests<W> {
    private final Map<Part, Set<W>> byPart = new HashMap<>();
    private final TreeMap<Integer, Integer> prefixLengths = new TreeMap<>();
    private final Map<W, Set<Part>> byWatcher = new HashMap<>();

    /** Replaces what the watcher reads. */
    void set(W watcher, Set<Part> parts) {
        Set<Part> before = byWatcher.get(watcher);
        if (parts.equals(before)) {
            return;
        }
        remove(watcher);
        byWatcher.put(watcher, parts);
        for (Part part : parts) {
            byPart.computeIfAbsent(part, p -> new LinkedHashSet<>()).add(watcher);
            if (part instanceof Part.Prefix(String prefix)) {
                prefixLengths.merge(prefix.length(), 1, Integer::sum);
            }
        }
    }

    void remove(W watcher) {
        Set<Part> parts = byWatcher.remove(watcher);
        if (parts == null) {
            return;
        }
        for (Part part : parts) {
            Set<W> watchers = byPart.get(part);
            watchers.remove(watcher);
            if (watchers.isEmpty()) {
                byPart.remove(part);
            }
            if (part instanceof Part.Prefix(String prefix)) {
                prefixLengths.computeIfPresent(prefix.length(), (length, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** The watchers that read anything of what changed, each once. */
    Set<W> concerned(Changes changes) {
        if (changes.everything()) {
            return new LinkedHashSet<>(byWatcher.keySet());
        }
        Set<W> found = new LinkedHashSet<>();
        for (Part part : changes.touched()) {
            found.addAll(byPart.getOrDefault(part, Set.of()));
            if (part instanceof Part.Key(String key)) {
                for (int length : prefixLengths.headMap(key.length(), true).keySet()) {
                    found.addAll(byPart.getOrDefault(new Part.Prefix(key.substring(0, length)), Set.of()));
                }
            }
        }
        return found;
    }
}
