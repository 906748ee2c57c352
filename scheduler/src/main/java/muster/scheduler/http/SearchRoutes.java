package muster.scheduler.http;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
import muster.scheduler.job.Values;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** Search by the beginnings of ids, and fuzzy search by parts of names (API page "Search"). A caller finds what it may read. */
final class SearchRoutes {
    /** That are shown of each context. */
    static final int MAX_MATCHES = 20;
    private static final int LEAST_TEXT = 2;

    /** What is searched, in the original's order; what later versions search too only where a request names it. */
    enum Context {
        ALLOCS("allocs", Topic.ALLOCATIONS), JOBS("jobs", Topic.JOBS), NODES("nodes", Topic.NODES), EVALS("evals", Topic.EVALUATIONS),
        DEPLOYMENTS("deployment", Topic.DEPLOYMENTS), PLUGINS("plugins", "csi_plugins"), VOLUMES("volumes", "csi_volumes"),
        SCALING("scaling_policy", Topic.JOBS), NAMESPACES("namespaces", Topic.NAMESPACES), NODE_POOLS("node_pools", Topic.NODE_POOLS),
        VARIABLES("vars", Topic.VARIABLES);

        private static final Set<Context> LATER = EnumSet.of(NODE_POOLS, VARIABLES);

        private final String word;
        private final String table;

        Context(String word, String table) {
            this.word = word;
            this.table = table;
        }

        /** Those of the version that is answered for. */
        static Set<Context> usual() {
            return EnumSet.complementOf(EnumSet.copyOf(LATER));
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
            boolean all = wanted.isEmpty() || wanted.equals("all");
            if (all && !Context.LATER.contains(context) || wanted.equals(context.toString())) {
                asked.add(context);
            }
        }
        if (asked.isEmpty()) {
            throw new ApiException(500, "context must be one of ["
                    + Context.usual().stream().map(Context::toString).collect(Collectors.joining(" "))
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
            case VOLUMES -> namespace.equals("*") || caller.may(namespace, Capability.CSI_LIST_VOLUME)
                    || caller.may(namespace, Capability.CSI_READ_VOLUME) || caller.may(namespace, Capability.LIST_JOBS)
                    || caller.may(namespace, Capability.READ_JOB);
            case SCALING -> namespace.equals("*") || caller.may(namespace, Capability.LIST_SCALING_POLICIES)
                    || caller.may(namespace, Capability.READ_JOB);
            case NODE_POOLS, VARIABLES -> true; // what of them is found depends on the right to each
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
        State state = answers.state();
        Search search = new Search(state, Answers.namespace(call), within(call, caller), caller);
        Found found = new Found();
        for (Context context : contexts) {
            search.ids(context, prefix).ifPresent(ids -> found.put(context.toString(), ids));
        }
        return found.answer(call, state, contexts);
    }

    private Reply fuzzy(Call call) {
        SearchBody body = Answers.body(SearchBody.class, call);
        String text = Values.text(body.text()).toLowerCase(Locale.ROOT);
        if (text.length() < LEAST_TEXT) {
            throw new ApiException(500, "fuzzy search query must be at least " + LEAST_TEXT + " characters, got " + text.length());
        }
        Caller caller = answers.caller(call);
        Set<Context> contexts = contexts(call, body, caller);
        State state = answers.state();
        Search search = new Search(state, Answers.namespace(call), within(call, caller), caller);
        Found found = new Found();
        FuzzyNames names = new FuzzyNames(text);
        for (Context context : contexts) {
            if (context.hasUuids()) {
                search.ids(context, text).ifPresent(
                        ids -> found.put(context.toString(), ids.stream().map(id -> FuzzyNames.row(id, List.of())).toList(), true));
            } else {
                found.expect(context.toString());
                search.look(context, names);
            }
        }
        names.byContext().forEach((context, matches) -> found.put(context, matches.stream()
                .map(match -> FuzzyNames.row(match.id(), match.scope())).toList(), false));
        return found.answer(call, state, contexts);
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

        /** The index is that of the last change to anything that was searched; nobody waits for it. */
        Reply answer(Call call, State state, Set<Context> searched) {
            long index = searched.stream().mapToLong(context -> state.indexOf(context.table, context.table)).max().orElse(1);
            Map<String, Object> answer = new TreeMap<>();
            answer.put("Index", index);
            answer.put("KnownLeader", true);
            answer.put("LastContact", 0);
            answer.put("Matches", matches);
            answer.put("Truncations", truncations);
            return Answers.json(call, answer).with("X-Nomad-Index", Long.toString(index)).with("X-Nomad-KnownLeader", "true")
                    .with("X-Nomad-LastContact", "0");
        }
    }
}
