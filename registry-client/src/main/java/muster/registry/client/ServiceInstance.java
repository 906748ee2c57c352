package muster.registry.client;

import java.util.List;
import java.util.Map;

/**
 * One address and port of a service (on the wire: CatalogService, ServiceEntry).
 *
 * @param kind "" for a plain service, else the kind of proxy
 * @param address the instance's own; "" means its node's
 * @param port 0 when it has none
 * @param weights DNS weights by state
 * @param checks of the instance and of its node; empty where the query does not carry them
 */
public record ServiceInstance(
        Node node,
        String kind,
        String id,
        String name,
        List<String> tags,
        String address,
        int port,
        Map<String, TaggedAddress> taggedAddresses,
        Map<String, String> meta,
        Weights weights,
        boolean enableTagOverride,
        List<HealthCheck> checks,
        long createIndex,
        long modifyIndex) {
    /** An address under a name such as {@code lan} or {@code wan_ipv4}. */
    public record TaggedAddress(String address, int port) {}

    /** How much of the traffic an instance wants, by its state. */
    public record Weights(int passing, int warning) {
        public static final Weights DEFAULT = new Weights(1, 1);
    }

    public ServiceInstance {
        tags = List.copyOf(tags);
        taggedAddresses = Map.copyOf(taggedAddresses);
        meta = Map.copyOf(meta);
        checks = List.copyOf(checks);
    }

    /** The address to connect to: its own, or its node's. */
    public String effectiveAddress() {
        return address.isEmpty() ? node.address() : address;
    }

    /** The worst state of its checks and its node's: maintenance, critical, warning, passing. */
    public HealthCheck.Status status() {
        HealthCheck.Status worst = HealthCheck.Status.PASSING;
        for (HealthCheck check : checks) {
            HealthCheck.Status status = check.isMaintenance() ? HealthCheck.Status.MAINTENANCE : check.status();
            if (status.compareTo(worst) > 0) {
                worst = status;
            }
        }
        return worst;
    }
}
