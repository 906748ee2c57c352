package muster.scheduler.state;

import java.util.List;

/** Nodes and their pools. Part of an {@link Edit}. */
final class NodeEdit {
    private final Touched touched;
    private Table<Node> all;
    private Table<NodePool> pools;

    NodeEdit(State from, Touched touched) {
        this.touched = touched;
        all = from.nodes();
        pools = from.nodePools();
    }

    Table<Node> all() {
        return all;
    }

    Table<NodePool> pools() {
        return pools;
    }

    void put(Node node) {
        Node old = all.get(node.id());
        Node stored = node.withCreateIndex(old == null ? touched.index : old.createIndex()).withModifyIndex(touched.index);
        all = all.with(stored.id(), stored);
        touched.topic(Topic.NODES, Topic.node(stored.id()));
        touched.change("Node", stored.id(), "", List.of(), stored.withSecretId(""));
    }

    void remove(String id) {
        all = all.without(id);
        touched.topic(Topic.NODES);
        touched.gone(Topic.node(id));
    }

    void putPool(NodePool pool) {
        NodePool stored = pool.at(touched.index, pools.get(pool.name()));
        pools = pools.with(stored.name(), stored);
        touched.topic(Topic.NODE_POOLS);
        touched.change("NodePool", stored.name(), "", List.of(), stored);
    }

    void removePool(String name) {
        NodePool old = pools.get(name);
        pools = pools.without(name);
        touched.topic(Topic.NODE_POOLS);
        touched.change("NodePool", name, "", List.of(), old);
    }
}
