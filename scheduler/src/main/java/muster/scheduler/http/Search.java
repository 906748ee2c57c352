package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.NodePoolCapability;
import muster.scheduler.acl.Permission;
import muster.scheduler.acl.VariableCapability;
import muster.scheduler.job.Job;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Namespace;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodePool;
import muster.scheduler.state.State;
import muster.scheduler.state.Table;
import muster.scheduler.state.Variable;

/**
 * What one caller finds in one state. Pure.
 *
 * @param namespace that of the request, {@code *} for all
 * @param within the namespaces whose jobs, and what belongs to them, are found
 */
record Search(State state, String namespace, Predicate<String> within, Caller caller) {
    private static final int UUID_LENGTH = 36;
    private static final int UUID_DASHES = 4;

    /** The first ids that begin so, one more than are shown; empty where the text can't be the beginning of an id of the kind. */
    Optional<List<String>> ids(SearchRoutes.Context context, String prefix) {
        return switch (context) {
            case JOBS -> first(state.jobs().values().stream().filter(job -> within.test(job.namespace())).map(Job::id)
                    .filter(id -> id.startsWith(prefix)));
            case NAMESPACES -> first(state.namespaces().startingWith(prefix).stream().map(Namespace::name)
                    .filter(name -> caller.may(new Permission.Enter(name))));
            case NODE_POOLS -> first(state.nodePools().startingWith(prefix).stream().map(NodePool::name).filter(this::showsPool));
            case VARIABLES -> first(state.variables().values().stream()
                    .filter(variable -> shows(variable) && variable.path().startsWith(prefix)).map(Variable::path));
            case ALLOCS -> uuids(state.allocations(), prefix, (id, a) -> within.test(a.namespace()));
            case NODES -> uuids(state.nodes(), prefix, (id, node) -> true);
            case EVALS -> uuids(state.evaluations(), prefix, (id, e) -> within.test(e.namespace()));
            case DEPLOYMENTS -> uuids(state.deployments(), prefix, (id, d) -> within.test(d.namespace()));
            case SCALING -> first(ScalingRoutes.policies(state).stream()
                    .filter(policy -> within.test(policy.target().get("Namespace"))).map(ScalingPolicy::id)
                    .filter(id -> !prefix.isEmpty() && id.startsWith(prefix)));
            case PLUGINS, VOLUMES -> Optional.of(List.of());
        };
    }

    private static Optional<List<String>> first(Stream<String> ids) {
        return Optional.of(ids.limit(SearchRoutes.MAX_MATCHES + 1).toList());
    }

    private boolean showsPool(String pool) {
        return caller.may(new Permission.OnNodePool(pool, NodePoolCapability.READ));
    }

    private boolean shows(Variable variable) {
        return (namespace.equals("*") || namespace.equals(variable.namespace()))
                && caller.may(new Permission.OnVariable(variable.namespace(), variable.path(), VariableCapability.LIST));
    }

    private static <T> Optional<List<String>> uuids(Table<T> table, String prefix, BiPredicate<String, T> shown) {
        String even = prefix.replace("-", "").length() % 2 == 0 ? prefix : prefix.substring(0, prefix.length() - 1);
        boolean couldBe = even.length() <= UUID_LENGTH && even.chars().filter(c -> c == '-').count() <= UUID_DASHES
                && even.chars().allMatch(c -> c == '-' || Character.digit(c, 16) >= 0);
        if (!couldBe) {
            return Optional.empty();
        }
        List<String> found = new ArrayList<>();
        table.scan(even, (id, value) -> {
            if (id.startsWith(prefix) && shown.test(id, value)) {
                found.add(id);
            }
            return found.size() <= SearchRoutes.MAX_MATCHES;
        });
        return Optional.of(found);
    }

    /** Shows the names of what is there to a fuzzy search. */
    void look(SearchRoutes.Context context, FuzzyNames names) {
        switch (context) {
            case JOBS -> each(state.jobs(), job -> within.test(job.namespace()), names::job);
            case ALLOCS -> each(state.allocations(), a -> within.test(a.namespace()),
                    (Allocation a) -> names.add("allocs", a.name(), a.namespace(), a.id()));
            case NODES -> each(state.nodes(), node -> true, (Node node) -> {
                names.add("nodes", node.name(), node.id());
                names.add("classes", Values.text(node.nodeClass()), node.id());
            });
            case NAMESPACES -> each(state.namespaces(), found -> caller.may(new Permission.Enter(found.name())),
                    (Namespace found) -> names.add("namespaces", found.name()));
            case NODE_POOLS -> each(state.nodePools(), pool -> showsPool(pool.name()), (NodePool pool) -> names.add("node_pools", pool.name()));
            case VARIABLES -> each(state.variables(), this::shows,
                    (Variable variable) -> names.add("vars", variable.path(), variable.namespace(), variable.path()));
            case PLUGINS, EVALS, DEPLOYMENTS, SCALING, VOLUMES -> { }
        }
    }

    private static <T> void each(Table<T> table, Predicate<T> shown, Consumer<T> look) {
        for (T value : table) {
            if (shown.test(value)) {
                look.accept(value);
            }
        }
    }
}
