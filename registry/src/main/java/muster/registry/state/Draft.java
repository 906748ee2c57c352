package muster.registry.state;

/** The tables while one command changes them. Lives for one call of {@link State#apply}. */
final class Draft {
    final long index;
    final Changes.Builder changes = new Changes.Builder();
    final KeyValues.Draft entries;
    final CatalogDraft catalog;
    final Sessions.Draft sessions;
    private final State from;
    /** Made when a command first needs them: most never do, and there are many commands. */
    private PreparedQueries.Draft queries;
    private MeshDraft mesh;
    private AclDraft acl;
    final Leases leases;
    final KeyWrites keys;
    final Registration registration;
    private Autopilot autopilot;

    Draft(State from, long index) {
        this.from = from;
        this.index = index;
        entries = new KeyValues.Draft(from.keys(), index, changes);
        catalog = new CatalogDraft(from.catalog(), index, changes);
        sessions = new Sessions.Draft(from.sessions(), index, changes);
        autopilot = from.autopilot();
        leases = new Leases(this);
        keys = new KeyWrites(this);
        registration = new Registration(this);
    }

    State.Outcome outcome(Result result) {
        State next = new State(index, entries.done(), catalog.done(), sessions.done(), queries == null ? from.queries() : queries.done(),
                mesh == null ? from.mesh() : mesh.done(), acl == null ? from.acl() : acl.done(), autopilot, from.restoredAt(), from.ahead());
        return new State.Outcome(next, result, changes.done());
    }

    Result collectTombstones(long upTo) {
        entries.collectTombstones(upTo);
        return new Result.Done();
    }

    PreparedQueries.Draft queries() {
        if (queries == null) {
            queries = new PreparedQueries.Draft(from.queries(), index, changes);
        }
        return queries;
    }

    MeshDraft mesh() {
        if (mesh == null) {
            mesh = new MeshDraft(from.mesh(), index, changes);
        }
        return mesh;
    }

    AclDraft acl() {
        if (acl == null) {
            acl = new AclDraft(from.acl(), index, changes);
        }
        return acl;
    }

    Result deleteQuery(String id) {
        queries().remove(id);
        return new Result.Done();
    }

    Result setAutopilot(Command.SetAutopilot set) {
        if (set.cas().isPresent() && set.cas().get() != autopilot.modifyIndex()) {
            return new Result.Decided(false);
        }
        autopilot = set.autopilot().at(autopilot.createIndex() == 0 ? index : autopilot.createIndex(), index);
        changes.touch(Part.Table.AUTOPILOT);
        return new Result.Decided(true);
    }
}
