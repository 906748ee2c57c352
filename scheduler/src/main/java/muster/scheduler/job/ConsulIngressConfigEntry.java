package muster.scheduler.job;

import java.util.List;
import muster.wire.Key;

/** What an ingress gateway listens for. */
public record ConsulIngressConfigEntry(
        List<ConsulIngressListener> listeners,
        @Key("TLS") ConsulGatewayTLSConfig tls) {
    public ConsulIngressConfigEntry {
        listeners = Values.list(listeners);
    }
}
