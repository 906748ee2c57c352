package muster.raft;

/**
 * How long a leader may answer reads without asking a majority again. A majority that confirmed it at some moment elects
 * nobody else within the shortest election time after that moment, so the lease is a little shorter than that. Times are
 * those of one monotonic clock, in nanoseconds. Thread-safe.
 */
final class ReadLease {
    private final long length;
    private long until;
    private boolean held;
    private long forbiddenUntil;
    private boolean forbidden;

    /** @param election the shortest election time, in nanoseconds */
    ReadLease(long election) {
        this.length = election / 10 * 8;
    }

    /** How long it lasts from a question that a majority answers. */
    long length() {
        return length;
    }

    synchronized boolean isHeld(long now) {
        return held && now - until < 0;
    }

    /** A majority confirmed the leader; it was asked at the given time. */
    synchronized void confirmed(long askedAt) {
        if (forbidden && askedAt - forbiddenUntil < 0) {
            return;
        }
        forbidden = false;
        if (!held || askedAt + length - until > 0) {
            held = true;
            until = askedAt + length;
        }
    }

    /** This server leads no more. */
    synchronized void lost() {
        held = false;
    }

    /** The lead is being handed over, which needs no election time: no lease until then, whatever is confirmed. */
    synchronized void forbid(long untilTime) {
        held = false;
        forbidden = true;
        forbiddenUntil = untilTime;
    }
}
