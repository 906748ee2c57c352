package muster.scheduler.state;

/** How many allocations of a group are in which state. */
public record TaskGroupSummary(
        int complete,
        int failed,
        int lost,
        int queued,
        int running,
        int starting) {
}
