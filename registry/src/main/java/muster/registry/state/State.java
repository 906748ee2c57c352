package muster.registry.state;

/**
 * Everything that the registry's servers agree on, at one log index. Immutable: readers keep it as long as they like and
 * never lock; {@link #apply} gives the next one.
 *
 * @param index the index of the newest entry of the log that was applied to it, 0 for none
 * @param restoredAt the index at which it was last replaced by an archive's, 0 for never
 * @param ahead how much greater than its place in the log an entry's index is: an archive of a longer log than this one takes the
 *     indexes with it, so that none goes backwards
 */
public record State(long index, KeyValues keys, Catalog catalog, Sessions sessions, PreparedQueries queries, Mesh mesh,
        Acl acl, Autopilot autopilot, long restoredAt, long ahead) {
    /** The state of a new cluster. */
    public static final State EMPTY =
            new State(0, KeyValues.EMPTY, Catalog.EMPTY, Sessions.EMPTY, PreparedQueries.EMPTY, Mesh.EMPTY, Acl.EMPTY,
                    Autopilot.DEFAULT, 0, 0);

    /** What applying a command gives. */
    public record Outcome(State state, Result result, Changes changes) {}

    /**
     * Applies a command at its log index, which is greater than this state's. A refused command and a failed transaction
     * leave all but the index as it is. An unchanged row keeps its ModifyIndex and is no change.
     *
     * @param place the entry's in the log
     */
    public Outcome apply(long place, Command command) {
        long at = place + ahead;
        if (command instanceof Command.Restore(State archived)) {
            return new Outcome(archived.inPlaceOf(this, place), new Result.Done(), Changes.EVERYTHING);
        }
        if (command instanceof Command.RestorePiece) {
            return new Outcome(atIndex(at), new Result.Done(), Changes.NONE);
        }
        Draft draft = new Draft(this, at);
        Result result = switch (command) {
            case Command.WriteKey write -> draft.keys.write(write.operation());
            case Command.Register register -> draft.registration.register(register);
            case Command.Deregister deregister -> draft.registration.deregister(deregister);
            case Command.CreateSession create -> draft.leases.create(create.session());
            case Command.EndSession end -> draft.leases.end(end.id());
            case Command.Transaction transaction -> new Steps(draft).run(transaction.operations());
            case Command.CollectTombstones collect -> draft.collectTombstones(collect.upToIndex());
            case Command.SetAutopilot set -> draft.setAutopilot(set);
            case Command.ChangeAcl change -> draft.acl().apply(change.change());
            case Command.SetQuery set -> draft.queries().set(set.query(), draft.sessions);
            case Command.DeleteQuery delete -> draft.deleteQuery(delete.id());
            case Command.SetCoordinates set -> draft.mesh().set(set.coordinates(), draft.catalog);
            case Command.SetConfigEntry set -> draft.mesh().set(set);
            case Command.DeleteConfigEntry delete -> draft.mesh().delete(delete);
            case Command.SetIntention set -> draft.mesh().set(set.intention());
            case Command.DeleteIntention delete -> draft.mesh().deleteIntention(delete.id());
            case Command.SetAuthority set -> draft.mesh().set(set);
            case Command.Restore restore -> throw new IllegalStateException("a restoration takes the place of a draft");
            case Command.RestorePiece piece -> throw new IllegalStateException("a piece changes nothing by itself");
        };
        return switch (result) {
            case Result.Refused refused -> new Outcome(atIndex(at), refused, Changes.NONE);
            case Result.Failed failed -> new Outcome(atIndex(at), failed, Changes.NONE);
            case Result.Done done -> draft.outcome(done);
            case Result.Decided decided -> draft.outcome(decided);
            case Result.Committed committed -> draft.outcome(committed);
        };
    }

    /**
     * Runs the operations of a transaction without keeping what they change: how a transaction that only reads is
     * answered without the log.
     */
    public Result dryRun(Command.Transaction transaction) {
        return new Steps(new Draft(this, index)).run(transaction.operations());
    }

    private State inPlaceOf(State older, long place) {
        long at = Math.max(place + older.ahead, index + 1);
        return new State(at, keys, catalog, sessions, queries, mesh, acl, autopilot, at, at - place);
    }

    private State atIndex(long at) {
        return new State(at, keys, catalog, sessions, queries, mesh, acl, autopilot, restoredAt, ahead);
    }
}
