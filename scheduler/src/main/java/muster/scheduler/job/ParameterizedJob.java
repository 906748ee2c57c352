package muster.scheduler.job;

import java.util.List;

/** Makes a job a template for dispatched children. */
public record ParameterizedJob(
        List<String> metaOptional,
        List<String> metaRequired,
        String payload) {
    public ParameterizedJob {
        metaOptional = Values.list(metaOptional);
        metaRequired = Values.list(metaRequired);
        payload = Values.text(payload);
    }
}
