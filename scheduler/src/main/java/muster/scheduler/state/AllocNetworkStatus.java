package muster.scheduler.state;

import muster.scheduler.job.DNSConfig;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** The network namespace of an allocation. */
public record AllocNetworkStatus(
        String address,
        @Key("DNS") DNSConfig dns,
        String interfaceName) {
    public AllocNetworkStatus {
        address = Values.text(address);
        interfaceName = Values.text(interfaceName);
    }
}
