package muster.scheduler.state;

import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** How many allocations of each group are in which state. */
public record JobSummary(
        JobChildrenSummary children,
        long createIndex,
        @Key("JobID") String jobId,
        long modifyIndex,
        String namespace,
        Map<String, TaskGroupSummary> summary) {
    public JobSummary {
        jobId = Values.text(jobId);
        namespace = Values.text(namespace);
        summary = Values.map(summary);
    }
}
