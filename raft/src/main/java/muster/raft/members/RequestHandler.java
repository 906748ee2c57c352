package muster.raft.members;

import java.util.concurrent.CompletionStage;

/** Answers one kind of question that other agents ask. */
public interface RequestHandler {
    /**
     * Called on a virtual thread of its own; may block. What it throws or fails with is told as a refusal with its message.
     *
     * @param from the name of who asks; it proved that it knows the cluster's secret, not that it is that agent
     * @param gone completes when nobody waits for the answer any more
     */
    CompletionStage<byte[]> answer(String from, byte[] body, CompletionStage<Void> gone);
}
