package muster.scheduler.job;

/** Whether a gateway's listeners use TLS. */
public record ConsulGatewayTLSConfig(
        boolean enabled) {
}
