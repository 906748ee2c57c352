package muster.registry.client;

import java.util.List;

/** A node and the services registered on it, by id; their checks are empty. */
public record NodeWithServices(Node node, List<ServiceInstance> services) {
    public NodeWithServices {
        services = List.copyOf(services);
    }
}
