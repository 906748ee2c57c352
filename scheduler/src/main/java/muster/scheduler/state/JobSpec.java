package muster.scheduler.state;

import muster.scheduler.job.Job;

/** Whether two jobs ask for the same, whatever the server has noted on them. */
public final class JobSpec {
    private JobSpec() {}

    /** Compares all but versions, indexes, times, status and stability. */
    public static boolean isSame(Job a, Job b) {
        return bare(a).equals(bare(b));
    }

    private static Job bare(Job job) {
        return job.withStatus("").withStatusDescription("").withStable(false).withVersion(0L).withCreateIndex(0L)
                .withModifyIndex(0L).withJobModifyIndex(0L).withSubmitTime(0L).withVersionTag(null);
    }
}
