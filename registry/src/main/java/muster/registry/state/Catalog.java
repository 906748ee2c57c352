package muster.registry.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Nodes, the services on them and their checks. Immutable. Lists come in the order of node name, then id; names and ids do
 * not regard letter case.
 *
 * <p>Each service name has an index of its own, moved by whatever an answer about the service shows: its instances, their
 * checks, their nodes and the checks of those. When its last instance goes, that index goes too, and the name answers with
 * the index of the last time any service disappeared, so that who waits for it wakes.
 *
 * @param nodes by name
 * @param nodeNames names by node id
 * @param services by node and id
 * @param byName the same by service name, node and id
 * @param byDestination those that the mesh reaches a service through, by that service's name, node and id
 * @param checks by node and id
 * @param serviceIndexes by service name
 * @param lastExtinction when a service last lost its last instance; 0 for never
 */
public record Catalog(
        RadixTree<Node> nodes,
        RadixTree<String> nodeNames,
        RadixTree<Service> services,
        RadixTree<Service> byName,
        RadixTree<Service> byDestination,
        RadixTree<Check> checks,
        RadixTree<Long> serviceIndexes,
        long lastExtinction,
        Indexes indexes) {
    static final Catalog EMPTY = new Catalog(RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), RadixTree.empty(),
            RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), 0, new Indexes(0, 0, 0));

    /** When each table last changed; 0 for never. */
    public record Indexes(long nodes, long services, long checks) {
        /** The newest of them. */
        public long max() {
            return Math.max(nodes, Math.max(services, checks));
        }
    }

    /** An instance as a health query shows it: with its node, the node's checks and its own. */
    public record Instance(Node node, Service service, List<Check> checks) {}

    public Optional<Node> node(String name) {
        return nodes.get(Rows.fold(name));
    }

    public Optional<Service> service(String node, String id) {
        return services.get(serviceKey(node, id));
    }

    public Optional<Check> check(String node, String id) {
        return checks.get(serviceKey(node, id));
    }

    public List<Service> servicesOf(String node) {
        return services.under(Rows.key(Rows.fold(node)));
    }

    public List<Check> checksOf(String node) {
        return checks.under(Rows.key(Rows.fold(node)));
    }

    /** The instances of a service. */
    public List<Service> instances(String service) {
        return byName.under(Rows.key(Rows.fold(service)));
    }

    /** The proxies and mesh-native instances through which a service is reached. */
    public List<Service> connectable(String service) {
        return byDestination.under(Rows.key(Rows.fold(service)));
    }

    /** The checks of a service's instances, without those of their nodes. */
    public List<Check> checksOfService(String service) {
        List<Check> found = new ArrayList<>();
        for (Service instance : instances(service)) {
            for (Check check : checksOf(instance.node())) {
                if (check.serviceId().equalsIgnoreCase(instance.id())) {
                    found.add(check);
                }
            }
        }
        return found;
    }

    /** The service with its node and checks; the checks of the node come first. */
    public Instance withHealth(Service service) {
        List<Check> ofNode = new ArrayList<>();
        List<Check> own = new ArrayList<>();
        for (Check check : checksOf(service.node())) {
            if (check.serviceId().isEmpty()) {
                ofNode.add(check);
            } else if (check.serviceId().equalsIgnoreCase(service.id())) {
                own.add(check);
            }
        }
        ofNode.addAll(own);
        return new Instance(nodeOf(service), service, List.copyOf(ofNode));
    }

    /** The node of a service in this catalog. */
    public Node nodeOf(Service service) {
        return node(service.node()).orElseThrow(
                () -> new IllegalStateException("service " + service.id() + " is on unknown node " + service.node()));
    }

    /** Service names, sorted, with the sorted union of their instances' tags. */
    public Map<String, TreeSet<String>> names() {
        Map<String, TreeSet<String>> names = new TreeMap<>();
        for (Service service : services.all()) {
            names.computeIfAbsent(service.name(), name -> new TreeSet<>()).addAll(service.tags());
        }
        return names;
    }

    /** The index of a service's name, whether it has instances or not. */
    public long serviceIndex(String service) {
        return serviceIndexes.get(Rows.fold(service))
                .orElse(lastExtinction > 0 ? lastExtinction : indexes.max());
    }

    static String serviceKey(String node, String id) {
        return Rows.key(Rows.fold(node), Rows.fold(id));
    }
}
