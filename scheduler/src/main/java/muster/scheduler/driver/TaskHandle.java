package muster.scheduler.driver;

import java.util.Optional;

/** A started task. Thread-safe. */
public interface TaskHandle {
    /**
     * Waits for the task's end. What the task wrote is in its log files by then, unless a descendant that left the task's
     * process group still holds its output open. May be called again and by several threads; all get the same answer.
     */
    ExitStatus await() throws InterruptedException;

    /** Sends a signal to the task's first process, which passes on what concerns those it started; none if it has ended. */
    void signal(Signal signal) throws DriverException;

    /** Ends the task and all processes of its group at once; {@link #await} then returns. */
    void kill();

    /** What it uses now: shares are over the time since the last call, or since the start. */
    TaskUsage usage();

    /** The network that it has of its own; empty for a task that shares the node's. */
    default Optional<TaskNetwork> network() {
        return Optional.empty();
    }

    /** What to keep for {@link Driver#recover}. */
    HandleState state();

    /** Runs a command beside the task, with its environment and folder; used by script checks. */
    CommandResult run(java.util.List<String> command, java.time.Duration timeout) throws DriverException, InterruptedException;

    /**
     * Starts a command beside the task for somebody who talks to it: in the task's environment, folder and namespaces. It outlives
     * neither the session nor, as far as the driver can tell, the task.
     *
     * @param command a program, found as the task's own is, and its arguments; an empty list is refused
     * @param terminal whether it gets a terminal, of 24 lines and 80 columns until it is told otherwise, or three pipes
     */
    ExecSession exec(java.util.List<String> command, boolean terminal) throws DriverException;

    /** A finished side command: its exit code (124 after a timeout) and the first 4 KiB of what it wrote. */
    record CommandResult(int code, String output) {}
}
