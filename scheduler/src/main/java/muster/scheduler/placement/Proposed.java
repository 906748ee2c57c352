package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.State;

/**
 * A snapshot as it would be with the plan so far: what stops is gone, what is placed is there. One evaluation's thread
 * owns it.
 */
public final class Proposed {
    private final State state;
    private final Set<String> stopped = new HashSet<>();
    private final Map<String, Map<String, Allocation>> placedByNode = new HashMap<>();

    public Proposed(State state) {
        this.state = state;
    }

    public State state() {
        return state;
    }

    public void stop(Allocation allocation) {
        stopped.add(allocation.id());
    }

    /** Takes back a {@link #stop}. */
    public void keep(Allocation allocation) {
        stopped.remove(allocation.id());
    }

    /** Adds an allocation, or replaces the one of the same id on its node. */
    public void place(Allocation allocation) {
        placedByNode.computeIfAbsent(allocation.nodeId(), id -> new LinkedHashMap<>()).put(allocation.id(), allocation);
    }

    /** What would hold resources of the node. */
    public List<Allocation> on(String nodeId) {
        Map<String, Allocation> placed = placedByNode.getOrDefault(nodeId, Map.of());
        List<Allocation> all = new ArrayList<>();
        for (Allocation live : state.liveOn(nodeId)) {
            if (!stopped.contains(live.id()) && !placed.containsKey(live.id())) {
                all.add(live);
            }
        }
        all.addAll(placed.values());
        return all;
    }

    /** What would be there of the job, on all nodes. */
    List<Allocation> of(String namespace, String job) {
        Map<String, Allocation> all = new LinkedHashMap<>();
        for (Allocation live : state.allocationsOf(namespace, job)) {
            if (!live.isTerminal() && !stopped.contains(live.id())) {
                all.put(live.id(), live);
            }
        }
        for (Map<String, Allocation> placed : placedByNode.values()) {
            for (Allocation allocation : placed.values()) {
                if (allocation.jobId().equals(job) && allocation.namespace().equals(namespace)) {
                    all.put(allocation.id(), allocation);
                }
            }
        }
        return List.copyOf(all.values());
    }
}
