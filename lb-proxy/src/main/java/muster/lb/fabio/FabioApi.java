package muster.lb.fabio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import muster.lb.route.Problem;
import muster.lb.route.Route;
import muster.lb.route.Target;
import muster.lb.source.RouteSource;
import muster.registry.client.RegistryClient;
import muster.ui.Apis;
import muster.ui.Pages;
import muster.wire.Json;
import muster.wire.Key;

/** Fabio's UI and API ({@code ui.addr}), and {@code /api/status} beside it: problems, the age of the table, counts. */
final class FabioApi implements Dialect {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    static final String JSON = "application/json; charset=utf-8";

    private final FabioConfig config;
    private final RouteSource source;
    private final Inside inside;
    private final Explainer explainer;
    private final StatusView status;
    private final Overrides overrides;

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

    FabioApi(FabioConfig config, RouteSource source, RegistryClient registry, Inside inside) {
        this.config = config;
        this.source = source;
        this.inside = inside;
        this.explainer = new Explainer(inside.table(), source);
        this.status = new StatusView(source, inside, config.notes());
        this.overrides = new Overrides(registry, config.consul().kvPath());
    }

    Routes routes() {
        Routes routes = new Routes();
        any(routes, "/health", Handlers.direct(call -> Reply.text(200, "OK\n")));
        any(routes, "/api/routes", Handlers.direct(this::routeList));
        any(routes, "/api/config", Handlers.direct(call -> json(call, FabioConfigView.of(config))));
        any(routes, "/api/version", Handlers.direct(call -> Reply.text(200, "1.6.3")));
        any(routes, "/api/status", Handlers.direct(call -> json(call, status.whole())));
        any(routes, "/api/explain", Handlers.direct(this::explain));
        any(routes, "/api/drain", writable(Handlers.direct(this::drain)));
        any(routes, "/metrics", Handlers.direct(call -> Reply.of(200, MetricsPage.TYPE, metricsText().getBytes(StandardCharsets.UTF_8))));
        any(routes, "/api/paths", writable(Handlers.blocking(overrides::paths)));
        any(routes, "/api/manual", writable(Handlers.blocking(call -> overrides.text(call, ""))));
        any(routes, "/api/manual/*name", writable(Handlers.blocking(call -> overrides.text(call, call.parameter("name")))));
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
                return json(call, status.drained());
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

    /** As JSON, indented where {@code ?pretty} asks for it. */
    static Reply json(Call call, Object value) {
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
