package muster.raft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One log shared by several parts of a server, so that their indexes are one series. Parts attach before
 * {@link #start}; each command is applied by the part that proposed it, and the index counts all of them.
 */
public interface LogGroup extends AutoCloseable {
    /**
     * Attaches a part under a name that stays the same for ever, since it is written into every entry.
     * Throws {@link IllegalStateException} after start or for a name that is taken.
     */
    <C, R> ReplicatedLog<C, R> attach(String part, CommandCodec<C> codec, StateMachine<C, R> machine);

    /** Restores the newest snapshot, replays what follows it, and takes part in elections. Returns when reads are current. */
    void start();

    /** The index of the newest entry applied on this server, whichever part's. */
    long appliedIndex();

    /**
     * Completes when this server has applied all that was answered anywhere before the call, as sure as the mode asks for.
     * Fails with {@link NotLeaderException} where no leader can be asked in time. A log of one server is always current.
     */
    default CompletableFuture<Void> current(ReadMode mode) {
        return CompletableFuture.completedFuture(null);
    }

    /** How long ago this server heard from the leader; nothing on the leader itself, or where it never did. */
    default Optional<Duration> lastContact() {
        return Optional.empty();
    }

    /** Tells a listener from now on when this server begins and ends to lead, and at once where it leads. */
    void onLeadership(LeadershipListener listener);

    /** Whether this server leads. */
    boolean isLeader();

    /** The address of the leader, where one is known. */
    Optional<String> leader();

    /** Whether a leader is known: {@link #leader} without its address, which costs less. */
    default boolean hasLeader() {
        return leader().isPresent();
    }

    /** Stops; proposals that were not written to the log yet fail with {@link NotLeaderException}. */
    @Override
    void close();
}
