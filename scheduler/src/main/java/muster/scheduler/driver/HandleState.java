package muster.scheduler.driver;

/**
 * What an agent writes down to find a running task again after its own restart.
 *
 * @param processId of the process group's first process
 * @param startTicks when it started, as {@code /proc} tells it, so that a reused id is not taken for the task
 */
public record HandleState(long processId, long startTicks) {}
