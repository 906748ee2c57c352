package muster.scheduler.job;

import java.util.Map;

/** Something to fetch before a task starts. */
public record TaskArtifact(
        Map<String, String> getterHeaders,
        String getterMode,
        Map<String, String> getterOptions,
        String getterSource,
        String relativeDest) {
    public TaskArtifact {
        getterHeaders = Values.map(getterHeaders);
        getterOptions = Values.map(getterOptions);
    }
}
