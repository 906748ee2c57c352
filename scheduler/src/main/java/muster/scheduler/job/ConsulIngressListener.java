package muster.scheduler.job;

import java.util.List;

/** A listener of an ingress gateway. */
public record ConsulIngressListener(
        int port,
        String protocol,
        List<ConsulIngressService> services) {
    public ConsulIngressListener {
        protocol = Values.text(protocol);
        services = Values.list(services);
    }
}
