package muster.registry.query;

import java.util.Set;
import muster.registry.state.Part;

/**
 * What a query found.
 *
 * @param index the scoped index of what was read, at least 1: it grows whenever the value changes
 * @param read the parts of the state that the value depends on; a change of anything else leaves the answer as it is
 */
public record Answer<T>(T value, long index, Set<Part> read) {
    public Answer {
        index = Math.max(1, index);
        read = Set.copyOf(read);
    }

    public static <T> Answer<T> of(T value, long index, Part... read) {
        return new Answer<>(value, index, Set.of(read));
    }
}
