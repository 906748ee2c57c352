package muster.ui;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import muster.http.Call;
import muster.http.Dispatcher;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.wire.Json;

/**
 * The web application at one address: the page, its files, and below {@code /ui-api/} the way to the public APIs of this process
 * (docs/adr, "the pages' way to the APIs"). What a caller may do is decided by those APIs alone, from the caller's own token.
 */
public final class Pages {
    /** A part of the suite whose API the pages use. */
    public enum Part {
        REGISTRY("services"), SCHEDULER("jobs"), BALANCER("routes");

        private final String opensOn;

        Part(String opensOn) {
            this.opensOn = opensOn;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The word in the address of the page that comes first. */
        String opensOn() {
            return opensOn;
        }

        static Optional<Part> of(String word) {
            return List.of(values()).stream().filter(part -> part.word().equals(word)).findFirst();
        }
    }

    /** Bodies of what is passed on: the largest that any of the APIs takes. */
    private static final long MAX_BODY = 16 << 20;
    private static final int MAX_WATCHES = 40;
    /** A header that a form or an image of another site can't send. */
    private static final String MARK = "x-muster-ui";
    private static final String BASE = "/ui/";
    /** How long a page waits for what it could also ask for later. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final Part home;
    private final Dispatcher own;
    private final String host;
    private final Apis apis;
    private final LiveStreams streams = new LiveStreams();

    private Pages(Part home, Dispatcher own, String host, Apis apis) {
        this.home = home;
        this.own = own;
        this.host = host;
        this.apis = apis;
    }

    /**
     * The routes of the application at one address.
     *
     * @param home the part on which it opens there
     * @param own that part's API, which the same listener serves
     * @param host the address that serves it
     * @param apis the other parts of this process
     * @param others further paths that lead to the page, such as {@code /routes}
     */
    public static Routes at(Part home, Dispatcher own, String host, Apis apis, String... others) {
        Pages pages = new Pages(home, own, host, apis);
        Routes routes = new Routes();
        for (String method : List.of("GET", "HEAD")) {
            routes.add(method, BASE + "*rest", pages::first);
            for (String path : others) {
                routes.add(method, path, pages::first);
            }
            routes.add(method, BASE + "assets/:hash/*file", call -> Assets.read().thenApply(assets -> asset(assets, call)));
        }
        routes.get("/ui-api/parts", Handlers.direct(call -> pages.parts()));
        routes.get("/ui-api/live", Handlers.direct(pages::live));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/ui-api/:part/*rest", MAX_BODY, pages::pass);
        }
        return routes;
    }

    /**
     * Reads the application's files beside whatever else goes on, so that the first visitor need not wait for it. For a program that has
     * started; without this the first visit reads them.
     */
    public static void prepare() {
        Assets.read();
    }

    private static Reply asset(Assets assets, Call call) {
        return assets.file(call.parameter("file")).filter(file -> call.parameter("hash").equals(assets.hash()))
                .orElseGet(() -> Reply.text(404, "no file " + call.parameter("file") + " in this version of the pages; reload the page\n"));
    }

    /** The page, with what its scripts would ask for before anything else. */
    private CompletionStage<Reply> first(Call call) {
        String parts = states().entrySet().stream().map(part -> part.getKey() + "=" + part.getValue()).collect(Collectors.joining(" "));
        return Assets.read().thenCombine(datacenter(call),
                (assets, own) -> assets.page(BASE, home, Assets.Addresses.PATH).at(call.path(), parts, own));
    }

    /** The registry's own datacenter; "" when it does not tell at once, and the page asks by itself. */
    private CompletionStage<String> datacenter(Call page) {
        Optional<Dispatcher> registry = reachable(Part.REGISTRY);
        if (registry.isEmpty()) {
            return CompletableFuture.completedFuture("");
        }
        Call question = new Call("GET", "/v1/catalog/datacenters", Map.of(), Map.of(), Map.of(), new byte[0], page.remote(), page.gone());
        return registry.get().handle(question).toCompletableFuture().thenApply(Pages::firstOf)
                .completeOnTimeout("", PATIENCE.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> "");
    }

    private static String firstOf(Reply reply) {
        return reply.status() == 200 && reply instanceof Reply.Full full && Json.parse(full.body()) instanceof List<?> names && !names.isEmpty()
                ? String.valueOf(names.getFirst())
                : "";
    }

    private Reply parts() {
        return Reply.of(200, "application/json", Json.write(states())).with("Cache-Control", "no-store");
    }

    private Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            states.put(part.word(), reachable(part).isPresent() ? "open" : apis.runs(part) ? "elsewhere" : "absent");
        }
        return states;
    }

    private Optional<Dispatcher> reachable(Part part) {
        return part == home ? Optional.of(own) : apis.reachable(part, host);
    }

    private CompletionStage<Reply> pass(Call call) {
        if (!call.method().equals("GET") && call.header(MARK).isEmpty()) {
            return CompletableFuture.completedFuture(Reply.text(403, "writes through the pages carry the header X-Muster-Ui\n"));
        }
        Optional<Dispatcher> api = Part.of(call.parameter("part")).flatMap(this::reachable);
        if (api.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.text(502, "the " + call.parameter("part") + " is not served at this address\n"));
        }
        return api.get().handle(new Call(call.method(), "/" + call.parameter("rest"), Map.of(), call.query(), call.headers(), call.body(),
                call.remote(), call.gone()));
    }

    /** {@code watch=PART:INDEX:PATH}, several; the index is that of the answer which the caller holds, 0 for none. */
    private Reply live(Call call) {
        List<Watch> watches = new ArrayList<>();
        for (String text : call.query().getOrDefault("watch", List.of())) {
            String[] parts = text.split(":", 3);
            Optional<Part> part = Part.of(parts[0]);
            if (parts.length < 3 || part.isEmpty() || !parts[1].matches("\\d{1,19}") || !parts[2].startsWith("/")) {
                return Reply.text(400, "watch has to be PART:INDEX:/PATH (found \"" + text + "\")\n");
            }
            Optional<Dispatcher> api = reachable(part.get());
            if (api.isEmpty()) {
                return Reply.text(502, "the " + parts[0] + " is not served at this address\n");
            }
            watches.add(new Watch(watches.size(), api.get(), template(call, parts[2]), Long.parseUnsignedLong(parts[1])));
        }
        if (watches.isEmpty() || watches.size() > MAX_WATCHES) {
            return Reply.text(400, "a stream follows 1 to " + MAX_WATCHES + " paths (found " + watches.size() + ")\n");
        }
        return streams.open(watches);
    }

    /** The read that a watch repeats: with the stream's token, and without what belongs to the stream alone. */
    private static Call template(Call stream, String address) {
        int mark = address.indexOf('?');
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (mark >= 0) {
            for (String pair : address.substring(mark + 1).split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                query.computeIfAbsent(decoded(name), key -> new ArrayList<>(1)).add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        String path = mark < 0 ? address : address.substring(0, mark);
        return new Call("GET", decoded(path.replace("+", "%2B")), Map.of(), query, stream.headers(), new byte[0], stream.remote(), stream.gone());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
