package muster.lb.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import muster.lb.route.PathMatcher;
import muster.lb.route.Problem;
import muster.lb.route.RouteCommand;
import muster.lb.route.RouteScript;
import muster.lb.route.RouteTable;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fabio's table out of the registry: the routes of healthy instances' tags, sorted in reverse, then the operator's commands out
 * of the KV store. A change gives a new table within some milliseconds; the same text gives nothing. A tag or line that can't be
 * used is reported; a bad operator's text leaves the last good one in force.
 *
 * <p>Tables are made and published by the loop's one thread; any thread may read what was published.
 */
public final class FabioSource implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FabioSource.class);

    private final Settings settings;
    private final RegistryClient registry;
    private final Consumer<Routing> publish;
    private final CatalogFollower catalog;
    private final ChangeLoop loop;
    private final List<RegistryClient.Watch> watches = new ArrayList<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Map<String, Translated> translated = new ConcurrentHashMap<>();
    private volatile Optional<List<KeyValue>> manual = Optional.empty();
    private volatile String noRoutePage = "";
    private volatile Routing published = new Routing(RouteTable.EMPTY, List.of(), "", List.of());
    private RouteScript lastGoodManual = new RouteScript(List.of(), List.of());

    /**
     * What to read and how to understand it.
     *
     * @param tagPrefix of the tags that are routes
     * @param kvPath the key of the operator's commands, those below it included; no leading slash
     * @param noRoutePath the key of the page for requests without a route, likewise
     */
    public record Settings(
            String tagPrefix,
            HealthRule health,
            String kvPath,
            String noRoutePath,
            PathMatcher matcher,
            boolean hostGlobs,
            List<RouteCommand> staticCommands) {}

    /** A table, what is wrong with its input, and the page for requests that it has no route for. */
    public record Routing(RouteTable table, List<Problem> problems, String noRoutePage, List<RouteCommand> commands) {}

    /** A service's instances and what their tags came to, so that only a changed service is translated again. */
    private record Translated(List<ServiceInstance> instances, List<RouteCommand> commands, List<Problem> problems) {}

    /** @param publish gets each new table, on the loop's thread */
    public FabioSource(Settings settings, RegistryClient registry, Consumer<Routing> publish) {
        this.settings = settings;
        this.registry = registry;
        this.publish = publish;
        this.loop = new ChangeLoop("fabio-routes", this::rebuild);
        this.catalog = new CatalogFollower(
                registry,
                service -> service.tags().stream().anyMatch(tag -> tag.startsWith(settings.tagPrefix())),
                Query.Scope.LOCAL,
                loop::changed);
    }

    /** Begins to watch; returns at once. */
    public void start() {
        loop.start();
        watches.add(registry.watch(new Query.Entries(settings.kvPath(), Query.Scope.LOCAL), this::manualChanged));
        watches.add(registry.watch(new Query.Entries(settings.noRoutePath(), Query.Scope.LOCAL), this::pageChanged));
        catalog.start();
    }

    /** Completes with the first table that is made of everything the registry has. */
    public CompletionStage<Void> ready() {
        return ready;
    }

    /** What was published last. */
    public Routing routing() {
        return published;
    }

    /** How current that is. */
    public CatalogFollower.Freshness freshness() {
        return catalog.freshness();
    }

    @Override
    public void close() {
        loop.close();
        watches.forEach(RegistryClient.Watch::close);
        catalog.close();
    }

    private void manualChanged(View<List<KeyValue>> view) {
        view.value().ifPresent(entries -> {
            manual = Optional.of(below(settings.kvPath(), entries));
            loop.changed();
        });
    }

    private void pageChanged(View<List<KeyValue>> view) {
        view.value().ifPresent(entries -> {
            noRoutePage = String.join("\n\n", below(settings.noRoutePath(), entries).stream().map(KeyValue::text).toList()).strip();
            loop.changed();
        });
    }

    /** The key itself and those below it, in order; a key that merely begins alike is another's. */
    private static List<KeyValue> below(String path, List<KeyValue> entries) {
        return entries.stream()
                .filter(entry -> entry.key().equals(path) || entry.key().startsWith(path + "/"))
                .sorted(Comparator.comparing(KeyValue::key))
                .toList();
    }

    private void rebuild() {
        List<RouteCommand> commands = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Map<String, List<ServiceInstance>> services = catalog.instances();
        translated.keySet().retainAll(services.keySet());
        services.forEach((name, instances) -> {
            Translated service = translated.compute(name, (n, old) ->
                    old != null && old.instances() == instances ? old : translate(instances));
            commands.addAll(service.commands());
            problems.addAll(service.problems());
        });
        commands.sort(Comparator.comparing(RouteCommand::text).reversed());
        commands.addAll(0, settings.staticCommands());
        commands.addAll(manualCommands(problems));
        publish(commands, problems);
        if (catalog.isComplete() && manual.isPresent()) {
            ready.complete(null);
        }
    }

    private Translated translate(List<ServiceInstance> instances) {
        List<RouteCommand> commands = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (ServiceInstance instance : instances) {
            if (settings.health().admits(instance)) {
                FabioTags tags = FabioTags.of(instance, settings.tagPrefix());
                commands.addAll(tags.commands());
                problems.addAll(tags.problems());
            }
        }
        return new Translated(instances, List.copyOf(commands), List.copyOf(problems));
    }

    private List<RouteCommand> manualCommands(List<Problem> problems) {
        String text = String.join("\n", manual.orElse(List.of()).stream().map(KeyValue::text).toList());
        RouteScript script = RouteScript.parse(text);
        if (script.problems().isEmpty()) {
            lastGoodManual = script;
        } else {
            script.problems().forEach(problem -> problems.add(new Problem(
                    "key " + settings.kvPath() + ", " + problem.where(),
                    problem.text() + "; the commands there keep their last good form")));
        }
        return lastGoodManual.commands();
    }

    private void publish(List<RouteCommand> commands, List<Problem> problems) {
        Routing old = published;
        boolean isSameTable = commands.equals(old.commands());
        RouteTable.Built built = isSameTable
                ? new RouteTable.Built(old.table(), List.of())
                : RouteTable.build(commands, settings.matcher(), settings.hostGlobs());
        if (isSameTable) {
            old.problems().stream().filter(problem -> problem.where().startsWith("route ")).forEach(problems::add);
        }
        problems.addAll(built.problems());
        if (isSameTable && problems.equals(old.problems()) && noRoutePage.equals(old.noRoutePage())) {
            return;
        }
        problems.stream().filter(problem -> !old.problems().contains(problem))
                .forEach(problem -> log.warn("route input not used where=\"{}\" why=\"{}\"", problem.where(), problem.text()));
        published = new Routing(built.table(), List.copyOf(problems), noRoutePage, List.copyOf(commands));
        if (!isSameTable) {
            log.info("routes changed routes={} problems={}", built.table().routes().size(), problems.size());
        }
        publish.accept(published);
    }
}
