package muster.registry.query;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import muster.registry.prepared.PreparedQuery;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Part;
import muster.registry.state.Part.Table;
import muster.registry.state.PreparedQueries.Resolved;
import muster.registry.state.State;

/** The reads of prepared queries: as they are stored, as a name resolves, and their instances. (Consul HTTP API: Prepared Queries) */
public final class PreparedReads {
    private PreparedReads() {}

    /** GET query */
    public record All() implements StateQuery<List<PreparedQuery>> {
        @Override
        public Answer<List<PreparedQuery>> answer(State state) {
            return Answer.of(state.queries().all(), state.queries().lastIndex(), new Part.Whole(Table.QUERIES));
        }
    }

    /** GET query/ID */
    public record One(String id) implements StateQuery<java.util.Optional<PreparedQuery>> {
        @Override
        public Answer<java.util.Optional<PreparedQuery>> answer(State state) {
            return Answer.of(state.queries().get(id), state.queries().lastIndex(), new Part.Whole(Table.QUERIES));
        }
    }

    /** GET query/NAME/explain */
    public record Explained(String idOrName) implements StateQuery<Resolved> {
        @Override
        public Answer<Resolved> answer(State state) {
            return Answer.of(state.queries().resolve(idOrName), state.queries().lastIndex(), new Part.Whole(Table.QUERIES));
        }
    }

    /** What running a query finds. */
    public sealed interface Execution {
        /** @param instances those that the query wants, in the catalog's order */
        record Found(PreparedQuery query, List<Catalog.Instance> instances) implements Execution {}

        record Missing() implements Execution {}

        record Failed(String message) implements Execution {}
    }

    /**
     * GET query/NAME/execute, without what the edge does: rights, order and limit. There is one datacenter, so when no
     * instance is left there is nowhere to fail over to.
     *
     * @param connect the mesh's way to the service, whatever the query says
     */
    public record Executed(String idOrName, boolean connect) implements StateQuery<Execution> {
        @Override
        public Answer<Execution> answer(State state) {
            long index = state.queries().lastIndex();
            return switch (state.queries().resolve(idOrName)) {
                case Resolved.Missing missing -> Answer.of(new Execution.Missing(), index, new Part.Whole(Table.QUERIES));
                case Resolved.Failed(String message) ->
                    Answer.of(new Execution.Failed(message), index, new Part.Whole(Table.QUERIES));
                case Resolved.Found(PreparedQuery query) -> {
                    PreparedQuery.ServiceQuery wanted = query.service();
                    StateQuery<List<Catalog.Instance>> instances = connect || wanted.connect()
                            ? new Reads.Connectable(wanted.service())
                            : new Reads.Instances(wanted.service());
                    Answer<List<Catalog.Instance>> all = instances.answer(state);
                    Set<Part> read = new HashSet<>(all.read());
                    read.add(new Part.Whole(Table.QUERIES));
                    yield new Answer<>(new Execution.Found(query,
                            all.value().stream().filter(instance -> wants(wanted, instance)).toList()),
                            Math.max(index, all.index()), read);
                }
            };
        }
    }

    /** Whether an instance is in service and has all that the query asks for. */
    static boolean wants(PreparedQuery.ServiceQuery query, Catalog.Instance instance) {
        for (Check check : instance.checks()) {
            boolean counts = !query.ignoreCheckIds().contains(check.id());
            if (counts && (check.isCritical() || query.onlyPassing() && !check.status().equals(Check.PASSING))) {
                return false;
            }
        }
        return instance.node().meta().entrySet().containsAll(query.nodeMeta().entrySet())
                && instance.service().meta().entrySet().containsAll(query.serviceMeta().entrySet())
                && hasTags(query.tags(), instance.service().tags());
    }

    /** Tags do not regard letter case; one with {@code !} before it must not be there. */
    private static boolean hasTags(List<String> wanted, List<String> tags) {
        List<String> present = tags.stream().map(tag -> tag.toLowerCase(Locale.ROOT)).toList();
        return wanted.stream().map(tag -> tag.toLowerCase(Locale.ROOT))
                .allMatch(tag -> tag.startsWith("!") ? !present.contains(tag.substring(1)) : present.contains(tag));
    }
}
