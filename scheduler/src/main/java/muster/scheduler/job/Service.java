package muster.scheduler.job;

import java.util.List;
import java.util.Map;

/**
 * A registration in the registry for each allocation. {@code id} and {@code checkRestart} exist in job files only: the
 * server keeps neither. {@code namespace} exists in the stored job only.
 */
public record Service(
        String addressMode,
        Map<String, String> canaryMeta,
        List<String> canaryTags,
        CheckRestart checkRestart,
        List<ServiceCheck> checks,
        ConsulConnect connect,
        boolean enableTagOverride,
        String id,
        Map<String, String> meta,
        String name,
        String namespace,
        String onUpdate,
        String portLabel,
        List<String> tags,
        String taskName) {
    public Service {
        addressMode = Values.text(addressMode);
        canaryMeta = Values.map(canaryMeta);
        canaryTags = Values.list(canaryTags);
        checks = Values.list(checks);
        id = Values.text(id);
        meta = Values.map(meta);
        name = Values.text(name);
        onUpdate = Values.text(onUpdate);
        portLabel = Values.text(portLabel);
        tags = Values.list(tags);
        taskName = Values.text(taskName);
    }

    /** A copy with another Name. */
    public Service withName(String name) {
        return new Service(addressMode, canaryMeta, canaryTags, checkRestart, checks, connect, enableTagOverride, id,
                meta, name, namespace, onUpdate, portLabel, tags, taskName);
    }

    /** A copy with another Checks. */
    public Service withChecks(List<ServiceCheck> checks) {
        return new Service(addressMode, canaryMeta, canaryTags, checkRestart, checks, connect, enableTagOverride, id,
                meta, name, namespace, onUpdate, portLabel, tags, taskName);
    }
}
