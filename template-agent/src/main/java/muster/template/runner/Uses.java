package muster.template.runner;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import muster.template.dependency.Dependency;

/** Which templates use which dependencies, both ways, so that a change costs what it touches. One thread owns it. */
final class Uses {
    private final Map<ManagedTemplate, Set<Dependency<?>>> ofTemplate = new HashMap<>();
    private final Map<Dependency<?>, Set<ManagedTemplate>> users = new HashMap<>();

    /** From now on the template uses exactly these. Returns whether that is anything new. */
    boolean replace(ManagedTemplate template, Set<Dependency<?>> used) {
        Set<Dependency<?>> before = ofTemplate.put(template, used);
        if (used.equals(before)) {
            return false;
        }
        if (before != null) {
            for (Dependency<?> dependency : before) {
                if (!used.contains(dependency)) {
                    users.computeIfPresent(dependency, (key, templates) -> templates.remove(template) && templates.isEmpty() ? null : templates);
                }
            }
        }
        used.forEach(dependency -> users.computeIfAbsent(dependency, key -> new HashSet<>(2)).add(template));
        return true;
    }

    Set<ManagedTemplate> usersOf(Collection<Dependency<?>> dependencies) {
        Set<ManagedTemplate> found = new LinkedHashSet<>();
        dependencies.forEach(dependency -> found.addAll(users.getOrDefault(dependency, Set.of())));
        return found;
    }

    /** All that is used by any. */
    Set<Dependency<?>> all() {
        return Set.copyOf(users.keySet());
    }
}
