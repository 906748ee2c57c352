package muster.registry.agent;

import java.util.Map;
import java.util.Optional;
import muster.registry.state.Check;
import muster.registry.state.Node;
import muster.registry.state.Service;

/** What the catalog holds of one node: its services and checks by id; nothing when it has no such node. */
public record NodeRows(Optional<Node> node, Map<String, Service> services, Map<String, Check> checks) {
    /** The catalog does not know the node. */
    public static final NodeRows UNKNOWN = new NodeRows(Optional.empty(), Map.of(), Map.of());

    public NodeRows {
        services = Map.copyOf(services);
        checks = Map.copyOf(checks);
    }
}
