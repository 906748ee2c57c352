package muster.scheduler.driver;

import java.util.List;
import java.util.Optional;

/**
 * A way to run tasks. Siblings have one shape and stand in one visible list ({@link Drivers}). Thread-safe.
 *
 * <p>The node's agent asks for a fingerprint at start and then again and again, checks a task's configuration with
 * {@link #problems} before each start, and owns the {@link TaskHandle} that a start returns until the task has ended.
 */
public interface Driver {
    /** The name by which a job file asks for it. */
    String name();

    /** What of the machine's files its tasks see. */
    default Isolation isolation() {
        return Isolation.NONE;
    }

    /** What asks a task to end that names no signal of its own. */
    default Signal killSignal() {
        return Signal.INTERRUPT;
    }

    /**
     * What this machine offers. Undetected drivers take no part in placement. May start programs and ask daemons, within
     * seconds; a virtual thread may call.
     */
    DriverFingerprint fingerprint();

    /** What is wrong with a task's {@code config} block, one line each; empty when it can be started. Pure. */
    List<String> problems(TaskLaunch launch);

    /** Starts the task; it runs when this returns. Blocks for as long as that takes; a virtual thread may call. */
    TaskHandle start(TaskLaunch launch) throws DriverException;

    /** Takes hold again of a task that an earlier agent started; empty if it is gone. */
    Optional<TaskHandle> recover(TaskLaunch launch, HandleState state);

    /** Lets go of what the driver itself holds; its tasks run on. Idempotent. */
    default void close() {}
}
