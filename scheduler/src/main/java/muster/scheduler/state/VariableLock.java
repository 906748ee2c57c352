package muster.scheduler.state;

import java.time.Duration;
import java.util.Optional;
import muster.wire.Key;

/**
 * Whose a variable is (Nomad API page: variable locks).
 *
 * @param id what the holder shows; a secret of his, "" where it is shown to others
 * @param lockDelay how long nobody else gets the lock after its holder fell silent
 * @param ttl how long the holder may be silent
 */
public record VariableLock(@Key(value = "ID", omitEmpty = true) String id, @Key(durationText = true) Duration lockDelay,
        @Key(value = "TTL", durationText = true) Duration ttl) {
    private static final Duration MIN_TTL = Duration.ofSeconds(10);
    private static final Duration MAX_TTL = Duration.ofHours(24);
    private static final Duration USUAL = Duration.ofSeconds(15);

    /** With the usual times where none are given. */
    public VariableLock completed(String newId) {
        return new VariableLock(newId, isGiven(lockDelay) ? lockDelay : USUAL, isGiven(ttl) ? ttl : USUAL);
    }

    private static boolean isGiven(Duration duration) {
        return duration != null && !duration.isZero();
    }

    /** Why it can't be, where it can't; to be asked of a completed one. */
    public Optional<String> fault() {
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            return Optional.of("TTL must be between 10 seconds and 24 hours");
        }
        return lockDelay.isNegative() || lockDelay.compareTo(MAX_TTL) > 0
                ? Optional.of("lock delay must be between 0 and 24 hours") : Optional.empty();
    }

    /** For everybody but the holder. */
    VariableLock shown() {
        return new VariableLock("", lockDelay, ttl);
    }

    @Override
    public String toString() {
        return "VariableLock[" + lockDelay + ", " + ttl + "]";
    }
}
