package muster.dns.lookup;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import muster.registry.client.HealthCheck;
import muster.registry.client.Node;
import muster.registry.client.ServiceInstance;
import muster.registry.client.testing.FakeRegistry;

/** Registries for the tests of names. */
public final class Registry {
    private Registry() {}

    public static Node node(String name, String address, Map<String, String> meta) {
        return new Node("id-" + name, name, address, "dc1", Map.of(), meta, 0, 0);
    }

    /** An instance with one check of the given state. */
    public static ServiceInstance instance(Node node, String service, String id, String address, int port,
            HealthCheck.Status status, ServiceInstance.Weights weights, String... tags) {
        HealthCheck check = new HealthCheck(node.name(), "c-" + id, "c", status, "", "", id, service, List.of(tags), "ttl", 0, 0);
        return new ServiceInstance(node, "", id, service, List.of(tags), address, port, Map.of(), Map.of(), weights, false,
                List.of(check), 0, 0);
    }

    public static ServiceInstance passing(Node node, String service, String id, String address, int port, String... tags) {
        return instance(node, service, id, address, port, HealthCheck.Status.PASSING, ServiceInstance.Weights.DEFAULT, tags);
    }

    /** Adds so many instances of {@code many}, one on each node. */
    public static void many(FakeRegistry registry, int count) {
        IntStream.rangeClosed(1, count).forEach(i -> registry.add(
                passing(node("m" + i, "10.8.0." + i, Map.of()), "many", "many-" + i, "", 1000 + i)));
    }
}
