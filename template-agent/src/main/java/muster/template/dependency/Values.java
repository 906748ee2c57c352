package muster.template.dependency;

import java.util.Map;
import java.util.Optional;

/** The answers known at one moment. Immutable. */
public final class Values {
    public static final Values NONE = new Values(Map.of());

    private final Map<Dependency<?>, Object> known;

    /** The answers by dependency; each must be of the dependency's own type. */
    public Values(Map<Dependency<?>, Object> known) {
        this(Map.copyOf(known), true);
    }

    private Values(Map<Dependency<?>, Object> known, boolean own) {
        this.known = known;
    }

    /** The same without a copy: the caller gives the map away and changes it no more. */
    public static Values owning(Map<Dependency<?>, Object> known) {
        return new Values(known, true);
    }

    /** The answer, empty if there is none yet. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> get(Dependency<T> dependency) {
        return Optional.ofNullable((T) known.get(dependency));
    }
}
