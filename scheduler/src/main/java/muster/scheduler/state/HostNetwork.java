package muster.scheduler.state;

import muster.scheduler.job.Values;
import muster.wire.Key;

/** A network of a node that ports may ask for by name. */
public record HostNetwork(
        @Key("CIDR") String cidr,
        @Key("Interface") String device,
        String name,
        String reservedPorts) {
    public HostNetwork {
        cidr = Values.text(cidr);
        device = Values.text(device);
        name = Values.text(name);
        reservedPorts = Values.text(reservedPorts);
    }
}
