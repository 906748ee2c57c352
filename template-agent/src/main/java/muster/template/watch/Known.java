package muster.template.watch;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;

/**
 * The newest values, handed out as they are at a moment. A moment shares nearly all of them with the next one and has a copy of
 * only those that changed lately: of n values, about the square root. Its owner guards it; what it hands out never changes.
 */
final class Known {
    private static final int LEAST = 16;

    /** Never changed once it is here. */
    private Map<Dependency<?>, Object> settled = Map.of();
    private Map<Dependency<?>, Object> recent = new HashMap<>();

    void put(Dependency<?> dependency, Object value) {
        recent.put(dependency, value);
        if (recent.size() > LEAST + (int) Math.sqrt(2.0 * settled.size())) {
            settle(Set.of());
        }
    }

    void removeAll(Set<Dependency<?>> dependencies) {
        if (dependencies.stream().anyMatch(dependency -> recent.containsKey(dependency) || settled.containsKey(dependency))) {
            settle(dependencies);
        }
    }

    private void settle(Set<Dependency<?>> without) {
        Map<Dependency<?>, Object> all = HashMap.newHashMap(settled.size() + recent.size());
        all.putAll(settled);
        all.putAll(recent);
        without.forEach(all::remove);
        settled = all;
        recent = new HashMap<>();
    }

    /** As they are now. */
    Values values() {
        return Values.owning(settled).with(recent);
    }
}
