package muster.raft;

import java.util.concurrent.CompletableFuture;

/** What became of one command, kept until the batch it is in is published. */
sealed interface Outcome {
    record Done(long index, Object result) implements Outcome {}

    record Refused(RuntimeException reason) implements Outcome {}

    /** Answers the proposer. The answer's type is that of the part that made the result, so the cast holds. */
    @SuppressWarnings("unchecked")
    static <R> void settle(Outcome outcome, CompletableFuture<Applied<R>> answer) {
        switch (outcome) {
            case Done(long index, Object result) -> answer.complete(new Applied<>(index, (R) result));
            case Refused(RuntimeException reason) -> answer.completeExceptionally(reason);
        }
    }
}
