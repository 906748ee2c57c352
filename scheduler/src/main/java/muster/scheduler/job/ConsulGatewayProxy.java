package muster.scheduler.job;

import java.time.Duration;
import java.util.Map;

/** The configuration of a gateway's proxy. */
public record ConsulGatewayProxy(
        Map<String, Object> config,
        Duration connectTimeout,
        String envoyDNSDiscoveryType,
        Map<String, ConsulGatewayBindAddress> envoyGatewayBindAddresses,
        boolean envoyGatewayBindTaggedAddresses,
        boolean envoyGatewayNoDefaultBind) {
    public ConsulGatewayProxy {
        config = Values.map(config);
        envoyDNSDiscoveryType = Values.text(envoyDNSDiscoveryType);
        envoyGatewayBindAddresses = Values.map(envoyGatewayBindAddresses);
    }
}
