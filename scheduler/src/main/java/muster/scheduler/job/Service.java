package muster.scheduler.job;

import java.util.List;
import java.util.Map;
import muster.wire.Key;

/**
 * A registration in the registry for each allocation. {@code id} and {@code checkRestart} exist in job files only: the
 * server keeps neither. {@code namespace} exists in the stored job only. {@code provider} is {@code consul}, also where it is
 * empty, or {@code nomad}: then the scheduler's own state lists it; jobs that do not name it are without it in JSON, as they are without
 * {@code address}, which stands for the one that would be found, and {@code taggedAddresses}, which stand beside it.
 */
public record Service(
        @Key(omitEmpty = true) String address,
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
        @Key(omitEmpty = true) String provider,
        @Key(omitEmpty = true) Map<String, String> taggedAddresses,
        List<String> tags,
        String taskName) {
    public Service {
        address = Values.text(address);
        addressMode = Values.text(addressMode);
        canaryMeta = Values.map(canaryMeta);
        canaryTags = Values.list(canaryTags);
        checks = Values.list(checks);
        id = Values.text(id);
        meta = Values.map(meta);
        name = Values.text(name);
        onUpdate = Values.text(onUpdate);
        portLabel = Values.text(portLabel);
        provider = Values.text(provider);
        taggedAddresses = Values.map(taggedAddresses);
        tags = Values.list(tags);
        taskName = Values.text(taskName);
    }

    /** Whether the scheduler's own state lists it. */
    public boolean isNative() {
        return provider.equals("nomad");
    }

    /** A copy with another Name. */
    public Service withName(String name) {
        return new Service(address, addressMode, canaryMeta, canaryTags, checkRestart, checks, connect, enableTagOverride, id,
                meta, name, namespace, onUpdate, portLabel, provider, taggedAddresses, tags, taskName);
    }

    /** A copy with another Checks. */
    public Service withChecks(List<ServiceCheck> checks) {
        return new Service(address, addressMode, canaryMeta, canaryTags, checkRestart, checks, connect, enableTagOverride, id,
                meta, name, namespace, onUpdate, portLabel, provider, taggedAddresses, tags, taskName);
    }
}
