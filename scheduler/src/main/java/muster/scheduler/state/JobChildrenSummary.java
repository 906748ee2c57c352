package muster.scheduler.state;

/** How many children of a job are in which state. */
public record JobChildrenSummary(
        long dead,
        long pending,
        long running) {

    /**
     * With one child counted under its new status and no longer under the old one.
     *
     * @param from the job status until now; null for a new child
     * @param to the job status from now on; null for a child that is gone
     */
    JobChildrenSummary moved(String from, String to) {
        return plus(from, -1).plus(to, 1);
    }

    private JobChildrenSummary plus(String status, int n) {
        return switch (status) {
            case "dead" -> new JobChildrenSummary(Math.max(0, dead + n), pending, running);
            case "pending" -> new JobChildrenSummary(dead, Math.max(0, pending + n), running);
            case "running" -> new JobChildrenSummary(dead, pending, Math.max(0, running + n));
            case null, default -> this;
        };
    }
}
