package muster.raft;

import java.util.List;

/** The proposals of one entry that this server wrote, until they are answered. */
final class Batch {
    private final long call;
    private final List<Proposal<?>> proposals;
    private volatile boolean appended;

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

    /** From now on the entry may be committed, whatever the engine answers. */
    void appended() {
        appended = true;
    }

    boolean isAppended() {
        return appended;
    }

    void settle(List<Outcome> outcomes) {
        for (int i = 0; i < outcomes.size(); i++) {
            proposals.get(i).settle(outcomes.get(i));
        }
    }

    void fail(Throwable reason) {
        proposals.forEach(proposal -> proposal.fail(reason));
    }
}
