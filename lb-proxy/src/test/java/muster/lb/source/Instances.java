package muster.lb.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.registry.client.HealthCheck;
import muster.registry.client.Node;
import muster.registry.client.ServiceInstance;

/** Instances for tests. */
public final class Instances {
    private Instances() {}

    /** An instance with one check of its own, which passes. */
    public static ServiceInstance passing(String service, int port, String... tags) {
        return with(service, port, List.of(tags), check("service:" + service, service, "passing"));
    }

    public static ServiceInstance with(String service, int port, List<String> tags, HealthCheck... checks) {
        Node node = new Node("", "node-1", "127.0.0.1", "dc1", Map.of(), Map.of(), 1, 1);
        return new ServiceInstance(node, "", service + "-" + port, service, tags, "", port, Map.of(), Map.of(),
                ServiceInstance.Weights.DEFAULT, false, new ArrayList<>(List.of(checks)), 1, 1);
    }

    /** A check of a service's instance, or of the node where the service is "". */
    public static HealthCheck check(String id, String service, String status) {
        return new HealthCheck("node-1", id, id, HealthCheck.Status.of(status), "", "", service, service, List.of(), "ttl", 1, 1);
    }
}
