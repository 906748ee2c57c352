package muster.raft;

import java.util.Optional;

/** The command could not be handed to a leader. It was not applied; it may be proposed again. */
public final class NotLeaderException extends RuntimeException {
    private final transient Optional<String> leader;

    public NotLeaderException(String message, Optional<String> leader) {
        super(message, null, false, false);
        this.leader = leader;
    }

    /** The address of the leader, where it is known. */
    public Optional<String> leader() {
        return leader;
    }
}
