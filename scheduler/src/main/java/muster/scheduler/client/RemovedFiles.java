package muster.scheduler.client;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** When and why the files of ended allocations were removed, for those who still ask for them. Bounded; thread-safe. */
final class RemovedFiles {
    private static final int KEPT = 1000;

    private final InstantSource clock;
    private final Map<String, String> removals = new LinkedHashMap<>();

    RemovedFiles(InstantSource clock) {
        this.clock = clock;
    }

    /** They were removed now; the oldest removals are forgotten. */
    synchronized void add(String allocation, String why) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        removals.remove(allocation);
        removals.put(allocation, "files of allocation \"" + allocation + "\" were removed at " + now + ": " + why);
        if (removals.size() > KEPT) {
            removals.remove(removals.keySet().iterator().next());
        }
    }

    /** What became of them; empty for files that are there or were never. */
    synchronized Optional<String> of(String allocation) {
        return Optional.ofNullable(removals.get(allocation));
    }
}
