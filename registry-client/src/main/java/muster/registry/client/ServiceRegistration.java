package muster.registry.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service as its owner registers it with the local agent.
 *
 * @param address "" for the agent's node's
 * @param taggedAddresses more addresses of it, by what they are for
 */
public record ServiceRegistration(
        String id,
        String name,
        List<String> tags,
        String address,
        int port,
        Map<String, ServiceInstance.TaggedAddress> taggedAddresses,
        Map<String, String> meta,
        ServiceInstance.Weights weights,
        boolean enableTagOverride,
        List<Check> checks) {
    public ServiceRegistration {
        tags = List.copyOf(tags);
        taggedAddresses = Map.copyOf(taggedAddresses);
        meta = Map.copyOf(meta);
        checks = List.copyOf(checks);
    }

    /** With one address alone. */
    public ServiceRegistration(String id, String name, List<String> tags, String address, int port, Map<String, String> meta,
            ServiceInstance.Weights weights, boolean enableTagOverride, List<Check> checks) {
        this(id, name, tags, address, port, Map.of(), meta, weights, enableTagOverride, checks);
    }

    /**
     * A check of the service.
     *
     * @param id "" for one made from the service's id
     * @param status the state until the first run; critical where empty
     * @param successBeforePassing results in a row needed to turn, 0 and 1 mean at once
     */
    public record Check(
            String id,
            String name,
            Probe probe,
            Optional<HealthCheck.Status> status,
            int successBeforePassing,
            int failuresBeforeCritical,
            Optional<Duration> deregisterCriticalServiceAfter) {}

    /** What a check does. */
    public sealed interface Probe {
        /** GET or another method; 2xx passes, 429 warns. */
        record Http(
                String url,
                String method,
                Map<String, List<String>> header,
                String body,
                boolean tlsSkipVerify,
                Duration interval,
                Duration timeout) implements Probe {}

        /** Passes if {@code host:port} accepts a connection. */
        record Tcp(String address, Duration interval, Duration timeout) implements Probe {}

        /** The owner reports; late is critical. */
        record Ttl(Duration ttl) implements Probe {}

        /** gRPC health protocol on {@code host:port/service}. */
        record Grpc(String target, boolean tls, Duration interval, Duration timeout) implements Probe {}

        /** A program run by the registry's agent: exit 0 passes, 1 warns. */
        record Script(List<String> args, Duration interval, Duration timeout) implements Probe {}
    }
}
