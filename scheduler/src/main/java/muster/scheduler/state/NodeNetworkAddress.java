package muster.scheduler.state;

import muster.scheduler.job.Values;

/** An address of a network device; the alias is the host network's name. */
public record NodeNetworkAddress(
        String address,
        String alias,
        String family,
        String gateway,
        String reservedPorts) {
    public NodeNetworkAddress {
        address = Values.text(address);
        alias = Values.text(alias);
        family = Values.text(family);
        gateway = Values.text(gateway);
        reservedPorts = Values.text(reservedPorts);
    }
}
