package muster.registry.state;

import java.util.Optional;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.mesh.Authority;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.Intention;
import muster.registry.prepared.PreparedQuery;

/**
 * Builds a state out of its rows, as a snapshot holds them, in any order; in the order of their keys is quickest. Rows keep their indexes.
 * One thread; used once.
 */
public final class Restoration {
    private final TreeBuilder<KeyValue> entries = new TreeBuilder<>();
    private final TreeBuilder<KeyValues.Tombstone> tombstones = new TreeBuilder<>();
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
    private final PreparedQueries.Draft queries =
            new PreparedQueries.Draft(PreparedQueries.EMPTY, 0, new Changes.Builder());
    private final RadixTree.Editor<ConfigEntry> configEntries = RadixTree.<ConfigEntry>empty().edit();
    private final RadixTree.Editor<Intention> intentions = RadixTree.<Intention>empty().edit();
    private final RadixTree.Editor<Coordinate> coordinates = RadixTree.<Coordinate>empty().edit();
    private final AclDraft acl = new AclDraft(Acl.EMPTY, 0, new Changes.Builder());
    private Optional<Authority> authority = Optional.empty();

    /** What a state holds beside its rows. */
    public record Marks(
            long index, long keys, Catalog.Indexes catalog, long lastExtinction, long sessions, Autopilot autopilot,
            long queries, Mesh.Indexes mesh, Acl.Indexes acl, long bootstrapped, long restoredAt, long ahead) {
        public Marks {
            acl = acl == null ? Acl.EMPTY.indexes() : acl;
            mesh = mesh == null ? Mesh.EMPTY.indexes() : mesh; // snapshots of before there was a mesh
        }

        public static Marks of(State state) {
            return new Marks(state.index(), state.keys().lastIndex(), state.catalog().indexes(),
                    state.catalog().lastExtinction(), state.sessions().lastIndex(), state.autopilot(),
                    state.queries().lastIndex(), state.mesh().indexes(), state.acl().indexes(), state.acl().bootstrapped(),
                    state.restoredAt(), state.ahead());
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

    public void add(PreparedQuery query) {
        queries.add(PreparedQueries.Stored.of(query), query.modifyIndex());
    }

    public void add(ConfigEntry entry) {
        configEntries.put(Mesh.entryKey(entry.kind(), entry.name()), entry, entry.modifyIndex());
    }

    public void add(Intention intention) {
        intentions.put(intention.id(), intention, intention.modifyIndex());
    }

    public void add(Coordinate coordinate) {
        coordinates.put(Mesh.coordinateKey(coordinate), coordinate, 0);
    }

    public void add(Authority restored) {
        authority = Optional.of(restored);
    }

    public void add(Token token) {
        acl.restore(token);
    }

    public void add(Policy policy) {
        acl.restore(policy);
    }

    public void add(Role role) {
        acl.restore(role);
    }

    public void add(AuthMethod method) {
        acl.restore(method);
    }

    public void add(BindingRule rule) {
        acl.restore(rule);
    }

    public State done(Marks marks) {
        PreparedQueries restored = queries.done();
        return new State(marks.index(),
                new KeyValues(entries.done(), tombstones.done(), byLock.done(), marks.keys()),
                new Catalog(nodes.done(), nodeNames.done(), services.done(), byName.done(), byDestination.done(),
                        checks.done(), serviceIndexes.done(), marks.lastExtinction(), marks.catalog()),
                new Sessions(sessions.done(), byNode.done(), byCheck.done(), marks.sessions()),
                new PreparedQueries(restored.byId(), restored.byName(), restored.byPrefix(), restored.bySession(), marks.queries()),
                new Mesh(configEntries.done(), intentions.done(), coordinates.done(), authority, marks.mesh()),
                acl.restored(marks.acl(), marks.bootstrapped()),
                marks.autopilot(), marks.restoredAt(), marks.ahead());
    }
}
