package muster.lb.traefik;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import muster.lb.tree.Values;

/** What is defined differently from here on, by kind and name; an empty definition is one that is gone. */
record Change(Map<Kind, Map<String, Optional<Values>>> items) {
    Change() {
        this(new EnumMap<>(Kind.class));
    }

    boolean isEmpty() {
        return items.values().stream().allMatch(Map::isEmpty);
    }

    Map<String, Optional<Values>> of(Kind kind) {
        return items.getOrDefault(kind, Map.of());
    }

    Set<String> names(Kind kind) {
        return of(kind).keySet();
    }

    void put(Kind kind, String name, Optional<Values> definition) {
        items.computeIfAbsent(kind, k -> new HashMap<>()).put(name, definition);
    }

    /** From one state of a provider to the next. */
    static Change between(DynamicConfig before, DynamicConfig after) {
        Change change = new Change();
        for (Kind kind : Kind.values()) {
            SortedMap<String, Values> old = before.of(kind);
            after.of(kind).forEach((name, definition) -> {
                if (!definition.equals(old.get(name))) {
                    change.put(kind, name, Optional.of(definition));
                }
            });
            old.keySet().stream().filter(name -> !after.of(kind).containsKey(name)).forEach(name -> change.put(kind, name, Optional.empty()));
        }
        return change;
    }

    /** The same under complete names. */
    Change of(String provider) {
        Change complete = new Change();
        items.forEach((kind, found) -> found.forEach((name, definition) -> complete.put(kind, name + "@" + provider, definition)));
        return complete;
    }
}
