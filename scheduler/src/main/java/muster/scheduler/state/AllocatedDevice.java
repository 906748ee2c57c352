package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** Instances of a device given to a task. */
public record AllocatedDevice(
        List<String> deviceIDs,
        String name,
        String type,
        String vendor) {
    public AllocatedDevice {
        deviceIDs = Values.list(deviceIDs);
        name = Values.text(name);
        type = Values.text(type);
        vendor = Values.text(vendor);
    }
}
