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
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.lb.route.Problem;
import muster.lb.route.Route;
import muster.lb.route.Target;
import muster.lb.source.CatalogFollower;
import muster.lb.source.FabioSource;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/** Fabio's UI and API ({@code ui.addr}), and {@code /api/status} beside it: problems, the age of the table, counts. */
final class FabioApi implements Dialect {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String JSON = "application/json; charset=utf-8";

    private final FabioConfig config;
    private final FabioSource source;
    private final FabioDispatcher dispatcher;
    private final RegistryClient registry;

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

    FabioApi(FabioConfig config, FabioSource source, FabioDispatcher dispatcher, RegistryClient registry) {
        this.config = config;
        this.source = source;
        this.dispatcher = dispatcher;
        this.registry = registry;
    }

    Routes routes() {
        Routes routes = new Routes();
        any(routes, "/health", Handlers.direct(call -> Reply.text(200, "OK\n")));
        any(routes, "/api/routes", Handlers.direct(this::routeList));
        any(routes, "/api/config", Handlers.direct(call -> json(call, FabioConfigView.of(config))));
        any(routes, "/api/version", Handlers.direct(call -> Reply.text(200, "1.6.3")));
        any(routes, "/api/status", Handlers.direct(this::status));
        any(routes, "/api/paths", writable(Handlers.blocking(this::paths)));
        any(routes, "/api/manual", writable(Handlers.blocking(call -> manual(call, ""))));
        any(routes, "/api/manual/*name", writable(Handlers.blocking(call -> manual(call, call.parameter("name")))));
        any(routes, "/routes", page("routes.html", "text/html; charset=utf-8"));
        any(routes, "/manual", writable(page("manual.html", "text/html; charset=utf-8")));
        any(routes, "/manual/*name", writable(page("manual.html", "text/html; charset=utf-8")));
        any(routes, "/assets/logo.svg", page("logo.svg", "image/svg+xml"));
        any(routes, "/assets/*name", Handlers.direct(call -> Reply.text(404, "404 page not found\n")));
        any(routes, "/favicon.ico", Handlers.direct(call -> Reply.text(404, "404 page not found\n")));
        return routes;
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
        List<Map<String, Object>> targets = dispatcher.counts().stream().map(counted -> fields(
                "src", counted.route().source(), "service", counted.target().service(), "dst", counted.target().url().text(),
                "inFlight", counted.counts().inFlight(), "total", counted.counts().total(), "failures", counted.counts().failures(),
                "status2xx", counted.counts().byClass()[1], "status3xx", counted.counts().byClass()[2],
                "status4xx", counted.counts().byClass()[3], "status5xx", counted.counts().byClass()[4],
                "seconds", counted.counts().time().toNanos() / 1e9)).toList();
        return json(call, fields(
                "registry", fields("failure", freshness.failure().orElse(""),
                        "tableAsOf", freshness.failingSince().map(Object::toString).orElse("")),
                "problems", problems, "notes", config.notes(), "targets", targets));
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
