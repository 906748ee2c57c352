package muster.registry.replication;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import muster.raft.StateMachine;
import muster.registry.state.Changes;
import muster.registry.state.Command;
import muster.registry.state.Result;
import muster.registry.state.State;

/**
 * The registry's part in the log: holds the newest state and replaces it with each command. Written by the log's thread
 * alone; any thread reads {@link #snapshot}, which is never older than the newest answered proposal.
 */
public final class StateStore implements StateMachine<Command, Result> {
    private final Consumer<Changes> listener;
    private volatile State state = State.EMPTY;
    private volatile int restorations;
    private Changes unpublished = Changes.NONE;
    private Pieces pieces = Pieces.NONE;

    /** @param listener told on the log's thread what each batch of entries changed; must not block */
    public StateStore(Consumer<Changes> listener) {
        this.listener = listener;
    }

    /** The newest state. */
    public State snapshot() {
        return state;
    }

    /**
     * How often the state was replaced by another history's. Who compares indexes over time reads this before the state: an
     * index says something only about states between which it is the same.
     */
    public int restorations() {
        return restorations;
    }

    @Override
    public Result apply(long index, Command command) {
        pieces = pieces.asOf(index);
        return command instanceof Command.RestorePiece piece ? assemble(index, piece) : change(index, command);
    }

    private Result assemble(long index, Command.RestorePiece piece) {
        Optional<Pieces> next = pieces.with(piece, index);
        if (next.isPresent() && piece.last()) {
            pieces = Pieces.NONE;
            return change(index, new Command.Restore(next.get().state()));
        }
        change(index, piece);
        pieces = next.orElse(pieces);
        return next.isPresent() ? new Result.Done() : new Result.Refused("failed to restore snapshot: another restoration came between; "
                + "try again when it has ended");
    }

    private Result change(long index, Command command) {
        State.Outcome outcome = state.apply(index, command);
        state = outcome.state();
        if (command instanceof Command.Restore) {
            restorations++;
        }
        unpublished = unpublished.and(outcome.changes());
        return outcome.result();
    }

    @Override
    public void published(long index) {
        Changes changes = unpublished;
        unpublished = Changes.NONE;
        if (!changes.isEmpty()) {
            listener.accept(changes);
        }
    }

    @Override
    public Held held() {
        State then = state;
        Pieces restoring = pieces;
        return out -> Snapshots.write(then, restoring, out);
    }

    @Override
    public void restore(InputStream in) throws IOException {
        Snapshots.Contents contents = Snapshots.readAll(in);
        state = contents.state();
        pieces = contents.pieces();
        restorations++;
        unpublished = Changes.NONE;
        listener.accept(Changes.EVERYTHING);
    }
}
