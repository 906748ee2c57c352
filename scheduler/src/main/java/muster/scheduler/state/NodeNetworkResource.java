package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** A network device of a node. */
public record NodeNetworkResource(
        List<NodeNetworkAddress> addresses,
        String device,
        String macAddress,
        String mode,
        int speed) {
    public NodeNetworkResource {
        addresses = Values.list(addresses);
        device = Values.text(device);
        macAddress = Values.text(macAddress);
        mode = Values.text(mode);
    }
}
