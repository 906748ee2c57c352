package muster.lb.proxy;

import java.time.Duration;
import muster.lb.exchange.Listener;

/**
 * How long one request may take: whole, from the end of its head, and between two signs of life. Moves its connection's or stream's deadline.
 * Owned by the event loop.
 */
final class RequestClock {
    private static final long NEVER = Long.MAX_VALUE;

    private final Deadlines.Deadline deadline;
    private final Listener.Limits limits;
    private long readUntil = NEVER;
    private long writeUntil = NEVER;
    private boolean isTwoWay;

    RequestClock(Deadlines.Deadline deadline, Listener.Limits limits) {
        this.deadline = deadline;
        this.limits = limits;
    }

    /** The head is complete; nobody but the proxy owes anything. */
    void begin() {
        readUntil = until(limits.readTimeout());
        writeUntil = until(limits.writeTimeout());
        answerIsDue();
    }

    /** Messages go both ways, at their own pace: silence is no stall, as little as in a tunnel. */
    void goesBothWays() {
        isTwoWay = true;
    }

    /** The client owes a piece of its body. */
    void bodyIsDue() {
        set(isTwoWay ? limits.tunnelTimeout() : limits.stallTimeout(), Math.min(readUntil, writeUntil));
    }

    /** The body is complete, the answer is not; the client takes what there is of it. */
    void answerIsDue() {
        set(Duration.ZERO, writeUntil);
    }

    /** The other side of what is being sent, whichever way, takes nothing. */
    void isBlocked() {
        set(limits.stallTimeout(), writeUntil);
    }

    private static long until(Duration time) {
        return time.isZero() ? NEVER : System.nanoTime() + time.toNanos();
    }

    private void set(Duration most, long until) {
        if (until == NEVER) {
            deadline.in(most);
        } else {
            Duration left = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
            deadline.in(!most.isZero() && most.compareTo(left) < 0 ? most : left);
        }
    }
}
