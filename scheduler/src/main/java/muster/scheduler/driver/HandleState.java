package muster.scheduler.driver;

/**
 * What an agent writes down to find a running task again after its own restart.
 *
 * @param processId of the process group's first process; 0 where the driver knows its task by something else
 * @param startTicks when it started, as {@code /proc} tells it, so that a reused id is not taken for the task
 * @param detail what else the driver needs, in its own words
 */
public record HandleState(long processId, long startTicks, String detail) {
    public HandleState {
        // States that were kept before there were details have none.
        detail = detail == null ? "" : detail;
    }

    public HandleState(long processId, long startTicks) {
        this(processId, startTicks, "");
    }
}
