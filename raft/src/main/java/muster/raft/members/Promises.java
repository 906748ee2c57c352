package muster.raft.members;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whom a server promised to begin a log with. It gives a promise to one founder at a time, so two groups of servers can't both begin
 * one with it, and forgets it after {@value #KEPT_SECONDS} s, so a founder that died holds nobody back. Pure; guarded by its owner.
 */
final class Promises {
    private static final long KEPT_SECONDS = 10;

    private record Promise(String founder, long at) {}

    private Optional<Promise> given = Optional.empty();

    /**
     * Why no promise can be given, or nothing where it was, or was before.
     *
     * @param now in nanoseconds, of any clock that only goes forward
     */
    Optional<String> give(String founder, long now) {
        Optional<Promise> other = given.filter(promise -> !promise.founder().equals(founder))
                .filter(promise -> now - promise.at() < TimeUnit.SECONDS.toNanos(KEPT_SECONDS));
        if (other.isPresent()) {
            return Optional.of("it has promised " + other.get().founder() + " to begin a log");
        }
        given = Optional.of(new Promise(founder, now));
        return Optional.empty();
    }

    void release(String founder) {
        given = given.filter(promise -> !promise.founder().equals(founder));
    }
}
