package muster.registry.state;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a command changed, for those who wait and for the leader's timers.
 *
 * @param touched the parts that changed; never a {@link Part.Prefix}
 * @param everything whether all of the state may have changed (it was restored), whatever {@code touched} says
 * @param sessions the ids of sessions that began or ended
 * @param lockDelays the keys that an ended session lost, each with the time for which it refuses new holders
 */
public record Changes(Set<Part> touched, boolean everything, Set<String> sessions, Map<String, Duration> lockDelays) {
    /** Nothing changed. */
    public static final Changes NONE = new Changes(Set.of(), false, Set.of(), Map.of());

    /** The state was replaced, or is no longer to be relied on. */
    public static final Changes EVERYTHING = new Changes(Set.of(), true, Set.of(), Map.of());

    public boolean isEmpty() {
        return touched.isEmpty() && !everything && sessions.isEmpty();
    }

    /** Both, as of one moment. */
    public Changes and(Changes later) {
        if (isEmpty()) {
            return later;
        }
        if (later.isEmpty()) {
            return this;
        }
        Builder both = new Builder();
        both.touched.addAll(touched);
        both.touched.addAll(later.touched);
        both.sessions.addAll(sessions);
        both.sessions.addAll(later.sessions);
        both.lockDelays.putAll(lockDelays);
        both.lockDelays.putAll(later.lockDelays);
        return new Changes(both.touched, everything || later.everything, both.sessions, both.lockDelays);
    }

    /** Gathers the changes of one command. */
    static final class Builder {
        private final Set<Part> touched = new HashSet<>();
        private final Set<String> sessions = new HashSet<>();
        private final Map<String, Duration> lockDelays = new LinkedHashMap<>();

        void touch(Part part) {
            touched.add(part);
        }

        void touch(Part.Table table) {
            touched.add(new Part.Whole(table));
        }

        void session(String id) {
            sessions.add(id);
            touched.add(new Part.SessionOf(id));
            touch(Part.Table.SESSIONS);
        }

        void lockDelay(String key, Duration delay) {
            lockDelays.put(key, delay);
        }

        Changes done() {
            return touched.isEmpty() && sessions.isEmpty() ? NONE : new Changes(touched, false, sessions, lockDelays);
        }
    }
}
