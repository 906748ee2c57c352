package muster.registry.state;

import java.util.Optional;

/** Changes of the catalog at one index. Owned by the command that is applied. */
final class CatalogDraft {
    private final RadixTree.Editor<Node> nodes;
    private final RadixTree.Editor<String> nodeNames;
    private final RadixTree.Editor<Service> services;
    private final RadixTree.Editor<Service> byName;
    private final RadixTree.Editor<Service> byDestination;
    private final RadixTree.Editor<Check> checks;
    private final RadixTree.Editor<Long> serviceIndexes;
    private final long index;
    private final Changes.Builder changes;
    private long lastExtinction;
    private Catalog.Indexes indexes;

    CatalogDraft(Catalog from, long index, Changes.Builder changes) {
        nodes = from.nodes().edit();
        nodeNames = from.nodeNames().edit();
        services = from.services().edit();
        byName = from.byName().edit();
        byDestination = from.byDestination().edit();
        checks = from.checks().edit();
        serviceIndexes = from.serviceIndexes().edit();
        lastExtinction = from.lastExtinction();
        indexes = from.indexes();
        this.index = index;
        this.changes = changes;
    }

    Catalog done() {
        return new Catalog(nodes.done(), nodeNames.done(), services.done(), byName.done(), byDestination.done(),
                checks.done(), serviceIndexes.done(), lastExtinction, indexes);
    }

    Optional<Node> node(String name) {
        return nodes.get(Rows.fold(name));
    }

    /** The node with an id, under whatever name. */
    Optional<Node> nodeWithId(String id) {
        return id.isEmpty() ? Optional.empty() : nodeNames.get(id).flatMap(this::node);
    }

    Optional<Service> service(String node, String id) {
        return services.get(Catalog.serviceKey(node, id));
    }

    Optional<Check> check(String node, String id) {
        return checks.get(Catalog.serviceKey(node, id));
    }

    void putNode(Node node) {
        Optional<Node> present = node(node.name());
        if (present.isPresent() && present.get().holdsSame(node)) {
            return;
        }
        present.map(Node::id).filter(id -> !id.isEmpty() && !id.equals(node.id())).ifPresent(nodeNames::remove);
        nodes.put(Rows.fold(node.name()), node.at(present.map(Node::createIndex).orElse(index), index), index);
        if (!node.id().isEmpty()) {
            nodeNames.put(node.id(), node.name(), index);
        }
        touchNodes();
        touchNode(node.name());
        touchServicesOf(node.name());
    }

    /** The caller has seen to it that the node exists. */
    void putService(Service service) {
        Optional<Service> present = service(service.node(), service.id());
        if (present.isPresent() && present.get().holdsSame(service)) {
            return;
        }
        Service stored = service.at(present.map(Service::createIndex).orElse(index), index);
        present.ifPresent(this::unlink);
        link(stored);
        touchServices();
        touchNode(service.node());
        touchService(service.name());
        if (present.isPresent() && !present.get().name().equalsIgnoreCase(service.name())) {
            left(present.get().name());
        }
    }

    /** Sets a check; one that is unchanged stays as it is. The caller has seen to it that node and service exist. */
    void putCheck(Check check) {
        Optional<Check> present = check(check.node(), check.id());
        if (present.isPresent() && present.get().holdsSame(check)) {
            return;
        }
        Check stored = check.at(present.map(Check::createIndex).orElse(index), index);
        checks.put(Catalog.serviceKey(check.node(), check.id()), stored, index);
        touchCheck(stored);
    }

    void removeCheck(Check check) {
        if (checks.remove(Catalog.serviceKey(check.node(), check.id()))) {
            touchCheck(check);
        }
    }

    /** Removes a service; its checks are the caller's to remove before. */
    void removeService(Service service) {
        unlink(service);
        touchServices();
        touchNode(service.node());
        left(service.name());
    }

    /** Removes a node; its services and checks are the caller's to remove before. */
    void removeNode(Node node) {
        nodes.remove(Rows.fold(node.name()));
        if (nodeNames.get(node.id()).filter(node.name()::equalsIgnoreCase).isPresent()) {
            nodeNames.remove(node.id());
        }
        touchNodes();
        touchNode(node.name());
    }

    Iterable<Service> servicesOf(String node) {
        return services.under(Rows.key(Rows.fold(node)));
    }

    Iterable<Check> checksOf(String node) {
        return checks.under(Rows.key(Rows.fold(node)));
    }

    private void link(Service service) {
        String node = Rows.fold(service.node());
        String id = Rows.fold(service.id());
        services.put(Rows.key(node, id), service, index);
        byName.put(Rows.key(Rows.fold(service.name()), node, id), service, index);
        service.destination().ifPresent(name -> byDestination.put(Rows.key(Rows.fold(name), node, id), service, index));
    }

    private void unlink(Service service) {
        String node = Rows.fold(service.node());
        String id = Rows.fold(service.id());
        services.remove(Rows.key(node, id));
        byName.remove(Rows.key(Rows.fold(service.name()), node, id));
        service.destination().ifPresent(name -> byDestination.remove(Rows.key(Rows.fold(name), node, id)));
    }

    /** An instance left the name: the name's index moves, or ends with it. */
    private void left(String name) {
        String folded = Rows.fold(name);
        changes.touch(new Part.ServiceNamed(name));
        if (byName.under(Rows.key(folded)).isEmpty()) {
            serviceIndexes.remove(folded);
            lastExtinction = index;
        } else {
            serviceIndexes.put(folded, index, index);
        }
    }

    private void touchCheck(Check check) {
        indexes = new Catalog.Indexes(indexes.nodes(), indexes.services(), index);
        changes.touch(Part.Table.CHECKS);
        touchNode(check.node());
        if (check.serviceId().isEmpty()) {
            touchServicesOf(check.node());
        } else {
            service(check.node(), check.serviceId()).ifPresent(service -> touchService(service.name()));
        }
    }

    private void touchServicesOf(String node) {
        for (Service service : servicesOf(node)) {
            touchService(service.name());
        }
    }

    private void touchService(String name) {
        serviceIndexes.put(Rows.fold(name), index, index);
        changes.touch(new Part.ServiceNamed(name));
    }

    private void touchNode(String name) {
        changes.touch(new Part.NodeNamed(name));
    }

    private void touchNodes() {
        indexes = new Catalog.Indexes(index, indexes.services(), indexes.checks());
        changes.touch(Part.Table.NODES);
    }

    private void touchServices() {
        indexes = new Catalog.Indexes(indexes.nodes(), index, indexes.checks());
        changes.touch(Part.Table.SERVICES);
    }
}
