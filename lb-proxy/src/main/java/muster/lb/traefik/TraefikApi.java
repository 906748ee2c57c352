package muster.lb.traefik;

import static muster.lb.traefik.ApiViews.byName;
import static muster.lb.traefik.ApiViews.count;
import static muster.lb.traefik.ApiViews.fields;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.http.Reply;
import muster.lb.source.CatalogFollower;
import muster.ui.Dashboard;
import muster.wire.Json;

/** Traefik's read API, ping, metrics and dashboard: the services of the provider {@code internal}. Any thread. */
final class TraefikApi {
    private final TraefikConfig config;
    private final Supplier<TraefikTable> table;
    private final Supplier<CatalogFollower.Freshness> freshness;
    private final Supplier<String> metrics;
    private final Supplier<TableKeeper> keeper;
    private final DrainApi drains;
    private final BooleanSupplier isEnding;
    private final Instant startedAt;
    private final Dashboard dashboard;

    TraefikApi(TraefikConfig config, Supplier<TraefikTable> table, Supplier<CatalogFollower.Freshness> freshness, Supplier<String> metrics,
            Supplier<TableKeeper> keeper, BooleanSupplier isEnding, Instant startedAt) {
        this.config = config;
        this.table = table;
        this.freshness = freshness;
        this.metrics = metrics;
        this.keeper = keeper;
        this.drains = new DrainApi(keeper);
        this.isEnding = isEnding;
        this.startedAt = startedAt;
        dashboard = new Dashboard(config.api().basePath() + "/dashboard/");
    }

    /** The service of such a name, {@code api@internal}. */
    Optional<LiveService> service(String name) {
        return switch (name) {
            case "api@internal" -> Optional.of(new Own(this::api));
            case "dashboard@internal" -> Optional.of(new Own(this::page));
            case "ping@internal" -> Optional.of(new Own(head -> ping()));
            case "prometheus@internal" -> Optional.of(new Own(head -> answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get())));
            case "noop@internal" -> Optional.of(new Own(head -> Answer.empty(418)));
            default -> Optional.empty();
        };
    }

    private record Own(muster.lb.middleware.Middleware.Next next) implements LiveService {
        @Override
        public Decision handle(RequestHead head) {
            return next.handle(head);
        }

        @Override
        public Map<String, String> serverStatus() {
            return Map.of();
        }

        @Override
        public boolean isUp() {
            return true;
        }
    }

    private Answer ping() {
        boolean ends = isEnding.getAsBoolean();
        int status = ends ? config.ping().map(TraefikConfig.Ping::terminatingStatus).orElse(503) : 200;
        return answer(status, "text/plain; charset=utf-8", ends ? muster.lb.exchange.StatusText.of(status) : "OK");
    }

    private Answer page(RequestHead head) {
        Reply.Full page = dashboard.answer(head.path());
        HeaderList headers = new HeaderList();
        page.headers().forEach(headers::add);
        return new Answer(page.status(), headers, page.body());
    }

    private Answer api(RequestHead head) {
        String base = config.api().basePath();
        String path = head.path();
        String[] words = (path.startsWith(base) ? path.substring(base.length()) : path).replaceFirst("/$", "").split("/", 5);
        if (words.length == 3 && words[2].equals("drain")) {
            return drains.answer(head);
        }
        if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
            return Answer.text(405, "Method Not Allowed\n");
        }
        String first = words.length > 2 ? words[2] : "";
        boolean isOne = words.length == 3;
        return switch (first) {
            case "rawdata" -> isOne ? json(rawData()) : notFound();
            case "overview" -> isOne ? json(overview()) : notFound();
            case "version" -> isOne ? json(fields("Version", "3.7.9", "Codename", "muster", "startDate", startedAt.toString(), "disableDashboardAd", true)) : notFound();
            case "entrypoints" -> words.length == 4 ? find("entry point", words[3], entryPoints()) : isOne ? list(head, entryPoints()) : notFound();
            case "status" -> isOne ? json(StatusView.of(keeper.get(), freshness.get(), System.nanoTime())) : notFound();
            case "explain" -> isOne ? json(Explanation.of(table.get(), config, head)) : notFound();
            case "http", "tcp", "udp" -> {
                Optional<Kind> kind = words.length < 4 ? Optional.empty() : ApiViews.kind(first, words[3]);
                yield kind.map(known -> words.length == 5
                        ? find(known.word(), words[4], ApiViews.list(table.get(), known))
                        : list(head, ApiViews.list(table.get(), known))).orElseGet(TraefikApi::notFound);
            }
            default -> notFound();
        };
    }

    private static Answer notFound() {
        return Answer.text(404, "404 page not found\n");
    }

    private List<Map<String, Object>> entryPoints() {
        return config.entryPoints().stream()
                .sorted(Comparator.comparing(TraefikConfig.EntryPoint::name))
                .map(ApiViews::entryPoint)
                .toList();
    }

    private Map<String, Object> rawData() {
        TraefikTable now = table.get();
        Map<String, Object> all = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            List<Map<String, Object>> items = ApiViews.list(now, kind);
            boolean isHttp = kind.section().equals("http");
            if (isHttp && !kind.word().equals("serversTransport") || !items.isEmpty()) {
                String plural = kind.word() + "s";
                all.put(isHttp ? plural : kind.section() + plural.substring(0, 1).toUpperCase(Locale.ROOT) + plural.substring(1), byName(items));
            }
        }
        CatalogFollower.Freshness fresh = freshness.get();
        all.put("problems", now.problems().stream().map(problem -> fields("where", problem.where(), "text", problem.text())).toList());
        all.put("registry", fields("failure", fresh.failure().orElse(""), "tableAsOf", fresh.failingSince().map(Object::toString).orElse("")));
        return all;
    }

    private Map<String, Object> overview() {
        TraefikTable now = table.get();
        List<String> providers = new ArrayList<>();
        config.provider().ifPresent(any -> providers.add("ConsulCatalog"));
        config.file().ifPresent(any -> providers.add("File"));
        return fields(
                "http", fields("routers", count(ApiViews.list(now, Kind.HTTP_ROUTER)), "services", count(ApiViews.list(now, Kind.HTTP_SERVICE)),
                        "middlewares", count(ApiViews.list(now, Kind.HTTP_MIDDLEWARE))),
                "tcp", fields("routers", count(ApiViews.list(now, Kind.TCP_ROUTER)), "services", count(ApiViews.list(now, Kind.TCP_SERVICE)),
                        "middlewares", count(ApiViews.list(now, Kind.TCP_MIDDLEWARE))),
                "udp", fields("routers", count(ApiViews.list(now, Kind.UDP_ROUTER)), "services", count(ApiViews.list(now, Kind.UDP_SERVICE))),
                "features", fields("tracing", "", "metrics", config.metrics().isPresent() ? "Prometheus" : "", "accessLog", config.accessLog().isPresent()),
                "providers", providers);
    }

    private static Answer find(String kind, String name, List<Map<String, Object>> items) {
        return items.stream().filter(item -> name.equals(item.get("name"))).findFirst().map(TraefikApi::json).orElseGet(() ->
                Answer.text(404, Json.text(fields("message", kind + " not found: " + name)) + "\n"));
    }

    private static Answer list(RequestHead head, List<Map<String, Object>> items) {
        Map<String, String> query = query(head);
        String search = query.getOrDefault("search", "").toLowerCase(Locale.ROOT);
        String status = query.getOrDefault("status", "");
        List<Map<String, Object>> kept = new ArrayList<>(items.stream()
                .filter(item -> search.isEmpty() || has(item, "name", search) || has(item, "rule", search))
                .filter(item -> status.isEmpty() || status.equalsIgnoreCase(String.valueOf(item.get("status"))))
                .filter(item -> has(item, "service", query.getOrDefault("serviceName", "").replaceFirst("@.*", "").toLowerCase(Locale.ROOT)))
                .filter(item -> !query.containsKey("middlewareName") || String.valueOf(item.get("middlewares")).contains(query.get("middlewareName")))
                .toList());
        String by = query.getOrDefault("sortBy", "name");
        kept.sort(by.equals("priority") ? Comparator.comparingLong(item -> item.get(by) instanceof Long n ? n : 0)
                : Comparator.comparing(item -> String.valueOf(item.get(by))));
        List<Map<String, Object>> ordered = query.getOrDefault("direction", "asc").equals("desc") ? kept.reversed() : kept;
        long size = positive(query, "per_page", 100);
        if (size < 1) {
            return bad("invalid request: per_page: " + size);
        }
        long number = positive(query, "page", 1);
        if (number < 1) {
            return bad("invalid request: page: " + number);
        }
        long start = (number - 1) * size;
        if (start > 0 && start >= ordered.size()) {
            return bad("invalid request: page: " + number + ", per_page: " + size);
        }
        int end = (int) Math.min(ordered.size(), start + size);
        Answer answer = json(ordered.subList((int) start, end));
        answer.headers().add("X-Next-Page", "" + (end < ordered.size() ? number + 1 : 1));
        return answer;
    }

    /** A number of the query; what is none counts as 0, as Traefik has it. */
    private static long positive(Map<String, String> query, String name, int initial) {
        String text = query.getOrDefault(name, "");
        return text.isEmpty() ? initial : text.matches("[+-]?[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static boolean has(Map<String, Object> item, String key, String part) {
        return part.isEmpty() || String.valueOf(item.getOrDefault(key, "")).toLowerCase(Locale.ROOT).contains(part);
    }

    private static Answer bad(String message) {
        return Answer.text(400, Json.text(fields("message", message)) + "\n");
    }

    /** The query's first value for each name. */
    static Map<String, String> query(RequestHead head) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : head.query().orElse("").split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                query.putIfAbsent(RequestHead.decode(equals < 0 ? pair : pair.substring(0, equals), true),
                        equals < 0 ? "" : RequestHead.decode(pair.substring(equals + 1), true));
            }
        }
        return query;
    }

    private static Answer json(Object value) {
        return answer(200, "application/json", Json.text(value) + "\n");
    }

    private static Answer answer(int status, String type, String text) {
        return new Answer(status, new HeaderList().add("Content-Type", type), text.getBytes(StandardCharsets.UTF_8));
    }
}
