package muster.scheduler.state;

import muster.scheduler.job.Values;

/** Reserved ports as a list of numbers and ranges. */
public record NodeReservedNetworkResources(
        String reservedHostPorts) {
    public NodeReservedNetworkResources {
        reservedHostPorts = Values.text(reservedHostPorts);
    }
}
