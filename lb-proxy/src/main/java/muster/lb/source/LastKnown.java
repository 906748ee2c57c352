package muster.lb.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

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
    private SortedMap<String, T> present = new TreeMap<>();
    private OptionalLong anewAt = OptionalLong.empty();

    private record Gone<T>(T last, long since) {}

    /**
     * What to go by.
     *
     * @param kept those of the services that the registry no longer has
     */
    public record Picture<T>(SortedMap<String, T> services, Set<String> kept) {}

    /** @param keep how long what vanished is used on; zero never */
    public LastKnown(Duration keep) {
        this.keepNanos = keep.toNanos();
    }

    /**
     * Takes what the registry has now.
     *
     * @param isAnew whether its state was replaced since the call before
     * @param now on a monotonic clock
     */
    public Picture<T> of(SortedMap<String, T> services, boolean isAnew, long now) {
        if (isAnew) {
            anewAt = OptionalLong.of(now);
        }
        lost.values().removeIf(gone -> now - gone.since() > AT_ONCE.toNanos());
        present.forEach((name, last) -> {
            if (!services.containsKey(name)) {
                lost.put(name, new Gone<>(last, now));
            }
        });
        boolean isReplaced = anewAt.isPresent() && now - anewAt.getAsLong() <= AT_ONCE.toNanos();
        if (!isReplaced && !present.keySet().containsAll(services.keySet())) {
            // A registry that tells of new services is at work: what it lost, it lost on purpose.
            lost.clear();
        }
        present = new TreeMap<>(services);
        boolean isAllLost = present.isEmpty() && lost.size() >= SUSPICIOUS_SERVICES;
        if (keepNanos > 0 && (isAllLost || isReplaced)) {
            lost.forEach((name, gone) -> kept.put(name, new Gone<>(gone.last(), now)));
            lost.clear();
        }
        kept.entrySet().removeIf(entry -> present.containsKey(entry.getKey()) || now - entry.getValue().since() >= keepNanos);
        present.keySet().forEach(lost::remove);
        SortedMap<String, T> all = new TreeMap<>(present);
        kept.forEach((name, gone) -> all.put(name, gone.last()));
        return new Picture<>(all, Set.copyOf(kept.keySet()));
    }
}
