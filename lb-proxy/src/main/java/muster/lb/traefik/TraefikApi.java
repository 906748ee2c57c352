package muster.lb.traefik;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.lb.source.CatalogFollower;
import muster.wire.Json;

/** Traefik's read API, ping and dashboard, on the internal entry point. */
final class TraefikApi implements Dialect {

    private final TraefikConfig config;
    private final Supplier<TraefikTable> table;
    private final Supplier<CatalogFollower.Freshness> freshness;
    private final Instant startedAt;

    TraefikApi(TraefikConfig config, Supplier<TraefikTable> table, Supplier<CatalogFollower.Freshness> freshness, Instant startedAt) {
        this.config = config;
        this.table = table;
        this.freshness = freshness;
        this.startedAt = startedAt;
    }

    Routes routes() {
        Routes routes = new Routes();
        if (config.ping().isPresent()) {
            routes.get("/ping", Handlers.direct(call -> Reply.text(200, "OK")));
            routes.add("HEAD", "/ping", Handlers.direct(call -> Reply.text(200, "OK")));
        }
        if (!config.api().isInsecure()) {
            return routes;
        }
        routes.get("/api/rawdata", Handlers.direct(call -> json(rawData())));
        routes.get("/api/overview", Handlers.direct(call -> json(overview())));
        routes.get("/api/version", Handlers.direct(call -> json(fields(
                "Version", "3.7.9", "Codename", "muster", "startDate", startedAt.toString(), "disableDashboardAd", true))));
        routes.get("/api/entrypoints", Handlers.direct(call -> page(call, entryPoints())));
        routes.get("/api/entrypoints/:name", Handlers.direct(call -> find("entry point", call, entryPoints())));
        for (String protocol : List.of("tcp", "udp")) {
            for (String kind : List.of("routers", "services", "middlewares")) {
                routes.get("/api/" + protocol + "/" + kind, Handlers.direct(call -> page(call, List.of())));
                routes.get("/api/" + protocol + "/" + kind + "/:name", Handlers.direct(call -> find(kind.substring(0, kind.length() - 1), call, List.of())));
            }
        }
        list(routes, "router", this::routers);
        list(routes, "service", this::services);
        list(routes, "middleware", this::middlewares);
        if (config.api().hasDashboard()) {
            byte[] dashboard = resource("dashboard.html");
            routes.get("/", Handlers.direct(call -> Reply.empty(302).with("Location", "/dashboard/")));
            routes.get("/dashboard/", Handlers.direct(call -> Reply.of(200, "text/html; charset=utf-8", dashboard)));
            routes.get("/dashboard", Handlers.direct(call -> Reply.empty(302).with("Location", "/dashboard/")));
        }
        return routes;
    }

    @Override
    public Reply notFound(Call call) {
        return Reply.text(404, "404 page not found\n");
    }

    @Override
    public Reply methodNotAllowed(Call call, Set<String> allowed) {
        return Reply.empty(405);
    }

    @Override
    public Reply tooLarge(Call call, long limit, long size) {
        return Reply.text(413, "the body is larger than " + limit + " bytes\n");
    }

    @Override
    public Reply failed(Call call, Throwable failure) {
        return Reply.text(500, failure.getMessage() + "\n");
    }

    private static void list(Routes routes, String kind, Supplier<List<Map<String, Object>>> items) {
        routes.get("/api/http/" + kind + "s", Handlers.direct(call -> page(call, items.get())));
        routes.get("/api/http/" + kind + "s/:name", Handlers.direct(call -> find(kind, call, items.get())));
    }

    private List<Map<String, Object>> entryPoints() {
        return config.entryPoints().stream()
                .sorted(java.util.Comparator.comparing(TraefikConfig.EntryPoint::name))
                .map(entry -> fields("address", entry.address(), "name", entry.name()))
                .toList();
    }

    private List<Map<String, Object>> routers() {
        List<Map<String, Object>> items = new ArrayList<>();
        table.get().routers().values().forEach(router -> items.add(router(router)));
        if (config.api().isInsecure()) {
            items.add(internal("api", "PathPrefix(`/api`)", Integer.MAX_VALUE - 1, List.of()));
        }
        if (config.api().isInsecure() && config.api().hasDashboard()) {
            items.add(internal("dashboard", "PathPrefix(`/`)", Integer.MAX_VALUE - 2,
                    List.of("dashboard_redirect@internal", "dashboard_stripprefix@internal")));
        }
        if (config.ping().isPresent()) {
            items.add(internal("ping", "PathPrefix(`/ping`)", Integer.MAX_VALUE, List.of()));
        }
        return sorted(items);
    }

    private static Map<String, Object> internal(String name, String rule, int priority, List<String> middlewares) {
        Map<String, Object> router = fields("entryPoints", List.of(TraefikConfig.INTERNAL));
        if (!middlewares.isEmpty()) {
            router.put("middlewares", middlewares);
        }
        router.putAll(fields("service", name + "@internal", "rule", rule, "priority", priority, "priorityStr", "" + priority,
                "status", "enabled", "using", List.of(TraefikConfig.INTERNAL), "name", name + "@internal", "provider", "internal"));
        return router;
    }

    private static Map<String, Object> router(TraefikTable.Router router) {
        Map<String, Object> shown = fields("entryPoints", router.entryPoints());
        if (!router.middlewares().isEmpty()) {
            shown.put("middlewares", router.middlewares());
        }
        shown.putAll(fields("service", router.spec().service(), "rule", router.spec().rule(), "priority", router.priority(),
                "priorityStr", "" + router.priority()));
        if (!router.spec().syntax().isEmpty()) {
            shown.put("ruleSyntax", router.spec().syntax());
        }
        if (!router.errors().isEmpty()) {
            shown.put("error", router.errors());
        }
        shown.putAll(fields("status", router.status().toString(), "using", router.using(), "name", router.name(), "provider", "consulcatalog"));
        return shown;
    }

    private List<Map<String, Object>> services() {
        List<Map<String, Object>> items = new ArrayList<>();
        table.get().services().values().forEach(service -> items.add(service(service)));
        for (String name : internalServices()) {
            items.add(fields("status", "enabled", "usedBy", List.of(name + "@internal"), "name", name + "@internal", "provider", "internal"));
        }
        return sorted(items);
    }

    private List<String> internalServices() {
        List<String> names = new ArrayList<>();
        if (config.api().isInsecure()) {
            names.add("api");
        }
        if (config.api().isInsecure() && config.api().hasDashboard()) {
            names.add("dashboard");
        }
        if (config.ping().isPresent()) {
            names.add("ping");
        }
        return names;
    }

    private static Map<String, Object> service(TraefikTable.Service service) {
        Map<String, Object> balancer = new TreeMap<>(service.spec().shown());
        balancer.put("servers", service.spec().servers().stream().map(url -> fields("url", url)).toList());
        Map<String, Object> shown = fields("loadBalancer", balancer);
        if (!service.errors().isEmpty()) {
            shown.put("error", service.errors());
        }
        shown.put("status", service.status().toString());
        if (!service.usedBy().isEmpty()) {
            shown.put("usedBy", service.usedBy());
        }
        SortedMap<String, String> up = new TreeMap<>();
        service.spec().servers().forEach(url -> up.put(url, "UP"));
        shown.putAll(fields("serverStatus", up, "name", service.name(), "provider", "consulcatalog", "type", "loadbalancer"));
        return shown;
    }

    private List<Map<String, Object>> middlewares() {
        List<Map<String, Object>> items = new ArrayList<>();
        table.get().middlewares().values().forEach(middleware -> {
            Map<String, Object> shown = fields(middleware.options().type(), middleware.options().options());
            if (!middleware.errors().isEmpty()) {
                shown.put("error", middleware.errors());
            }
            shown.put("status", middleware.status().toString());
            if (!middleware.usedBy().isEmpty()) {
                shown.put("usedBy", middleware.usedBy());
            }
            shown.putAll(fields("name", middleware.name(), "provider", "consulcatalog",
                    "type", middleware.options().type().toLowerCase(Locale.ROOT)));
            items.add(shown);
        });
        return sorted(items);
    }

    private Map<String, Object> rawData() {
        CatalogFollower.Freshness fresh = freshness.get();
        return fields("routers", byName(routers()), "middlewares", byName(middlewares()), "services", byName(services()),
                "problems", table.get().problems().stream().map(problem -> fields("where", problem.where(), "text", problem.text())).toList(),
                "registry", fields("failure", fresh.failure().orElse(""), "tableAsOf", fresh.failingSince().map(Object::toString).orElse("")));
    }

    private static Map<String, Object> byName(List<Map<String, Object>> items) {
        Map<String, Object> map = new TreeMap<>();
        items.forEach(item -> map.put((String) item.get("name"), item));
        return map;
    }

    private Map<String, Object> overview() {
        Map<String, Object> none = fields("routers", count(List.of()), "services", count(List.of()), "middlewares", count(List.of()));
        return fields(
                "http", fields("routers", count(routers()), "services", count(services()), "middlewares", count(middlewares())),
                "tcp", none,
                "udp", fields("routers", count(List.of()), "services", count(List.of())),
                "features", fields("tracing", "", "metrics", "", "accessLog", false),
                "providers", config.provider().isPresent() ? List.of("ConsulCatalog") : List.of());
    }

    private static Map<String, Object> count(List<Map<String, Object>> items) {
        Function<String, Long> with = status -> items.stream().filter(item -> status.equals(item.get("status"))).count();
        return fields("total", items.size(), "warnings", with.apply("warning"), "errors", with.apply("disabled"));
    }

    private static List<Map<String, Object>> sorted(List<Map<String, Object>> items) {
        items.sort(java.util.Comparator.comparing(item -> (String) item.get("name")));
        return items;
    }

    private static Reply find(String kind, Call call, List<Map<String, Object>> items) {
        String name = call.parameter("name");
        Optional<Map<String, Object>> found = items.stream().filter(item -> name.equals(item.get("name"))).findFirst();
        return found.map(TraefikApi::json).orElseGet(() ->
                Reply.text(404, Json.text(fields("message", kind + " not found: " + name)) + "\n"));
    }

    private static Reply page(Call call, List<Map<String, Object>> items) {
        String search = call.query("search").toLowerCase(Locale.ROOT);
        String status = call.query("status");
        List<Map<String, Object>> kept = items.stream()
                .filter(item -> search.isEmpty() || String.valueOf(item.get("name")).toLowerCase(Locale.ROOT).contains(search)
                        || String.valueOf(item.get("rule")).toLowerCase(Locale.ROOT).contains(search))
                .filter(item -> status.isEmpty() || status.equals(item.get("status")))
                .toList();
        int size;
        int number;
        try {
            size = call.has("per_page") ? Integer.parseInt(call.query("per_page")) : 100;
            number = call.has("page") ? Integer.parseInt(call.query("page")) : 1;
        } catch (NumberFormatException e) {
            return Reply.text(400, Json.text(fields("message", "invalid request: page and per_page are numbers")) + "\n");
        }
        long start = (long) (number - 1) * size;
        if (size < 1 || number < 1 || start > 0 && start >= kept.size()) {
            return Reply.text(400, Json.text(fields("message", "invalid request: page: " + number + ", per_page: " + size)) + "\n");
        }
        int end = (int) Math.min(kept.size(), start + size);
        return json(kept.subList((int) start, end)).with("X-Next-Page", "" + (end < kept.size() ? number + 1 : 1));
    }

    private static Reply.Full json(Object value) {
        return Reply.of(200, "application/json", (Json.text(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] resource(String name) {
        try (InputStream in = TraefikApi.class.getResourceAsStream("/muster/lb/traefik/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
