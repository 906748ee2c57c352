package muster.template.dependency;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The answers known at one moment. Immutable. */
public final class Values {
    public static final Values NONE = new Values(Map.of());

    private final Map<Dependency<?>, Object> known;
    /** What comes before the others. */
    private final Map<Dependency<?>, Object> first;

    /** The answers by dependency; each must be of the dependency's own type. */
    public Values(Map<Dependency<?>, Object> known) {
        this(Map.copyOf(known), Map.of());
    }

    private Values(Map<Dependency<?>, Object> known, Map<Dependency<?>, Object> first) {
        this.known = known;
        this.first = first;
    }

    /** The same without a copy: the caller gives the map away and changes it no more. */
    public static Values owning(Map<Dependency<?>, Object> known) {
        return new Values(known, Map.of());
    }

    /** The same with these answers in place of those that are here; copies what it is given and what it was given so before. */
    public Values with(Map<Dependency<?>, Object> others) {
        if (others.isEmpty()) {
            return this;
        }
        Map<Dependency<?>, Object> both = new HashMap<>(first);
        both.putAll(others);
        return new Values(known, both);
    }

    /** The answer, empty if there is none yet. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> get(Dependency<T> dependency) {
        Object before = first.get(dependency);
        return Optional.ofNullable((T) (before == null ? known.get(dependency) : before));
    }
}
