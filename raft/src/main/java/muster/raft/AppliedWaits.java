package muster.raft;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/** Who waits until this server has applied the log up to an index. Thread-safe. */
final class AppliedWaits {
    private final ConcurrentNavigableMap<Long, CompletableFuture<Void>> waits = new ConcurrentSkipListMap<>();
    private final LongSupplier applied;

    AppliedWaits(LongSupplier applied) {
        this.applied = applied;
    }

    /** Completes when the index is applied; who waits for the same one shares the wait. */
    CompletableFuture<Void> until(long index) {
        if (applied.getAsLong() >= index) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> wait = waits.computeIfAbsent(index, key -> new CompletableFuture<>());
        // It may have been applied between the look and the note.
        advanced(applied.getAsLong());
        return wait;
    }

    void advanced(long index) {
        Map.Entry<Long, CompletableFuture<Void>> first = waits.firstEntry();
        while (first != null && first.getKey() <= index) {
            if (waits.remove(first.getKey(), first.getValue())) {
                first.getValue().complete(null);
            }
            first = waits.firstEntry();
        }
    }

    void fail(RuntimeException reason) {
        waits.values().removeIf(wait -> {
            wait.completeExceptionally(reason);
            return true;
        });
    }
}
