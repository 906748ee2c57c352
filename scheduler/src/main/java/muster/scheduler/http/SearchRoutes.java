package muster.scheduler.http;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.job.Job;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Namespace;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.scheduler.state.Table;

/** Search by the beginnings of ids, and fuzzy search by parts of names (API page "Search"). A caller finds what it may read. */
final class SearchRoutes {
    private static final int MAX_MATCHES = 20;
    private static final int LEAST_TEXT = 2;

    /** What is searched, in the original's order. */
    enum Context {
        ALLOCS("allocs"), JOBS("jobs"), NODES("nodes"), EVALS("evals"), DEPLOYMENTS("deployment"), PLUGINS("plugins"), VOLUMES("volumes"),
        SCALING("scaling_policy"), NAMESPACES("namespaces");

        private final String word;

        Context(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }

        /** Whether its ids are hexadecimal: such are searched by their beginning, whichever search it is. */
        boolean hasUuids() {
            return this == EVALS || this == DEPLOYMENTS || this == SCALING || this == VOLUMES;
        }
    }

    record SearchBody(String prefix, String text, String context) {}

    private final Answers answers;

    SearchRoutes(Answers answers) {
        this.answers = answers;
    }

    void add(Routes routes) {
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/search", Handlers.blocking(this::prefix));
            routes.add(method, "/v1/search/fuzzy", Handlers.blocking(this::fuzzy));
        }
    }

    /** The contexts of a request as far as the caller may look there; refuses it when it may look nowhere. */
    private Set<Context> contexts(Call call, SearchBody body, Caller caller) {
        String wanted = Values.text(body.context());
        Set<Context> asked = EnumSet.noneOf(Context.class);
        for (Context context : Context.values()) {
            if (wanted.isEmpty() || wanted.equals("all") || wanted.equals(context.toString())) {
                asked.add(context);
            }
        }
        if (asked.isEmpty()) {
            throw new ApiException(500, "context must be one of ["
                    + List.of(Context.values()).stream().map(Context::toString).collect(Collectors.joining(" "))
                    + "] or 'all' for all contexts; got \"" + wanted + "\"");
        }
        String namespace = Answers.namespace(call);
        asked.removeIf(context -> !mayLook(caller, namespace, context));
        if (asked.isEmpty()) {
            throw DeniedException.lacks(caller, "to look at any of what is to be searched");
        }
        return asked;
    }

    private static boolean mayLook(Caller caller, String namespace, Context context) {
        return switch (context) {
            case NODES -> caller.may(Permission.NODE_READ);
            case PLUGINS -> caller.may(Permission.PLUGIN_LIST);
            case NAMESPACES -> namespace.equals("*") || caller.may(new Permission.Enter(namespace));
            case VOLUMES -> namespace.equals("*") || caller.may(namespace, Capability.CSI_LIST_VOLUME);
            case SCALING -> namespace.equals("*") || caller.may(namespace, Capability.LIST_SCALING_POLICIES);
            case ALLOCS, JOBS, EVALS, DEPLOYMENTS -> namespace.equals("*") || caller.may(namespace, Capability.READ_JOB);
        };
    }

    /** The namespaces whose rows are found. */
    private static Predicate<String> within(Call call, Caller caller) {
        String namespace = Answers.namespace(call);
        return namespace.equals("*") ? each -> caller.may(each, Capability.READ_JOB) : namespace::equals;
    }

    private Reply prefix(Call call) {
        SearchBody body = Answers.body(SearchBody.class, call);
        String prefix = Values.text(body.prefix());
        Caller caller = answers.caller(call);
        Set<Context> contexts = contexts(call, body, caller);
        boolean all = contexts.size() > 1 || Values.text(body.context()).isEmpty() || "all".equals(body.context());
        Predicate<String> within = within(call, caller);
        return answers.query(call, "search", "search", state -> {
            Found found = new Found();
            for (Context context : contexts) {
                List<String> ids = ids(state, context, prefix, all, within, caller);
                if (ids != null) {
                    found.put(context.toString(), ids);
                }
            }
            return found.answer(state);
        });
    }

    /** Null where the text can't be the beginning of an id of the kind and all kinds are searched. */
    private static List<String> ids(State state, Context context, String prefix, boolean all, Predicate<String> within, Caller caller) {
        return switch (context) {
            case JOBS -> state.jobs().values().stream().filter(job -> within.test(job.namespace())).map(Job::id)
                    .filter(id -> id.startsWith(prefix)).limit(MAX_MATCHES + 1).toList();
            case NAMESPACES -> state.namespaces().startingWith(prefix).stream().map(Namespace::name)
                    .filter(name -> caller.may(new Permission.Enter(name))).limit(MAX_MATCHES + 1).toList();
            case ALLOCS -> uuids(state.allocations(), prefix, all, (id, a) -> within.test(a.namespace()));
            case NODES -> uuids(state.nodes(), prefix, all, (id, node) -> true);
            case EVALS -> uuids(state.evaluations(), prefix, all, (id, e) -> within.test(e.namespace()));
            case DEPLOYMENTS -> uuids(state.deployments(), prefix, all, (id, d) -> within.test(d.namespace()));
            case SCALING -> ScalingRoutes.policies(state).stream()
                    .filter(policy -> within.test(policy.target().get("Namespace"))).map(ScalingPolicy::id)
                    .filter(id -> !prefix.isEmpty() && id.startsWith(prefix)).limit(MAX_MATCHES + 1).toList();
            case PLUGINS, VOLUMES -> List.of();
        };
    }

    private static <T> List<String> uuids(Table<T> table, String prefix, boolean all, BiPredicate<String, T> shown) {
        String even = prefix.replace("-", "").length() % 2 == 0 ? prefix : prefix.substring(0, prefix.length() - 1);
        if (!even.chars().allMatch(c -> c == '-' || Character.digit(c, 16) >= 0)) {
            return all ? null : List.of();
        }
        List<String> found = new ArrayList<>();
        table.scan(even, (id, value) -> {
            if (shown.test(id, value)) {
                found.add(id);
            }
            return found.size() <= MAX_MATCHES;
        });
        return found;
    }

    private Reply fuzzy(Call call) {
        SearchBody body = Answers.body(SearchBody.class, call);
        String text = Values.text(body.text()).toLowerCase(Locale.ROOT);
        if (text.length() < LEAST_TEXT) {
            throw new ApiException(500, "fuzzy search query must be at least " + LEAST_TEXT + " characters, got " + text.length());
        }
        Caller caller = answers.caller(call);
        Set<Context> contexts = contexts(call, body, caller);
        Predicate<String> within = within(call, caller);
        return answers.query(call, "search", "search", state -> {
            Found found = new Found();
            FuzzyNames names = new FuzzyNames(text);
            for (Context context : contexts) {
                if (context.hasUuids()) {
                    List<String> ids = ids(state, context, text, true, within, caller);
                    if (ids != null) {
                        found.put(context.toString(), ids.stream().map(id -> FuzzyNames.row(id, List.of())).toList(), true);
                    }
                    continue;
                }
                found.expect(context.toString());
                look(state, context, names, within, caller);
            }
            names.byContext().forEach((context, matches) -> found.put(context, matches.stream()
                    .map(match -> FuzzyNames.row(match.id(), match.scope())).toList(), false));
            return found.answer(state);
        });
    }

    private static void look(State state, Context context, FuzzyNames names, Predicate<String> within, Caller caller) {
        switch (context) {
            case JOBS -> each(state.jobs(), job -> within.test(job.namespace()), names::job);
            case ALLOCS -> each(state.allocations(), a -> within.test(a.namespace()),
                    (Allocation a) -> names.add("allocs", a.name(), a.namespace(), a.id()));
            case NODES -> each(state.nodes(), node -> true, (Node node) -> {
                names.add("nodes", node.name(), node.id());
                names.add("classes", Values.text(node.nodeClass()), node.id());
            });
            case NAMESPACES -> each(state.namespaces(), namespace -> caller.may(new Permission.Enter(namespace.name())),
                    (Namespace namespace) -> names.add("namespaces", namespace.name()));
            case PLUGINS, EVALS, DEPLOYMENTS, SCALING, VOLUMES -> { }
        }
    }

    private static <T> void each(Table<T> table, Predicate<T> shown, java.util.function.Consumer<T> look) {
        for (T value : table) {
            if (shown.test(value)) {
                look.accept(value);
            }
        }
    }

    /** The two maps of an answer. */
    private static final class Found {
        private final Map<String, Object> matches = new LinkedHashMap<>();
        private final Map<String, Object> truncations = new LinkedHashMap<>();

        void expect(String context) {
            truncations.put(context, false);
        }

        void put(String context, List<?> found) {
            truncations.put(context, found.size() > MAX_MATCHES);
            matches.put(context, found.isEmpty() ? null : found.subList(0, Math.min(MAX_MATCHES, found.size())));
        }

        void put(String context, List<?> found, boolean shownEmpty) {
            truncations.put(context, found.size() > MAX_MATCHES);
            if (shownEmpty || !found.isEmpty()) {
                matches.put(context, found.subList(0, Math.min(MAX_MATCHES, found.size())));
            }
        }

        Object answer(State state) {
            Map<String, Object> answer = new TreeMap<>();
            answer.put("Index", state.index());
            answer.put("KnownLeader", true);
            answer.put("LastContact", 0);
            answer.put("Matches", matches);
            answer.put("Truncations", truncations);
            return answer;
        }
    }
}
