package muster.lb.fabio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Dispatcher;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.lb.choose.RetryBudget;
import muster.lb.choose.WaitingRoom;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Meter;
import muster.lb.route.Problem;
import muster.lb.route.Route;
import muster.lb.route.Target;
import muster.lb.source.CatalogFollower;
import muster.lb.source.RouteSource;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.wire.GoDuration;
import muster.ui.Apis;
import muster.ui.Pages;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/** Fabio's UI and API ({@code ui.addr}), and {@code /api/status} beside it: problems, the age of the table, counts. */
final class FabioApi implements Dialect {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String JSON = "application/json; charset=utf-8";

    private final FabioConfig config;
    private final RouteSource source;
    private final RegistryClient registry;
    private final Inside inside;
    private final Explainer explainer;

    /** The balancer's insides that the API shows. */
    record Inside(
            LiveTable table, WaitingRoom room, RetryBudget budget, FabioMetrics metrics, Supplier<List<Problem>> certificateProblems) {}

    /** A line of {@code /api/routes}. */
    record RouteLine(
            @Key("service") String service,
            @Key("host") String host,
            @Key("path") String path,
            @Key("src") String src,
            @Key("dst") String dst,
            @Key("opts") String opts,
            @Key("weight") double weight,
            @Key(value = "tags", omitEmpty = true) List<String> tags,
            @Key("cmd") String cmd,
            @Key("rate1") double rate1,
            @Key("pct99") double pct99) {}

    /** An operator's text with the version of its key. */
    record Manual(@Key("value") String value, @Key("version") String version) {}

    FabioApi(FabioConfig config, RouteSource source, RegistryClient registry, Inside inside) {
        this.config = config;
        this.source = source;
        this.registry = registry;
        this.inside = inside;
        this.explainer = new Explainer(inside.table(), source);
    }

    Routes routes() {
        Routes routes = new Routes();
        any(routes, "/health", Handlers.direct(call -> Reply.text(200, "OK\n")));
        any(routes, "/api/routes", Handlers.direct(this::routeList));
        any(routes, "/api/config", Handlers.direct(call -> json(call, FabioConfigView.of(config))));
        any(routes, "/api/version", Handlers.direct(call -> Reply.text(200, "1.6.3")));
        any(routes, "/api/status", Handlers.direct(this::status));
        any(routes, "/api/explain", Handlers.direct(this::explain));
        any(routes, "/api/drain", writable(Handlers.direct(this::drain)));
        any(routes, "/metrics", Handlers.direct(call -> Reply.of(200, MetricsPage.TYPE, metricsText().getBytes(StandardCharsets.UTF_8))));
        any(routes, "/api/paths", writable(Handlers.blocking(this::paths)));
        any(routes, "/api/manual", writable(Handlers.blocking(call -> manual(call, ""))));
        any(routes, "/api/manual/*name", writable(Handlers.blocking(call -> manual(call, call.parameter("name")))));
        any(routes, "/assets/logo.svg", page("logo.svg", "image/svg+xml"));
        any(routes, "/assets/*name", Handlers.direct(call -> Reply.text(404, "404 page not found\n")));
        any(routes, "/favicon.ico", Handlers.direct(call -> Reply.text(404, "404 page not found\n")));
        return routes;
    }

    /** The web pages beside the API; without the right to write there is no page of overrides, as in Fabio. */
    Routes pages(Dispatcher api, String host, Apis apis) {
        if (config.ui().isWritable()) {
            return Pages.at(Pages.Part.BALANCER, api, host, apis, "/routes", "/manual", "/manual/*name");
        }
        Routes pages = Pages.at(Pages.Part.BALANCER, api, host, apis, "/routes");
        Handler forbidden = Handlers.direct(call -> Reply.text(403, "forbidden\n"));
        any(pages, "/manual", forbidden);
        any(pages, "/manual/*name", forbidden);
        return pages;
    }

    @Override
    public Reply notFound(Call call) {
        return Reply.empty(303).with("Location", "/routes");
    }

    @Override
    public Reply methodNotAllowed(Call call, Set<String> allowed) {
        return Reply.text(405, "not allowed\n");
    }

    @Override
    public Reply tooLarge(Call call, long limit, long size) {
        return Reply.text(413, "the body is larger than " + limit + " bytes\n");
    }

    @Override
    public Reply failed(Call call, Throwable failure) {
        return Reply.text(500, failure.getMessage() + "\n");
    }

    private static void any(Routes routes, String pattern, Handler handler) {
        METHODS.forEach(method -> routes.add(method, pattern, handler));
    }

    private Handler writable(Handler handler) {
        return config.ui().isWritable() ? handler : Handlers.direct(call -> Reply.text(403, "forbidden\n"));
    }

    private Reply routeList(Call call) {
        if (call.has("raw")) {
            return Reply.of(200, "text/plain", source.routing().table().text().getBytes(StandardCharsets.UTF_8));
        }
        List<RouteLine> lines = new ArrayList<>();
        for (Route route : source.routing().table().routes()) {
            for (Target target : route.targets()) {
                lines.add(new RouteLine(target.service(), route.host(), route.path(), route.source(), target.url().text(),
                        options(target), target.weight(), target.tags(), "route add", 0, 0));
            }
        }
        return json(call, lines);
    }

    private static String options(Target target) {
        return String.join(" ", target.command().options().entrySet().stream()
                .map(option -> option.getValue().isEmpty() ? option.getKey() : option.getKey() + "=" + option.getValue())
                .toList());
    }

    private Reply status(Call call) {
        CatalogFollower.Freshness freshness = source.freshness();
        List<Map<String, Object>> problems = new ArrayList<>();
        for (Problem problem : source.routing().problems()) {
            problems.add(fields("where", problem.where(), "text", problem.text()));
        }
        inside.certificateProblems().get().forEach(problem -> problems.add(fields("where", problem.where(), "text", problem.text())));
        WaitingRoom.Counts waits = inside.room().counts();
        return json(call, fields(
                "registry", fields("failure", freshness.failure().orElse(""),
                        "tableAsOf", freshness.failingSince().map(Object::toString).orElse("")),
                "routes", source.routing().table().size(),
                "problems", problems, "notes", config.notes(),
                "absent", absent(),
                "waiting", fields("now", waits.waiting(), "served", waits.served(), "expired", waits.expired(), "refused", waits.refused()),
                "retriesLeft", inside.budget().left(),
                "drained", drained(),
                "targets", targets()));
    }

    /** Routes whose instances have all left and that are still held. */
    private List<Map<String, Object>> absent() {
        List<Map<String, Object>> absent = new ArrayList<>();
        for (LiveRoute live : inside.table().all()) {
            live.absence().ifPresent(absence -> absent.add(fields("src", live.route().source(),
                    "state", absence.isKept() ? "kept: all services left at once, the last targets are used" : "held: requests wait for an instance",
                    "left", GoDuration.format(inside.table().left(absence)))));
        }
        return absent;
    }

    private List<Map<String, Object>> drained() {
        return inside.table().drained().stream().sorted()
                .map(address -> fields("target", address, "inFlight", inside.table().inFlight(address))).toList();
    }

    private List<Map<String, Object>> targets() {
        long now = System.nanoTime();
        List<Map<String, Object>> targets = new ArrayList<>();
        for (LiveRoute live : inside.table().all()) {
            for (int i = 0; i < live.route().targets().size(); i++) {
                Target target = live.route().targets().get(i);
                Meter.Counts counts = live.pool().members().get(i).counts();
                targets.add(fields(
                        "src", live.route().source(), "service", target.service(), "dst", target.url().text(),
                        "state", live.pool().obstacle(i, now).orElse("in use"),
                        "inFlight", counts.inFlight(), "total", counts.total(), "failures", counts.failures(),
                        "status2xx", counts.byClass()[1], "status3xx", counts.byClass()[2],
                        "status4xx", counts.byClass()[3], "status5xx", counts.byClass()[4],
                        "seconds", counts.time().toNanos() / 1e9));
            }
        }
        return targets;
    }

    String metricsText() {
        return inside.metrics().text(inside.table(), inside.room(), inside.budget().left());
    }

    private Reply explain(Call call) {
        String url = call.query("url");
        HeaderList headers = new HeaderList();
        for (String header : call.query().getOrDefault("header", List.of())) {
            int colon = header.indexOf(':');
            if (colon > 0) {
                headers.add(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
            }
        }
        if (url.isEmpty()) {
            return Reply.text(400, "url is missing: /api/explain?url=http://HOST/PATH\n");
        }
        try {
            String method = call.query("method");
            return json(call, explainer.explain(method.isEmpty() ? "GET" : method, url, headers, System.nanoTime()));
        } catch (IllegalArgumentException e) {
            return Reply.text(400, e.getMessage() + "\n");
        }
    }

    /** GET lists, PUT {@code ?target=HOST:PORT} drains, DELETE takes back. */
    private Reply drain(Call call) {
        String target = call.query("target");
        switch (call.method()) {
            case "GET" -> {
                return json(call, drained());
            }
            case "PUT", "POST", "DELETE" -> {
                boolean drains = !call.method().equals("DELETE");
                if (target.isEmpty()) {
                    return Reply.text(400, "target is missing: HOST:PORT\n");
                }
                int routes = inside.table().drain(target, drains);
                if (routes == 0 && drains) {
                    inside.table().drain(target, false);
                    return Reply.text(404, "no route has the target " + target + "\n");
                }
                return json(call, fields("target", target, "drained", drains, "routes", routes, "inFlight", inside.table().inFlight(target)));
            }
            default -> {
                return Reply.text(405, "not allowed\n");
            }
        }
    }

    private Reply paths(Call call) {
        if (!call.method().equals("GET")) {
            return Reply.text(405, "not allowed\n");
        }
        String prefix = config.consul().kvPath();
        List<String> names = registry.read(new Query.Keys(prefix, "", Query.Scope.LOCAL)).value().stream()
                .filter(key -> key.equals(prefix) || key.startsWith(prefix + "/"))
                .map(key -> key.substring(prefix.length()))
                .toList();
        return names.isEmpty() ? Reply.of(200, JSON, "null".getBytes(StandardCharsets.UTF_8)) : json(call, names);
    }

    private Reply manual(Call call, String name) {
        String key = config.consul().kvPath() + (name.isEmpty() ? "" : "/" + name);
        try {
            return switch (call.method()) {
                case "GET" -> {
                    Optional<KeyValue> entry = registry.read(new Query.Key(key, Query.Scope.LOCAL)).value();
                    yield json(call, new Manual(entry.map(e -> e.text().strip()).orElse(""),
                            entry.map(e -> Long.toString(e.modifyIndex())).orElse("0")));
                }
                case "PUT" -> write(key, call.body());
                default -> Reply.text(405, "not allowed\n");
            };
        } catch (RegistryException e) {
            return Reply.text(500, e.getMessage() + "\n");
        }
    }

    private Reply write(String key, byte[] body) {
        Manual manual;
        long version;
        try {
            manual = Json.read(Manual.class, body, Json.Unknown.IGNORE);
            version = Long.parseUnsignedLong(manual.version() == null || manual.version().isEmpty() ? "0" : manual.version());
        } catch (JsonException e) {
            return Reply.text(400, (isCut(body) ? "unexpected EOF" : e.getMessage()) + "\n");
        } catch (NumberFormatException e) {
            return Reply.text(400, "the version is no number\n");
        }
        String value = manual.value() == null ? "" : manual.value();
        boolean isSet = registry.put(key, value.getBytes(StandardCharsets.UTF_8), 0, Optional.of(version));
        return isSet ? Reply.empty(200) : Reply.text(409, "version mismatch\n");
    }

    private static boolean isCut(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.startsWith("{") && !text.endsWith("}");
    }

    private Handler page(String name, String type) {
        byte[] bytes = resource(name).getBytes(StandardCharsets.UTF_8);
        Function<Call, Reply> reply = call -> Reply.of(200, type, bytes);
        return Handlers.direct(reply);
    }

    private static String resource(String name) {
        try (InputStream in = FabioApi.class.getResourceAsStream("/muster/lb/fabio/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Reply json(Call call, Object value) {
        return Reply.of(200, JSON, Json.write(value, call.has("pretty")));
    }

    /** An object from names and values in turn, in that order. */
    static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
