package muster.registry.acl;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Rules of one policy or of several, by resource. Immutable.
 *
 * @param whole levels of {@link Resource#isWhole() whole} resources
 * @param exact levels by name
 * @param prefix levels by the names' beginning
 */
public record Rules(
        Map<Resource, Level> whole, Map<Resource, TreeMap<String, Level>> exact, Map<Resource, TreeMap<String, Level>> prefix) {
    /** No rule at all. */
    public static final Rules NONE = new Rules(Map.of(), Map.of(), Map.of());

    /** What holds where several policies do: of rules for one name a denial, else the greater level. */
    static Rules merged(List<Rules> all) {
        Builder builder = new Builder();
        for (Rules rules : all) {
            rules.whole.forEach(builder::whole);
            rules.exact.forEach((resource, named) -> named.forEach((name, level) -> builder.exact(resource, name, level)));
            rules.prefix.forEach((resource, named) -> named.forEach((name, level) -> builder.prefix(resource, name, level)));
        }
        return builder.done();
    }

    /** The level that the rules say for a name: of its own rule, else of the longest prefix; empty where they say nothing. */
    Optional<Level> of(Resource resource, String name) {
        if (resource.isWhole()) {
            return Optional.ofNullable(whole.get(resource));
        }
        TreeMap<String, Level> names = exact.get(resource);
        Level own = names == null ? null : names.get(name);
        return own == null ? ofPrefix(resource, name) : Optional.of(own);
    }

    /** The level of the longest prefix of a name, which may be the name itself. */
    Optional<Level> ofPrefix(Resource resource, String name) {
        TreeMap<String, Level> prefixes = prefix.get(resource);
        if (prefixes == null) {
            return Optional.empty();
        }
        // Every prefix of the name sorts at or before it, and a longer one after a shorter: steps back find the longest first.
        String at = name;
        while (true) {
            Map.Entry<String, Level> found = prefixes.floorEntry(at);
            if (found == null) {
                return Optional.empty();
            }
            if (name.startsWith(found.getKey())) {
                return Optional.of(found.getValue());
            }
            at = name.substring(0, common(name, found.getKey()));
        }
    }

    private static int common(String a, String b) {
        int end = Math.min(a.length(), b.length());
        int i = 0;
        while (i < end && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    /** Whether any rule for names under the prefix, or for the prefix itself, does not grant the access. */
    boolean refusesUnder(Resource resource, String under, Access access) {
        return anyUnder(exact.get(resource), under, access) || anyUnder(prefix.get(resource), under, access);
    }

    private static boolean anyUnder(TreeMap<String, Level> named, String under, Access access) {
        if (named == null) {
            return false;
        }
        for (Map.Entry<String, Level> rule : named.tailMap(under, true).entrySet()) {
            if (!rule.getKey().startsWith(under)) {
                return false;
            }
            if (!rule.getValue().grants(access)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any rule grants the access to any name. */
    boolean grantsAny(Resource resource, Access access) {
        return exact.getOrDefault(resource, new TreeMap<>()).values().stream().anyMatch(level -> level.grants(access))
                || prefix.getOrDefault(resource, new TreeMap<>()).values().stream().anyMatch(level -> level.grants(access));
    }

    /** Gathers rules. One thread. */
    static final class Builder {
        private final Map<Resource, Level> whole = new EnumMap<>(Resource.class);
        private final Map<Resource, TreeMap<String, Level>> exact = new EnumMap<>(Resource.class);
        private final Map<Resource, TreeMap<String, Level>> prefix = new EnumMap<>(Resource.class);

        void whole(Resource resource, Level level) {
            whole.merge(resource, level, Level::and);
        }

        void exact(Resource resource, String name, Level level) {
            exact.computeIfAbsent(resource, r -> new TreeMap<>()).merge(name, level, Level::and);
        }

        void prefix(Resource resource, String name, Level level) {
            prefix.computeIfAbsent(resource, r -> new TreeMap<>()).merge(name, level, Level::and);
        }

        Rules done() {
            return new Rules(Collections.unmodifiableMap(whole), Collections.unmodifiableMap(exact),
                    Collections.unmodifiableMap(prefix));
        }
    }
}
