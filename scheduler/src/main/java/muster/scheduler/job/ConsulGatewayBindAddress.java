package muster.scheduler.job;

/** An address on which a gateway listens. */
public record ConsulGatewayBindAddress(
        String address,
        String name,
        int port) {
    public ConsulGatewayBindAddress {
        address = Values.text(address);
        name = Values.text(name);
    }
}
