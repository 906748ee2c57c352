package muster.registry.state;

/**
 * Builds a state out of its rows, as a snapshot holds them, in any order. Rows keep their indexes. One thread; used once.
 */
public final class Restoration {
    private final RadixTree.Editor<KeyValue> entries = RadixTree.<KeyValue>empty().edit();
    private final RadixTree.Editor<KeyValues.Tombstone> tombstones = RadixTree.<KeyValues.Tombstone>empty().edit();
    private final RadixTree.Editor<String> byLock = RadixTree.<String>empty().edit();
    private final RadixTree.Editor<Node> nodes = RadixTree.<Node>empty().edit();
    private final RadixTree.Editor<String> nodeNames = RadixTree.<String>empty().edit();
    private final RadixTree.Editor<Service> services = RadixTree.<Service>empty().edit();
    private final RadixTree.Editor<Service> byName = RadixTree.<Service>empty().edit();
    private final RadixTree.Editor<Service> byDestination = RadixTree.<Service>empty().edit();
    private final RadixTree.Editor<Check> checks = RadixTree.<Check>empty().edit();
    private final RadixTree.Editor<Long> serviceIndexes = RadixTree.<Long>empty().edit();
    private final RadixTree.Editor<Session> sessions = RadixTree.<Session>empty().edit();
    private final RadixTree.Editor<String> byNode = RadixTree.<String>empty().edit();
    private final RadixTree.Editor<String> byCheck = RadixTree.<String>empty().edit();

    /** What a state holds beside its rows. */
    public record Marks(
            long index, long keys, Catalog.Indexes catalog, long lastExtinction, long sessions, Autopilot autopilot) {
        public static Marks of(State state) {
            return new Marks(state.index(), state.keys().lastIndex(), state.catalog().indexes(),
                    state.catalog().lastExtinction(), state.sessions().lastIndex(), state.autopilot());
        }
    }

    /** The index of a service's name. */
    public record ServiceIndex(String service, long index) {}

    public void add(KeyValue entry) {
        entries.put(entry.key(), entry, entry.modifyIndex());
        if (!entry.session().isEmpty()) {
            byLock.put(KeyValues.lock(entry.session(), entry.key()), entry.key(), entry.modifyIndex());
        }
    }

    public void add(KeyValues.Tombstone tombstone) {
        tombstones.put(tombstone.key(), tombstone, tombstone.deletedAt());
    }

    public void add(Node node) {
        nodes.put(Rows.fold(node.name()), node, node.modifyIndex());
        if (!node.id().isEmpty()) {
            nodeNames.put(node.id(), node.name(), node.modifyIndex());
        }
    }

    public void add(Service service) {
        String node = Rows.fold(service.node());
        String id = Rows.fold(service.id());
        services.put(Rows.key(node, id), service, service.modifyIndex());
        byName.put(Rows.key(Rows.fold(service.name()), node, id), service, service.modifyIndex());
        service.destination().ifPresent(
                name -> byDestination.put(Rows.key(Rows.fold(name), node, id), service, service.modifyIndex()));
    }

    public void add(Check check) {
        checks.put(Catalog.serviceKey(check.node(), check.id()), check, check.modifyIndex());
    }

    public void add(ServiceIndex index) {
        serviceIndexes.put(Rows.fold(index.service()), index.index(), index.index());
    }

    public void add(Session session) {
        String node = Rows.fold(session.node());
        sessions.put(session.id(), session, session.modifyIndex());
        byNode.put(Rows.key(node, session.id()), session.id(), session.modifyIndex());
        for (String check : session.checks()) {
            byCheck.put(Rows.key(node, Rows.fold(check), session.id()), session.id(), session.modifyIndex());
        }
    }

    public State done(Marks marks) {
        return new State(marks.index(),
                new KeyValues(entries.done(), tombstones.done(), byLock.done(), marks.keys()),
                new Catalog(nodes.done(), nodeNames.done(), services.done(), byName.done(), byDestination.done(),
                        checks.done(), serviceIndexes.done(), marks.lastExtinction(), marks.catalog()),
                new Sessions(sessions.done(), byNode.done(), byCheck.done(), marks.sessions()),
                marks.autopilot());
    }
}
