package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Values;

/** What one task holds. */
public record AllocatedTaskResources(
        AllocatedCpu cpu,
        List<AllocatedDevice> devices,
        AllocatedMemory memory,
        List<NetworkResource> networks) {
    public AllocatedTaskResources {
        devices = Values.list(devices);
        networks = Values.list(networks);
    }
}
