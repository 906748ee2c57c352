package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import muster.scheduler.job.Values;

/** What the commands about nodes do to the state. Pure, as {@link Applier}, whose part it is. */
final class NodeApplier {
    private static final int MAX_EVENTS = 10;

    private final Edit edit;
    private final State before;

    NodeApplier(Edit edit, State before) {
        this.edit = edit;
        this.before = before;
    }

    long register(Command.RegisterNode c) {
        Node old = before.nodes().get(c.node().id());
        Node node = c.node();
        if (old != null) {
            node = node.withEvents(old.events()).withDrain(old.drain()).withDrainStrategy(old.drainStrategy())
                    .withLastDrain(old.lastDrain()).withSchedulingEligibility(old.schedulingEligibility());
        }
        if (!before.nodePools().contains(node.pool())) {
            edit.nodes.putPool(NodePool.named(node.pool(), ""));
        }
        edit.nodes.put(withEvent(node, c.event()));
        return edit.each(c.evaluations(), edit.evaluations::put);
    }

    private static Node withEvent(Node node, NodeEvent... added) {
        List<NodeEvent> events = new ArrayList<>(Values.orEmpty(node.events()));
        for (NodeEvent event : added) {
            if (event != null) {
                events.add(event);
            }
        }
        return node.withEvents(events.subList(Math.max(0, events.size() - MAX_EVENTS), events.size()));
    }

    private Node node(String id) {
        Node node = edit.nodes.all().get(id);
        if (node == null) {
            throw new RefusedException("node not found");
        }
        return node;
    }

    long status(Command.UpdateNodeStatus c) {
        edit.nodes.put(withEvent(node(c.id()).withStatus(c.status()).withStatusUpdatedAt(c.updatedAt()), c.event()));
        return edit.each(c.evaluations(), edit.evaluations::put);
    }

    long eligibility(Command.UpdateNodeEligibility c) {
        Node node = node(c.id());
        if (node.drain() && c.eligibility().equals(Node.ELIGIBLE)) {
            throw new RefusedException("can not set node's scheduling eligibility to eligible while it is draining");
        }
        edit.nodes.put(withEvent(node.withSchedulingEligibility(c.eligibility()), c.event()));
        return edit.each(c.evaluations(), edit.evaluations::put);
    }

    long drain(Command.UpdateNodeDrain c) {
        Node node = node(c.id()).withDrain(c.strategy() != null).withDrainStrategy(c.strategy());
        if (c.last() != null) {
            node = node.withLastDrain(c.last());
        }
        String eligibility = c.strategy() != null ? Node.INELIGIBLE
                : c.markEligible() ? Node.ELIGIBLE : node.schedulingEligibility();
        edit.nodes.put(withEvent(node.withSchedulingEligibility(eligibility), c.event()));
        return edit.each(c.evaluations(), edit.evaluations::put);
    }

    long events(Command.AddNodeEvents c) {
        edit.nodes.put(withEvent(node(c.id()), c.events().toArray(NodeEvent[]::new)));
        return edit.index;
    }

    long deregister(Command.DeregisterNode c) {
        node(c.id());
        edit.nodes.remove(c.id());
        return edit.each(c.evaluations(), edit.evaluations::put);
    }

    long pools(List<NodePool> pools) {
        for (NodePool pool : Values.orEmpty(pools)) {
            if (pool.isBuiltIn()) {
                throw new RefusedException("modifying node pool \"" + pool.name() + "\" is not allowed");
            }
            edit.nodes.putPool(pool);
        }
        return edit.index;
    }

    long deletePools(List<String> names) {
        for (String name : Values.orEmpty(names)) {
            if (NodePool.isBuiltIn(name)) {
                throw new RefusedException("deleting node pool \"" + name + "\" is not allowed");
            }
            if (!before.nodePools().contains(name)) {
                throw new RefusedException("node pool " + name + " not found");
            }
            if (before.nodes().values().stream().anyMatch(node -> node.pool().equals(name))) {
                throw new RefusedException("node pool \"" + name + "\" has nodes");
            }
            if (before.jobs().values().stream().anyMatch(job -> job.pool().equals(name) && !"dead".equals(job.status()))) {
                throw new RefusedException("node pool \"" + name + "\" has non-terminal jobs");
            }
            edit.nodes.removePool(name);
        }
        return edit.index;
    }
}
