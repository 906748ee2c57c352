package muster.raft;

/** The result of a command, and the log index at which it took effect. */
public record Applied<R>(long index, R result) {}
