package muster.scheduler.job;

/** Which gateways an upstream goes through. */
public record ConsulMeshGateway(
        String mode) {
    public ConsulMeshGateway {
        mode = Values.text(mode);
    }
}
