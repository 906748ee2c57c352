package muster.raft;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A question that many ask at the same time and that is asked once for all of them: who comes while a round is under way
 * shares the next one, since the one under way may have begun too early for them. Thread-safe.
 */
final class SharedRound<T> {
    private final Supplier<CompletableFuture<T>> ask;
    private CompletableFuture<T> underWay;
    private CompletableFuture<T> next;

    /** @param ask begins a round; must not block. What it throws is the round's failure. */
    SharedRound(Supplier<CompletableFuture<T>> ask) {
        this.ask = ask;
    }

    /** The answer of a round that begins after this call. */
    CompletableFuture<T> join() {
        CompletableFuture<T> mine;
        synchronized (this) {
            if (underWay != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            underWay = new CompletableFuture<>();
            mine = underWay;
        }
        run(mine);
        return mine;
    }

    /** A round that never ended would hold up all that follow. */
    private CompletableFuture<T> asked() {
        try {
            return ask.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void run(CompletableFuture<T> round) {
        asked().whenComplete((answer, error) -> {
            CompletableFuture<T> following;
            synchronized (this) {
                underWay = next;
                next = null;
                following = underWay;
            }
            if (following != null) {
                // On a thread of its own: rounds that answer at once would nest without end.
                Thread.startVirtualThread(() -> run(following));
            }
            if (error != null) {
                round.completeExceptionally(error);
            } else {
                round.complete(answer);
            }
        });
    }
}
