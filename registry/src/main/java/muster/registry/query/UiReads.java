package muster.registry.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Node;
import muster.registry.state.Part;
import muster.registry.state.Part.Table;
import muster.registry.state.Service;
import muster.registry.state.State;

/** The reads that Consul's API has for web pages: whole tables at once. */
public final class UiReads {
    private UiReads() {}

    private static final Part[] ALL = {new Part.Whole(Table.NODES), new Part.Whole(Table.SERVICES), new Part.Whole(Table.CHECKS)};

    /** GET internal/ui/services: every instance with its checks and its node's, in the order of the services' names. */
    public record AllInstances() implements StateQuery<List<Catalog.Instance>> {
        @Override
        public Answer<List<Catalog.Instance>> answer(State state) {
            Catalog catalog = state.catalog();
            // One pass over all checks: asking for each service's would go over its node's each time.
            Map<Owner, List<Check>> checks = new HashMap<>();
            for (Check check : catalog.checks().all()) {
                checks.computeIfAbsent(Owner.of(check.node(), check.serviceId()), owner -> new ArrayList<>(2)).add(check);
            }
            List<Catalog.Instance> instances = new ArrayList<>();
            for (Service service : catalog.byName().all()) {
                List<Check> own = new ArrayList<>(checks.getOrDefault(Owner.of(service.node(), ""), List.of()));
                own.addAll(checks.getOrDefault(Owner.of(service.node(), service.id()), List.of()));
                instances.add(new Catalog.Instance(catalog.nodeOf(service), service, own));
            }
            return Answer.of(instances, catalog.indexes().max(), ALL);
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().indexes().max());
        }
    }

    private record Owner(String node, String service) {
        static Owner of(String node, String service) {
            return new Owner(node.toLowerCase(java.util.Locale.ROOT), service.toLowerCase(java.util.Locale.ROOT));
        }
    }

    /** A node with all that is on it. */
    public record NodeDump(Node node, List<Service> services, List<Check> checks) {}

    /** GET internal/ui/nodes and internal/ui/node/NAME; "" is all. */
    public record Nodes(String name) implements StateQuery<List<NodeDump>> {
        @Override
        public Answer<List<NodeDump>> answer(State state) {
            Catalog catalog = state.catalog();
            List<Node> nodes = name.isEmpty() ? catalog.nodes().all() : catalog.node(name).stream().toList();
            return Answer.of(nodes.stream().map(node -> new NodeDump(node, catalog.servicesOf(node.name()), catalog.checksOf(node.name())))
                    .toList(), catalog.indexes().max(), ALL);
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().indexes().max());
        }
    }
}
