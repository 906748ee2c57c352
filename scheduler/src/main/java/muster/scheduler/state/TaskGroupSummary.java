package muster.scheduler.state;

/** How many allocations of a group are in which state. */
public record TaskGroupSummary(
        int complete,
        int failed,
        int lost,
        int queued,
        int running,
        int starting) {

    /**
     * With one allocation counted under its new status and no longer under the old one. One that is new and pending was queued before.
     *
     * @param from the client status until now; null for a new allocation
     */
    TaskGroupSummary moved(String from, String to) {
        TaskGroupSummary left = from != null ? plus(from, -1)
                : to.equals(Allocation.PENDING) ? new TaskGroupSummary(complete, failed, lost, Math.max(0, queued - 1), running, starting) : this;
        return left.plus(to, 1);
    }

    private TaskGroupSummary plus(String clientStatus, int n) {
        return switch (clientStatus) {
            case Allocation.COMPLETE -> new TaskGroupSummary(Math.max(0, complete + n), failed, lost, queued, running, starting);
            case Allocation.FAILED -> new TaskGroupSummary(complete, Math.max(0, failed + n), lost, queued, running, starting);
            case Allocation.LOST, Allocation.UNKNOWN -> new TaskGroupSummary(complete, failed, Math.max(0, lost + n), queued, running, starting);
            case Allocation.RUNNING -> new TaskGroupSummary(complete, failed, lost, queued, Math.max(0, running + n), starting);
            default -> new TaskGroupSummary(complete, failed, lost, queued, running, Math.max(0, starting + n));
        };
    }
}
