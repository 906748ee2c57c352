package muster.lb.traefik;

import static muster.lb.traefik.ApiViews.fields;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.route.TargetUrl;

/** Why a request goes where it goes: the rules in the order in which they are tried, and what came of it. */
final class Explanation {
    private Explanation() {}

    /** Explains {@code ?url=http://HOST/PATH&method=GET&header=K: V&entryPoint=NAME}, without the entry point the first that could take it. */
    static Map<String, Object> of(TraefikTable table, TraefikConfig config, RequestHead asked) {
        Map<String, String> query = TraefikApi.query(asked);
        TargetUrl url;
        try {
            url = TargetUrl.parse(query.getOrDefault("url", ""));
        } catch (IllegalArgumentException e) {
            return fields("error", "url: " + e.getMessage());
        }
        String entryPoint = query.getOrDefault("entryPoint", config.entryPoints().stream()
                .filter(entry -> entry.protocol().equals("tcp") && entry.port() == url.port()).findFirst()
                .or(() -> config.entryPoints().stream().filter(entry -> !entry.name().equals(TraefikConfig.INTERNAL)).findFirst())
                .map(TraefikConfig.EntryPoint::name).orElse(""));
        String uri = (url.path().isEmpty() ? "/" : url.path()) + (url.query().isEmpty() ? "" : "?" + url.query());
        HeaderList headers = new HeaderList().add("Host", url.authority());
        for (String pair : asked.query().orElse("").split("&")) {
            String header = pair.startsWith("header=") ? RequestHead.decode(pair.substring("header=".length()), true) : "";
            int colon = header.indexOf(':');
            if (colon > 0) {
                headers.add(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
            }
        }
        RequestHead sent = new RequestHead(query.getOrDefault("method", "GET"), uri, url.authority(), headers,
                new RequestHead.Peer(query.getOrDefault("client", asked.peer().address()), 0, "", 0, url.isTls(), entryPoint), 1);
        RequestHead head = config.entryPoint(entryPoint).flatMap(entry -> entry.requests().paths().of(sent)).orElse(sent);
        List<Map<String, Object>> tried = new ArrayList<>();
        Optional<TraefikTable.HttpRoute> taken = Optional.empty();
        for (TraefikTable.HttpRoute route : table.candidates(head)) {
            boolean isMatch = route.matches().test(head);
            tried.add(fields("router", route.router().name(), "rule", route.router().rule(), "priority", route.router().priority(), "matches", isMatch));
            if (isMatch) {
                taken = Optional.of(route);
                break;
            }
        }
        Map<String, Object> told = fields("url", url.text(), "method", head.method(), "entryPoint", entryPoint, "tried", tried,
                "routersOfOtherHosts", table.routersOfOtherHosts(head));
        taken.ifPresentOrElse(route -> told.putAll(fields("router", route.router().name(), "middlewares", route.router().middlewares(),
                "service", route.router().service(), "servers", table.service(route.router().service()).map(LiveService::serverStatus).orElse(Map.of()))),
                () -> told.put("answer", "404 page not found: no rule of this entry point matches"));
        told.put("disabled", table.routers(Kind.HTTP_ROUTER).stream().filter(router -> router.status() == TraefikTable.Status.DISABLED)
                .map(router -> fields("router", router.name(), "error", router.errors())).toList());
        told.put("problems", table.problems().stream().map(problem -> fields("where", problem.where(), "text", problem.text())).toList());
        return told;
    }
}
