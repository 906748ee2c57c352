package muster.scheduler.acl;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What several policies allow together. Where a name matches none of the rules exactly, the rule whose pattern is closest to it
 * holds: the one with the fewest characters for its {@code *} to stand for. A denial beats every other rule for the same name.
 * Immutable; any thread may ask.
 */
final class Rights {
    static final Rights EVERYTHING = new Rights(true);
    static final Rights NOTHING = new Rights(false);

    private final boolean everything;
    private final Map<String, Set<Capability>> namespaces = new HashMap<>();
    private final Map<String, Map<String, Set<VariableCapability>>> variables = new HashMap<>();
    private final Map<String, Access> hostVolumes = new HashMap<>();
    private final Map<String, Set<NodePoolCapability>> nodePools = new HashMap<>();
    private final Map<Resource, Access> wholes = new EnumMap<>(Resource.class);

    private Rights(boolean everything) {
        this.everything = everything;
    }

    /** Of all these policies. */
    static Rights of(Collection<Policy> policies) {
        Rights rights = new Rights(false);
        for (Policy policy : policies) {
            policy.namespaces().forEach((name, capabilities) ->
                    rights.namespaces.merge(name, capabilities, (a, b) -> union(Capability.DENY, a, b)));
            policy.variables().forEach((namespace, paths) -> {
                Map<String, Set<VariableCapability>> own = rights.variables.computeIfAbsent(namespace, n -> new HashMap<>());
                paths.forEach((path, capabilities) -> own.merge(path, capabilities, (a, b) -> union(VariableCapability.DENY, a, b)));
            });
            policy.hostVolumes().forEach((name, access) -> rights.hostVolumes.merge(name, access, Access::and));
            policy.nodePools().forEach((name, capabilities) ->
                    rights.nodePools.merge(name, capabilities, (a, b) -> union(NodePoolCapability.DENY, a, b)));
            policy.wholes().forEach((resource, access) -> rights.wholes.merge(resource, access, Access::and));
        }
        return rights;
    }

    private static <E extends Enum<E>> Set<E> union(E denial, Set<E> a, Set<E> b) {
        Set<E> both = EnumSet.copyOf(a);
        both.addAll(b);
        return both.contains(denial) ? EnumSet.of(denial) : both;
    }

    boolean allow(Permission permission) {
        return everything || switch (permission) {
            case Permission.InNamespace in -> closest(namespaces, in.namespace(), Set.of()).contains(in.capability());
            case Permission.Enter enter -> {
                Set<Capability> capabilities = closest(namespaces, enter.namespace(), Set.of());
                yield !capabilities.isEmpty() && !capabilities.contains(Capability.DENY);
            }
            case Permission.OnVariable on -> closest(closest(variables, on.namespace(), Map.of()), on.path(), Set.of())
                    .contains(on.capability());
            case Permission.OnNodePool on -> closest(nodePools, on.pool(), Set.of()).contains(on.capability());
            case Permission.MountVolume mount -> closest(hostVolumes, mount.volume(), Access.DENY)
                    .grants(mount.writing() ? Access.WRITE : Access.READ);
            case Permission.Whole whole -> wholes.getOrDefault(whole.resource(), Access.DENY).grants(whole.access());
            case Permission.Management management -> false;
        };
    }

    private static <V> V closest(Map<String, V> rules, String name, V none) {
        V exact = rules.get(name);
        if (exact != null) {
            return exact;
        }
        V found = none;
        String best = null;
        for (Map.Entry<String, V> rule : rules.entrySet()) {
            String pattern = rule.getKey();
            if (pattern.indexOf('*') >= 0 && matches(pattern, name)) {
                int difference = best == null ? 1 : Integer.compare(literal(best), literal(pattern));
                if (best == null || difference < 0 || difference == 0 && pattern.compareTo(best) < 0) {
                    best = pattern;
                    found = rule.getValue();
                }
            }
        }
        return found;
    }

    /** How many characters of a pattern stand for themselves. */
    private static int literal(String pattern) {
        return (int) pattern.chars().filter(c -> c != '*').count();
    }

    /** Whether a name is the pattern with something, or nothing, for each star. */
    static boolean matches(String pattern, String name) {
        String[] parts = pattern.split("\\*", -1);
        if (!name.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int next = name.indexOf(parts[i], at);
            if (next < 0) {
                return false;
            }
            at = next + parts[i].length();
        }
        String last = parts[parts.length - 1];
        return parts.length == 1 ? name.equals(pattern) : name.length() - at >= last.length() && name.endsWith(last);
    }
}
