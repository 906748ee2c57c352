package muster.scheduler.job;

/** Where a task sees a volume of its group. */
public record VolumeMount(
        String destination,
        String propagationMode,
        Boolean readOnly,
        String volume) {
}
