package muster.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** How proposals ended, for assertions. */
final class Outcomes {
    private Outcomes() {}

    /** What an answer failed with, or null where it did not. */
    static <R> Throwable failureOf(CompletableFuture<R> answer) throws InterruptedException {
        try {
            answer.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
