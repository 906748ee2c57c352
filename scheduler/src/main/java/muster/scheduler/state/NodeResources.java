package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** What a node has. Ports that may be given out dynamically are a range, both ends included; 0 is the default. */
public record NodeResources(
        NodeCpuResources cpu,
        List<NodeDevice> devices,
        NodeDiskResources disk,
        @Key(omitEmpty = true) int maxDynamicPort,
        NodeMemoryResources memory,
        @Key(omitEmpty = true) int minDynamicPort,
        List<NetworkResource> networks,
        List<NodeNetworkResource> nodeNetworks) {
    public NodeResources {
        devices = Values.list(devices);
        networks = Values.list(networks);
        nodeNetworks = Values.list(nodeNetworks);
    }
}
