package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Reach;
import muster.scheduler.job.Values;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.HostVolume;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeDevice;
import muster.scheduler.state.NodeNetworkAddress;
import muster.scheduler.state.NodeNetworkResource;
import muster.scheduler.state.State;
import muster.scheduler.state.Table;

/**
 * What the ready nodes of a state are like, in the order of their ids: worked out once for all jobs that are placed before any
 * node changes. Nodes that differ in nothing but names, ids and unique attributes are of one kind, so that what a group
 * thinks of a node is found out once for each kind. Immutable.
 */
final class Roster {
    /** All that feasibility looks at, besides what is unique to a node; the class stands for attributes and meta. */
    private record Kind(String computedClass, Object itself, Map<String, Boolean> drivers, Map<String, HostVolume> volumes,
            Set<String> networks, List<NodeDevice> devices) {}

    final Node[] nodes;
    final Capacity[] capacities;
    final int[] kinds;
    final int kindCount;
    final Map<String, Integer> inDatacenter = new TreeMap<>();
    private final Set<String> pools = new LinkedHashSet<>();

    private Roster(Table<Node> table) {
        List<Node> ready = new ArrayList<>();
        for (Node node : table) {
            if (node.isReady()) {
                ready.add(node);
                inDatacenter.merge(node.datacenter(), 1, Integer::sum);
                pools.add(node.pool());
            }
        }
        nodes = ready.toArray(Node[]::new);
        capacities = new Capacity[nodes.length];
        kinds = new int[nodes.length];
        Map<Kind, Integer> known = new HashMap<>();
        for (int i = 0; i < nodes.length; i++) {
            capacities[i] = Capacity.of(nodes[i]);
            kinds[i] = known.computeIfAbsent(kind(nodes[i]), kind -> known.size());
        }
        kindCount = known.size();
    }

    private Roster(Roster all, Reach reach) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < all.nodes.length; i++) {
            if (all.nodes[i].isWithin(reach)) {
                chosen.add(i);
                inDatacenter.merge(all.nodes[i].datacenter(), 1, Integer::sum);
            }
        }
        nodes = chosen.stream().map(i -> all.nodes[i]).toArray(Node[]::new);
        capacities = chosen.stream().map(i -> all.capacities[i]).toArray(Capacity[]::new);
        kinds = chosen.stream().mapToInt(i -> all.kinds[i]).toArray();
        kindCount = all.kindCount;
    }

    /** The ready nodes within a job's reach. */
    static Roster of(State state, Reach reach) {
        Roster all = state.nodes().derived(Roster.class, Roster::new);
        boolean everywhere = all.pools.stream().allMatch(pool -> all.inDatacenter.keySet().stream().allMatch(place -> reach.covers(place, pool)));
        return everywhere ? all : new Roster(all, reach);
    }

    private static Kind kind(Node node) {
        Map<String, Boolean> drivers = new HashMap<>();
        for (Map.Entry<String, DriverState> driver : Values.orEmpty(node.drivers()).entrySet()) {
            drivers.put(driver.getKey(), driver.getValue().detected() && driver.getValue().healthy());
        }
        Set<String> networks = new LinkedHashSet<>();
        for (NodeNetworkResource network : Values.orEmpty(node.nodeResources().nodeNetworks())) {
            for (NodeNetworkAddress address : Values.orEmpty(network.addresses())) {
                networks.add("alias " + address.alias());
            }
        }
        for (NetworkResource network : Values.orEmpty(node.nodeResources().networks())) {
            networks.add("mode " + network.mode());
        }
        return new Kind(node.computedClass(), node.computedClass().isEmpty() ? node : null, drivers, node.hostVolumes(), networks,
                node.nodeResources().devices());
    }
}
