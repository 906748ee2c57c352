package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.State;

/**
 * The nodes that a job may be placed on by state and datacenter, numbered in the order of their ids, with what all rankings of
 * the job need of them.
 */
final class Candidates {
    final List<Node> nodes;
    final Capacity[] capacities;
    /** As in the snapshot. */
    final NodeUse[] uses;
    /** The order among nodes that are equally good: by chance to look at, but the same for the same job and nodes. */
    final long[] ties;
    final Map<String, Integer> available = new TreeMap<>();

    Candidates(State state, Job job) {
        nodes = ready(state, job);
        capacities = new Capacity[nodes.size()];
        uses = new NodeUse[nodes.size()];
        ties = new long[nodes.size()];
        long seed = mix(job.namespace().hashCode() * 31L + job.id().hashCode());
        for (String datacenter : Values.orEmpty(job.datacenters())) {
            available.put(datacenter, 0);
        }
        for (int i = 0; i < capacities.length; i++) {
            Node node = nodes.get(i);
            uses[i] = NodeUse.NONE;
            capacities[i] = Capacity.of(node);
            ties[i] = mix(seed ^ node.id().hashCode()) & ~0xfffffL | i & 0xfffffL;
            available.merge(node.datacenter(), 1, Integer::sum);
        }
        int[] at = {0};
        state.use().scan("", (id, use) -> {
            while (at[0] < uses.length && nodes.get(at[0]).id().compareTo(id) < 0) {
                at[0]++;
            }
            if (at[0] < uses.length && nodes.get(at[0]).id().equals(id)) {
                uses[at[0]] = use;
            }
            return at[0] < uses.length;
        });
    }

    /** Ready nodes in the job's datacenters, in the order of their ids. */
    static List<Node> ready(State state, Job job) {
        Set<String> datacenters = new HashSet<>(Values.orEmpty(job.datacenters()));
        List<Node> ready = new ArrayList<>();
        for (Node node : state.nodes()) {
            if (node.isReady() && datacenters.contains(node.datacenter())) {
                ready.add(node);
            }
        }
        return ready;
    }

    int size() {
        return capacities.length;
    }

    /** The number of a node, negative where it is none of these. */
    int indexOf(String nodeId) {
        int low = 0;
        int high = nodes.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = nodes.get(middle).id().compareTo(nodeId);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
