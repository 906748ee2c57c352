package muster.scheduler.job;

/** When a task runs relative to the main tasks of its group. */
public record TaskLifecycle(
        String hook,
        boolean sidecar) {
    public TaskLifecycle {
        hook = Values.text(hook);
    }
}
