package muster.scheduler.placement;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Reach;
import muster.scheduler.job.Values;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.State;

/**
 * The nodes that a job may be placed on by state, datacenter and pool, numbered in the order of their ids, with what all rankings of
 * the job need of them.
 */
final class Candidates {
    final Roster roster;
    final Node[] nodes;
    /** As in the snapshot. */
    final NodeUse[] uses;
    /** The order among nodes that are equally good: by chance to look at, but the same for the same job and nodes. */
    final long[] ties;
    final Map<String, Integer> available = new TreeMap<>();

    Candidates(State state, Job job) {
        roster = Roster.of(state, Reach.of(job));
        nodes = roster.nodes;
        Values.orEmpty(job.datacenters()).stream().filter(Reach::isName).forEach(datacenter -> available.put(datacenter, 0));
        available.putAll(roster.inDatacenter);
        uses = new NodeUse[nodes.length];
        ties = new long[nodes.length];
        long seed = mix(job.namespace().hashCode() * 31L + job.id().hashCode());
        for (int i = 0; i < nodes.length; i++) {
            uses[i] = NodeUse.NONE;
            ties[i] = mix(seed ^ nodes[i].id().hashCode()) & ~0xfffffL | i & 0xfffffL;
        }
        int[] at = {0};
        state.use().scan("", (id, use) -> {
            while (at[0] < nodes.length) {
                String own = nodes[at[0]].id();
                if (own.equals(id)) {
                    uses[at[0]++] = use;
                    break;
                }
                if (own.compareTo(id) > 0) {
                    break;
                }
                at[0]++;
            }
            return at[0] < nodes.length;
        });
    }

    /** Ready nodes in the job's datacenters and pool, in the order of their ids. */
    static List<Node> ready(State state, Job job) {
        return List.of(Roster.of(state, Reach.of(job)).nodes);
    }

    int size() {
        return nodes.length;
    }

    Capacity capacity(int i) {
        return roster.capacities[i];
    }

    /** The number of a node, negative where it is none of these. */
    int indexOf(String nodeId) {
        int low = 0;
        int high = nodes.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = nodes[middle].id().compareTo(nodeId);
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
