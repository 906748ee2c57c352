package muster.raft;

import java.util.concurrent.CompletableFuture;

/**
 * The one way to change a part's replicated state: propose a command, get its result once it is committed and applied.
 * Any thread may call; commands of one caller that waits for each answer are applied in that order.
 *
 * @param <C> the part's commands
 * @param <R> what applying one returns
 */
public interface ReplicatedLog<C, R> {
    /**
     * Completes after the command is committed by a quorum and applied here. Ids and times are in the command: applying it
     * twice on two machines has to give the same state.
     *
     * <p>Fails with {@link NotLeaderException} where this server can't reach a leader (the command was not applied), with
     * {@link OutcomeUnknownException} where it stopped before it knew, or with whatever the state machine threw (the same on
     * every server).
     */
    CompletableFuture<Applied<R>> propose(C command);

    /** The index of the newest entry applied on this server. Grows only. */
    long appliedIndex();
}
