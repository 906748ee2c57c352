package muster.scheduler.job;

/** Makes a service a gateway of the mesh. */
public record ConsulGateway(
        ConsulIngressConfigEntry ingress,
        ConsulMeshConfigEntry mesh,
        ConsulGatewayProxy proxy,
        ConsulTerminatingConfigEntry terminating) {
}
