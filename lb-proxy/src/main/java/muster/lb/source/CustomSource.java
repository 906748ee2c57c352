package muster.lb.source;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Transport;
import muster.lb.route.PathMatcher;
import muster.lb.route.Problem;
import muster.lb.route.RouteBook;
import muster.lb.route.RouteCommand;
import muster.lb.route.TargetUrl;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes that a server of the operator's own lists as JSON ({@code registry.backend=custom}), asked for again and again by one virtual thread.
 * An answer that can't be used leaves the table as it is; a route of it that can't be used is named and harms no other.
 */
public final class CustomSource implements RouteSource {
    private static final Logger log = LoggerFactory.getLogger(CustomSource.class);
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final Settings settings;
    private final Fetcher fetcher;
    private final InstantSource clock;
    private final Consumer<Routing> publish;
    private final RouteBook book;
    private final Thread thread = Thread.ofVirtual().name("fabio-custom-routes").unstarted(this::run);
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile Routing routing;
    private volatile CatalogFollower.Freshness freshness = new CatalogFollower.Freshness(Optional.empty(), Optional.empty());

    /**
     * Whom to ask, and how often.
     *
     * @param uri path and query
     */
    public record Settings(TargetUrl server, String uri, Transport transport, Duration timeout, Duration interval) {}

    /** A command as JSON has it. */
    record Line(
            @Key("cmd") String cmd, @Key("service") String service, @Key("src") String src, @Key("dst") String dst, @Key("weight") double weight,
            @Key("tags") List<String> tags, @Key("opts") Map<String, String> opts) {
        RouteCommand command() {
            List<String> given = tags == null ? List.of() : tags;
            return switch (text(cmd)) {
                case "route add" -> {
                    TargetUrl.parse(text(dst));
                    yield new RouteCommand.Add(needed("service", service), needed("src", src), dst, weight, given,
                            new TreeMap<>(opts == null ? Map.of() : opts));
                }
                case "route del" -> new RouteCommand.Delete(text(service), text(src), text(dst), given);
                case "route weight" -> new RouteCommand.Weigh(text(service), needed("src", src), weight, given);
                default -> throw new IllegalArgumentException("\"" + text(cmd) + "\" is no command: route add, route del or route weight");
            };
        }

        private static String text(String value) {
            return value == null ? "" : value;
        }

        private static String needed(String name, String value) {
            if (text(value).isEmpty()) {
                throw new IllegalArgumentException(name + " is missing");
            }
            return value;
        }
    }

    public CustomSource(Settings settings, Fetcher fetcher, InstantSource clock, PathMatcher matcher, boolean hostGlobs, Consumer<Routing> publish) {
        this.settings = settings;
        this.fetcher = fetcher;
        this.clock = clock;
        this.publish = publish;
        this.book = new RouteBook(matcher, hostGlobs);
        this.routing = new Routing(book.table(), List.of(), "", Set.of(), Set.of(), false);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public CompletionStage<Void> ready() {
        return ready;
    }

    @Override
    public Routing routing() {
        return routing;
    }

    @Override
    public CatalogFollower.Freshness freshness() {
        return freshness;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                ask();
                Thread.sleep(settings.interval());
            }
        } catch (InterruptedException e) {
            log.debug("routes are no longer asked for");
        }
    }

    private void ask() throws InterruptedException {
        HeaderList headers = new HeaderList().add("Host", settings.server().authority()).add("Accept", "application/json");
        try {
            Fetcher.Fetched answer = fetcher.fetch(new Fetcher.Request("GET", settings.server(), settings.transport(), settings.uri(), headers, new byte[0],
                    settings.timeout(), MAX_BYTES)).toCompletableFuture().get(settings.timeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
            if (answer.status() != 200) {
                failed("it answered " + answer.status());
                return;
            }
            take(Json.readList(Line.class, answer.body(), Json.Unknown.IGNORE));
        } catch (JsonException e) {
            failed("its answer is no list of routes: " + e.getMessage());
        } catch (ExecutionException e) {
            failed(e.getCause().getMessage());
        } catch (TimeoutException e) {
            failed("no answer within " + settings.timeout());
        }
    }

    private void take(List<Line> lines) {
        List<RouteCommand> commands = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                commands.add(lines.get(i).command());
            } catch (IllegalArgumentException e) {
                problems.add(new Problem("route " + (i + 1) + " of " + settings.server().text(), e.getMessage()));
            }
        }
        Set<String> changed = book.manual(commands).changed();
        problems.addAll(book.problems());
        freshness = new CatalogFollower.Freshness(Optional.empty(), Optional.empty());
        if (!changed.isEmpty() || !problems.equals(routing.problems()) || !ready.isDone()) {
            problems.stream().filter(problem -> !routing.problems().contains(problem)).forEach(problem ->
                    log.warn("route not used where=\"{}\" why=\"{}\"", problem.where(), problem.text()));
            routing = new Routing(book.table(), List.copyOf(problems), "", Set.of(), changed, false);
            publish.accept(routing);
            ready.complete(null);
        }
    }

    private void failed(String why) {
        if (freshness.failure().isEmpty()) {
            log.warn("routes not read, the last ones stay url={} why=\"{}\"", settings.server().text(), why);
            freshness = new CatalogFollower.Freshness(Optional.of(clock.instant()), Optional.of(why));
        }
    }
}
