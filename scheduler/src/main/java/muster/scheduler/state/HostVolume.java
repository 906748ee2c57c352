package muster.scheduler.state;

import muster.scheduler.job.Values;

/** A folder that a node offers as a volume. */
public record HostVolume(
        String name,
        String path,
        boolean readOnly) {
    public HostVolume {
        name = Values.text(name);
        path = Values.text(path);
    }
}
