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
    private final View view;

    /** Another answer in the place of one that is known. */
    @FunctionalInterface
    public interface View {
        Object of(Dependency<?> dependency, Object known);
    }

    /** The answers by dependency; each must be of the dependency's own type. */
    public Values(Map<Dependency<?>, Object> known) {
        this(Map.copyOf(known), Map.of(), (dependency, value) -> value);
    }

    private Values(Map<Dependency<?>, Object> known, Map<Dependency<?>, Object> first, View view) {
        this.known = known;
        this.first = first;
        this.view = view;
    }

    /** The same without a copy: the caller gives the map away and changes it no more. */
    public static Values owning(Map<Dependency<?>, Object> known) {
        return new Values(known, Map.of(), (dependency, value) -> value);
    }

    /** The same with these answers in place of those that are here; copies what it is given and what it was given so before. */
    public Values with(Map<Dependency<?>, Object> others) {
        if (others.isEmpty()) {
            return this;
        }
        Map<Dependency<?>, Object> both = new HashMap<>(first);
        both.putAll(others);
        return new Values(known, both, view);
    }

    /** The same, each answer as the view has it; safe for threads and unchanging as far as the view is. */
    public Values seenAs(View view) {
        return new Values(known, first, view);
    }

    /** The answer, empty if there is none yet. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> get(Dependency<T> dependency) {
        Object before = first.get(dependency);
        Object value = before == null ? known.get(dependency) : before;
        return Optional.ofNullable(value == null ? null : (T) view.of(dependency, value));
    }
}
