package muster.raft;

import java.util.concurrent.CompletableFuture;

/** A command on its way into the log. */
record Proposal<R>(String part, byte[] command, CompletableFuture<Applied<R>> answer) {
    /** What it takes in an entry, about. */
    int size() {
        return command.length + part.length() + 8;
    }

    void settle(Outcome outcome) {
        Outcome.settle(outcome, answer);
    }

    void fail(Throwable reason) {
        answer.completeExceptionally(reason);
    }
}
