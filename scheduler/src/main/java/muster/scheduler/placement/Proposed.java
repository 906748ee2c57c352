package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.State;

/**
 * A snapshot as it would be with the plan so far: what stops is gone, what is placed is there. One evaluation's thread
 * owns it. Rankings follow it by its log of steps instead of looking at every node again.
 */
public final class Proposed {
    /** An allocation that began or ceased to hold something of its node. */
    record Step(Allocation allocation, boolean holds) {}

    private final State state;
    private final Set<String> stopped = new HashSet<>();
    private final Map<String, Allocation> placed = new LinkedHashMap<>();
    private final Map<String, Map<String, Allocation>> placedByNode = new HashMap<>();
    private final Map<String, NodeUse> changed = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();

    public Proposed(State state) {
        this.state = state;
    }

    public State state() {
        return state;
    }

    public void stop(Allocation allocation) {
        Allocation before = holding(allocation.id());
        stopped.add(allocation.id());
        step(before, holding(allocation.id()));
    }

    /** Takes back a {@link #stop}. */
    public void keep(Allocation allocation) {
        Allocation before = holding(allocation.id());
        stopped.remove(allocation.id());
        step(before, holding(allocation.id()));
    }

    /** Adds an allocation, or replaces the one of the same id on its node. One that was never committed is not looked for. */
    public void place(Allocation allocation) {
        Allocation before = allocation.createIndex() == 0 ? placed.get(allocation.id()) : holding(allocation.id());
        placed.put(allocation.id(), allocation);
        placedByNode.computeIfAbsent(allocation.nodeId(), id -> new LinkedHashMap<>()).put(allocation.id(), allocation);
        step(before, allocation);
    }

    private Allocation holding(String id) {
        Allocation own = placed.get(id);
        if (own != null) {
            return own;
        }
        Allocation live = stopped.contains(id) ? null : state.allocations().get(id);
        return live == null || live.isTerminal() ? null : live;
    }

    private void step(Allocation before, Allocation after) {
        if (before == after) {
            return;
        }
        if (before != null) {
            changed.put(before.nodeId(), use(before.nodeId()).without(before));
            steps.add(new Step(before, false));
        }
        if (after != null) {
            changed.put(after.nodeId(), use(after.nodeId()).with(after));
            steps.add(new Step(after, true));
        }
    }

    /** What would be held of the node. */
    public NodeUse use(String nodeId) {
        NodeUse own = changed.get(nodeId);
        return own == null ? state.useOf(nodeId) : own;
    }

    /** The use of a node where this plan changed it, null where it is as in the snapshot. */
    NodeUse changedUse(String nodeId) {
        return changed.get(nodeId);
    }

    /** What happened so far, in order; only ever grows. */
    List<Step> steps() {
        return steps;
    }

    /** What would hold resources of the node. */
    public List<Allocation> on(String nodeId) {
        Map<String, Allocation> own = placedByNode.getOrDefault(nodeId, Map.of());
        List<Allocation> all = new ArrayList<>();
        for (Allocation live : state.liveOn(nodeId)) {
            if (!stopped.contains(live.id()) && !own.containsKey(live.id())) {
                all.add(live);
            }
        }
        all.addAll(own.values());
        return all;
    }

    /** What would be there of the job, on all nodes. */
    List<Allocation> of(String namespace, String job) {
        List<Allocation> all = new ArrayList<>();
        for (Allocation live : state.allocationsOf(namespace, job)) {
            if (!live.isTerminal() && !stopped.contains(live.id()) && !placed.containsKey(live.id())) {
                all.add(live);
            }
        }
        for (Allocation allocation : placed.values()) {
            if (allocation.jobId().equals(job) && allocation.namespace().equals(namespace)) {
                all.add(allocation);
            }
        }
        return all;
    }
}
