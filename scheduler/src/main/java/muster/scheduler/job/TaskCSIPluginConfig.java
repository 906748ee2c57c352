package muster.scheduler.job;

import muster.wire.Key;

/** Makes a task a CSI plugin. */
public record TaskCSIPluginConfig(
        @Key("ID") String id,
        String mountDir,
        String type) {
    public TaskCSIPluginConfig {
        id = Values.text(id);
        mountDir = Values.text(mountDir);
        type = Values.text(type);
    }
}
