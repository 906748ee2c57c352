package muster.lb.fabio;

import static muster.lb.fabio.FabioApi.fields;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.lb.choose.Pool;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.route.Explanation;
import muster.lb.route.Problem;
import muster.lb.route.Target;
import muster.lb.source.RouteSource;

/** Answers why a request goes where it goes, without sending it: the hosts and paths in the order of trial, the targets, refused tags. */
final class Explainer {
    private final LiveTable table;
    private final RouteSource source;

    Explainer(LiveTable table, RouteSource source) {
        this.table = table;
        this.source = source;
    }

    /** Explains; throws {@link IllegalArgumentException} for what is no URL. The times are those of a monotonic clock. */
    Map<String, Object> explain(String method, String url, HeaderList headers, long now) {
        RequestHead head = head(method, url, headers);
        Explanation explanation = table.explain(head.host(), head.path(), head.peer().isTls());
        List<Map<String, Object>> steps = new ArrayList<>();
        for (Explanation.Step step : explanation.steps()) {
            List<Map<String, Object>> paths = new ArrayList<>();
            step.tried().forEach(trial -> paths.add(fields("path", trial.path(), "matches", trial.matches())));
            steps.add(fields("host", step.host().isEmpty() ? "(any host)" : step.host(), "paths", paths, "otherPaths", step.others(),
                    "matched", step.route().isPresent()));
        }
        Optional<LiveRoute> live = explanation.route().flatMap(table::of);
        return fields(
                "request", fields("method", method, "host", explanation.host(), "path", explanation.path(), "tls", head.peer().isTls()),
                "tried", steps,
                "route", live.map(route -> route.route().source()).orElse(""),
                "outcome", outcome(live, now),
                "targets", live.map(route -> targets(route, head, now)).orElse(List.of()),
                "refused", refused(head));
    }

    private String outcome(Optional<LiveRoute> live, long now) {
        if (live.isEmpty()) {
            return "no route: the configured status and page are answered";
        }
        LiveRoute route = live.get();
        if (route.absence().isPresent()) {
            long left = table.left(route.absence().get()).toMillis();
            return route.absence().get().isKept()
                    ? "all services left at once; the last targets are used for another " + left + "ms"
                    : "all instances have left; requests wait up to " + left + "ms for a new one";
        }
        long usable = 0;
        for (int i = 0; i < route.pool().members().size(); i++) {
            usable += route.pool().obstacle(i, now).isEmpty() ? 1 : 0;
        }
        return usable == 0 ? "no target can be used" : "one of " + usable + " usable targets, by "
                + route.pool().strategy().toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static List<Map<String, Object>> targets(LiveRoute route, RequestHead head, long now) {
        List<Map<String, Object>> targets = new ArrayList<>();
        int preferred = Keys.pick(head, route).preferred();
        Pool pool = route.pool();
        for (int i = 0; i < pool.members().size(); i++) {
            Target target = route.route().targets().get(i);
            String becomes = target.options().redirect() != 0
                    ? "redirect " + target.options().redirect() + " to " + Rewrite.location(head, target)
                    : target.url().scheme() + "://" + target.url().authority() + Rewrite.uri(head, target);
            targets.add(fields("service", target.service(), "target", target.url().text(), "weight", target.weight(),
                    "inFlight", pool.members().get(i).inFlight(), "becomes", becomes,
                    "why", pool.obstacle(i, now).orElse(i == preferred ? "the client's cookie leads here" : "usable")));
        }
        return targets;
    }

    /** Problems that may be why: those that name the host or the first part of the path, else all. */
    private List<Map<String, Object>> refused(RequestHead head) {
        List<Problem> all = source.routing().problems();
        int slash = head.path().indexOf('/', 1);
        String part = slash < 0 ? head.path() : head.path().substring(0, slash);
        List<Problem> near = all.stream()
                .filter(problem -> part.length() > 1 && problem.where().contains(part) || !head.host().isEmpty() && problem.where().contains(head.host()))
                .toList();
        List<Map<String, Object>> shown = new ArrayList<>();
        (near.isEmpty() ? all : near).stream().limit(20).forEach(problem -> shown.add(fields("where", problem.where(), "text", problem.text())));
        return shown;
    }

    private static RequestHead head(String method, String url, HeaderList headers) {
        int scheme = url.indexOf("://");
        String rest = scheme < 0 ? url : url.substring(scheme + 3);
        boolean isTls = scheme > 0 && url.startsWith("https");
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String uri = slash < 0 ? "/" : rest.substring(slash);
        if (scheme < 0 && slash != 0 && authority.isEmpty() || uri.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("\"" + url + "\" is no URL: http://HOST/PATH or /PATH is right");
        }
        String host = headers.first("Host").orElse(authority);
        return new RequestHead(method, uri, host, headers, new RequestHead.Peer("127.0.0.1", 0, "127.0.0.1", 0, isTls, "explain"), 1);
    }
}
