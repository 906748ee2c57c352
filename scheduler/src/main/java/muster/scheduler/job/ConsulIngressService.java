package muster.scheduler.job;

import java.util.List;

/** A service behind an ingress listener. */
public record ConsulIngressService(
        List<String> hosts,
        String name) {
    public ConsulIngressService {
        hosts = Values.list(hosts);
        name = Values.text(name);
    }
}
