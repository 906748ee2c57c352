package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Values;

/** What the tasks of an allocation hold together. */
public record AllocatedSharedResources(
        long diskMB,
        List<NetworkResource> networks,
        List<AllocatedPort> ports) {
    public AllocatedSharedResources {
        networks = Values.list(networks);
        ports = Values.list(ports);
    }
}
