package muster.lb.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Doubts a registry that loses everything. When several services, all there are, have vanished within three seconds, or the registry's state was
 * replaced by another that lacks some, what they last were is used on for a stated time. For one thread; pure.
 *
 * @param <T> what is known of a service
 */
public final class LastKnown<T> {
    /** Services that have to vanish together. */
    static final int SUSPICIOUS_SERVICES = 3;
    static final Duration AT_ONCE = Duration.ofSeconds(3);

    private final long keepNanos;
    private final Map<String, Gone<T>> lost = new HashMap<>();
    private final Map<String, Gone<T>> kept = new HashMap<>();
    private final Map<String, T> present = new HashMap<>();
    private OptionalLong anewAt = OptionalLong.empty();

    private record Gone<T>(T last, long since) {}

    /**
     * What to go by from here on.
     *
     * @param services those that differ from what they were, empty when they are gone
     * @param kept all those that the registry no longer has and that are used on
     */
    public record Seen<T>(Map<String, Optional<T>> services, Set<String> kept) {}

    /** @param keep how long what vanished is used on; zero never */
    public LastKnown(Duration keep) {
        this.keepNanos = keep.toNanos();
    }

    /**
     * Takes what differs in the registry.
     *
     * @param changed the services that may have changed, empty when the registry has them no longer
     * @param isAnew whether its state was replaced since the call before
     * @param now on a monotonic clock
     */
    public Seen<T> of(Map<String, Optional<T>> changed, boolean isAnew, long now) {
        if (isAnew) {
            anewAt = OptionalLong.of(now);
        }
        Map<String, Optional<T>> next = new HashMap<>(changed);
        lost.values().removeIf(gone -> now - gone.since() > AT_ONCE.toNanos());
        boolean hasNew = false;
        for (Map.Entry<String, Optional<T>> entry : changed.entrySet()) {
            T before = entry.getValue().isPresent() ? present.put(entry.getKey(), entry.getValue().get()) : present.remove(entry.getKey());
            hasNew |= before == null && entry.getValue().isPresent();
            if (before != null && entry.getValue().isEmpty()) {
                lost.put(entry.getKey(), new Gone<>(before, now));
            }
        }
        boolean isReplaced = anewAt.isPresent() && now - anewAt.getAsLong() <= AT_ONCE.toNanos();
        if (!isReplaced && hasNew) {
            // A registry that tells of new services is at work: what it lost, it lost on purpose.
            lost.clear();
        }
        boolean isAllLost = present.isEmpty() && lost.size() >= SUSPICIOUS_SERVICES;
        if (keepNanos > 0 && (isAllLost || isReplaced)) {
            lost.forEach((name, gone) -> kept.put(name, new Gone<>(gone.last(), now)));
            lost.clear();
        }
        kept.entrySet().removeIf(entry -> {
            boolean isOver = present.containsKey(entry.getKey()) || now - entry.getValue().since() >= keepNanos;
            if (isOver) {
                next.put(entry.getKey(), Optional.ofNullable(present.get(entry.getKey())));
            }
            return isOver;
        });
        lost.keySet().removeIf(present::containsKey);
        kept.forEach((name, gone) -> next.put(name, Optional.of(gone.last())));
        return new Seen<>(next, Set.copyOf(kept.keySet()));
    }
}
