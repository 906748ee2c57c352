package muster.raft;

/** How sure a server has to be, before it reads its state, that no newer one was answered anywhere. */
public enum ReadMode {
    /**
     * By the leader's lease: a majority confirmed it within the shortest time in which another could be elected. Costs no
     * message nearly always; wrong only where clocks run at very different speeds.
     */
    LEASE,
    /** By asking a majority after the read came in (section 6.4 of the Raft dissertation, "read index"). */
    QUORUM
}
