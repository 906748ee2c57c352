package muster.scheduler.broker;

import java.time.Duration;

/** Runs something later. Tests and simulations own one; the real one is a thread. Actions must not block. */
public interface Timers {
    /** Runs the action after the delay, at once when it is not positive. The returned action prevents that, if it is not too late. */
    Runnable after(Duration delay, Runnable action);
}
