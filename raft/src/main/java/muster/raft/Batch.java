package muster.raft;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The proposals of one entry that this server wrote, until they are answered. Thread-safe. */
final class Batch {
    private final long call;
    private final List<Proposal<?>> proposals;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private volatile boolean written;

    /** @param call the number under which its entry is submitted, and which the entry carries */
    Batch(long call, List<Proposal<?>> proposals) {
        this.call = call;
        this.proposals = List.copyOf(proposals);
    }

    long call() {
        return call;
    }

    List<Proposal<?>> proposals() {
        return proposals;
    }

    /** From now on the entry may be committed, whatever anybody answers. */
    void written() {
        written = true;
    }

    boolean isWritten() {
        return written;
    }

    /** Completes, never with an error, when the proposers have their answers. */
    CompletableFuture<Void> answered() {
        return answered;
    }

    void settle(List<Outcome> outcomes) {
        for (int i = 0; i < outcomes.size(); i++) {
            proposals.get(i).settle(outcomes.get(i));
        }
        answered.complete(null);
    }

    void fail(Throwable reason) {
        proposals.forEach(proposal -> proposal.fail(reason));
        answered.complete(null);
    }
}
