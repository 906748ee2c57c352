package muster.scheduler.job;

import java.util.List;
import muster.wire.Key;

/** How a CSI volume is mounted. */
public record CSIMountOptions(
        @Key("FSType") String fsType,
        List<String> mountFlags) {
    public CSIMountOptions {
        fsType = Values.text(fsType);
        mountFlags = Values.list(mountFlags);
    }
}
