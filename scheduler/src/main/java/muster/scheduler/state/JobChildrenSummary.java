package muster.scheduler.state;

/** How many children of a job are in which state. */
public record JobChildrenSummary(
        long dead,
        long pending,
        long running) {
}
