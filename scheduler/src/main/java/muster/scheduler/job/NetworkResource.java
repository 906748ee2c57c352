package muster.scheduler.job;

import java.util.List;
import muster.wire.Key;

/** A network with its ports, as asked for and as granted. */
public record NetworkResource(
        @Key("CIDR") String cidr,
        @Key("DNS") DNSConfig dns,
        String device,
        List<Port> dynamicPorts,
        @Key("IP") String ip,
        Integer mBits,
        String mode,
        List<Port> reservedPorts) {
    public NetworkResource {
        cidr = Values.text(cidr);
        device = Values.text(device);
        dynamicPorts = Values.list(dynamicPorts);
        ip = Values.text(ip);
        mode = Values.text(mode);
        reservedPorts = Values.list(reservedPorts);
    }

    /** A copy with another DynamicPorts. */
    public NetworkResource withDynamicPorts(List<Port> dynamicPorts) {
        return new NetworkResource(cidr, dns, device, dynamicPorts, ip, mBits, mode, reservedPorts);
    }

    /** A copy with another ReservedPorts. */
    public NetworkResource withReservedPorts(List<Port> reservedPorts) {
        return new NetworkResource(cidr, dns, device, dynamicPorts, ip, mBits, mode, reservedPorts);
    }

    /** A copy with another IP. */
    public NetworkResource withIp(String ip) {
        return new NetworkResource(cidr, dns, device, dynamicPorts, ip, mBits, mode, reservedPorts);
    }

    /** A copy with another Device. */
    public NetworkResource withDevice(String device) {
        return new NetworkResource(cidr, dns, device, dynamicPorts, ip, mBits, mode, reservedPorts);
    }

    /** A copy with another MBits. */
    public NetworkResource withMBits(Integer mBits) {
        return new NetworkResource(cidr, dns, device, dynamicPorts, ip, mBits, mode, reservedPorts);
    }
}
