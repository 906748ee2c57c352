package muster.raft;

/** Is told when this server begins and ends to lead. */
public interface LeadershipListener {
    /**
     * Called with each change, in order, on one thread of the log's own; may block for a while. When it is told that this
     * server leads, everything that was committed before is applied here.
     */
    void leads(boolean leads);
}
