package muster.scheduler.state;

import java.util.List;

/** Allocations, by id, by job and by node, with what those of a node hold of it. Part of an {@link Edit}. */
final class AllocationEdit {
    private final Statuses statuses;
    private final ServiceEdit services;
    private final Touched touched;
    private Table<Allocation> all;
    private Table<Allocation> byJob;
    private Table<Allocation> byNode;
    private Table<NodeUse> use;

    AllocationEdit(State from, Statuses statuses, ServiceEdit services, Touched touched) {
        this.statuses = statuses;
        this.services = services;
        this.touched = touched;
        all = from.allocations();
        byJob = from.byJob();
        byNode = from.byNode();
        use = from.use();
    }

    Table<Allocation> all() {
        return all;
    }

    Table<Allocation> byJob() {
        return byJob;
    }

    Table<Allocation> byNode() {
        return byNode;
    }

    Table<NodeUse> use() {
        return use;
    }

    /** Null where there is none. */
    Allocation get(String id) {
        return all.get(id);
    }

    /** @param ordered whether its client has to know of it */
    void put(Allocation changed, boolean ordered) {
        put(all.get(changed.id()), changed, ordered);
    }

    /**
     * @param old what is there under the same id, null where nothing is
     * @param ordered whether its client has to know of it
     */
    void put(Allocation old, Allocation changed, boolean ordered) {
        Allocation stored = changed.withIndexes(ordered || old == null ? touched.index : changed.allocModifyIndex(),
                old == null ? touched.index : old.createIndex(), touched.index);
        all = all.with(stored.id(), stored, touched.owner);
        byJob = byJob.with(State.key(stored.namespace(), stored.jobId(), stored.id()), stored, touched.owner);
        byNode = byNode.with(stored.nodeId() + '\0' + stored.id(), stored, touched.owner);
        touched.topic(Topic.ALLOCATIONS);
        // Its index is in the allocation: see State.indexOf.
        touched.wake(Topic.allocation(stored.id()));
        touched.topic(Topic.jobAllocations(stored.namespace(), stored.jobId()));
        touched.topic(Topic.nodeAllocations(stored.nodeId()));
        if (ordered) {
            touched.topic(Topic.nodeOrders(stored.nodeId()));
        }
        statuses.unsettled(State.key(stored.namespace(), stored.jobId()));
        touched.change("Allocation", stored.id(), stored.namespace(),
                List.of(stored.jobId(), stored.deploymentId()), stored.withJob(null));
        hold(old, stored);
        statuses.count(old, stored);
        if (stored.isClientTerminal()) {
            services.removeOf(stored.id());
        }
    }

    /** Keeps in step what a node's allocations hold of it: as {@code old} before, as {@code now} afterwards; null is nothing. */
    private void hold(Allocation old, Allocation now) {
        boolean held = old != null && !old.isTerminal();
        boolean holds = now != null && !now.isTerminal();
        if (held && holds && old.allocatedResources() == now.allocatedResources() || !held && !holds) {
            return;
        }
        String node = (held ? old : now).nodeId();
        NodeUse before = use.get(node);
        NodeUse after = before == null ? NodeUse.NONE : before;
        after = held ? after.without(old) : after;
        after = holds ? after.with(now) : after;
        use = after.allocations() == 0 ? use.without(node) : use.with(node, after, touched.owner);
    }

    void remove(String id) {
        Allocation old = all.get(id);
        if (old != null) {
            all = all.without(id);
            byJob = byJob.without(State.key(old.namespace(), old.jobId(), id));
            byNode = byNode.without(old.nodeId() + '\0' + id);
            hold(old, null);
            touched.topic(Topic.ALLOCATIONS, Topic.jobAllocations(old.namespace(), old.jobId()));
            touched.topic(Topic.nodeAllocations(old.nodeId()), Topic.nodeOrders(old.nodeId()));
            services.removeOf(id);
            touched.gone(Topic.allocation(id));
        }
    }
}
