package muster.scheduler.state;

import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * The text from which a version of a job was made, with the values of its variables (API page "Jobs": submission).
 *
 * @param format {@code hcl2} or {@code json}
 * @param variableFlags values that were given one by one
 * @param variables the text of files of values
 */
public record JobSubmission(String format, @Key("JobID") String jobId, long jobModifyIndex, String namespace, String source, Map<String, String> variableFlags,
        String variables, long version) {
    public JobSubmission {
        format = Values.text(format);
        jobId = Values.text(jobId);
        namespace = Values.text(namespace);
        source = Values.text(source);
        variableFlags = Values.map(variableFlags);
        variables = Values.text(variables);
    }

    /** What was submitted for this version. */
    JobSubmission of(String namespace, String jobId, long version, long index) {
        return new JobSubmission(format, jobId, index, namespace, source, variableFlags, variables, version);
    }
}
