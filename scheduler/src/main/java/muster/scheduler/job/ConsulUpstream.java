package muster.scheduler.job;

/** A service that a proxy makes reachable on a local port. */
public record ConsulUpstream(
        String datacenter,
        String destinationName,
        String localBindAddress,
        int localBindPort,
        ConsulMeshGateway meshGateway) {
    public ConsulUpstream {
        datacenter = Values.text(datacenter);
        destinationName = Values.text(destinationName);
        localBindAddress = Values.text(localBindAddress);
    }
}
