package muster.lb.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import muster.lb.route.PathMatcher;
import muster.lb.route.Problem;
import muster.lb.route.RouteBook;
import muster.lb.route.RouteCommand;
import muster.lb.route.RouteScript;
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
public final class FabioSource implements RouteSource {
    private static final Logger log = LoggerFactory.getLogger(FabioSource.class);

    private final Settings settings;
    private final RegistryClient registry;
    private final Consumer<Routing> publish;
    private final CatalogFollower catalog;
    private final ChangeLoop loop;
    private final List<RegistryClient.Watch> watches = new ArrayList<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    /** The following are the loop's thread's. */
    private final RouteBook book;
    private final SortedMap<String, List<Problem>> tagProblems = new TreeMap<>();
    private List<Problem> manualProblems = List.of();
    private String lastManual = "";
    private volatile Optional<List<KeyValue>> manual = Optional.empty();
    private volatile String noRoutePage = "";
    private volatile Routing published;

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
            boolean hostGlobs) {}

    /** What a service's tags came to. */
    private record Translated(List<RouteCommand.Add> commands, List<Problem> problems) {}

    /** @param publish gets each new table, on the loop's thread */
    public FabioSource(Settings settings, RegistryClient registry, Consumer<Routing> publish) {
        this.settings = settings;
        this.registry = registry;
        this.publish = publish;
        this.book = new RouteBook(settings.matcher(), settings.hostGlobs());
        this.published = new Routing(book.table(), List.of(), "", Set.of(), Set.of(), false);
        this.loop = new ChangeLoop("fabio-routes", this::rebuild);
        this.catalog = new CatalogFollower(
                registry,
                service -> service.tags().stream().anyMatch(tag -> FabioTags.concerns(tag, settings.tagPrefix())),
                Query.Scope.LOCAL,
                loop::changed);
    }

    @Override
    public void start() {
        loop.start();
        watches.add(registry.watch(new Query.Entries(settings.kvPath(), Query.Scope.LOCAL), this::manualChanged));
        watches.add(registry.watch(new Query.Entries(settings.noRoutePath(), Query.Scope.LOCAL), this::pageChanged));
        catalog.start();
    }

    @Override
    public CompletionStage<Void> ready() {
        return ready;
    }

    @Override
    public Routing routing() {
        return published;
    }

    @Override
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
        Map<String, List<RouteCommand.Add>> wanted = new HashMap<>();
        for (String name : catalog.takeChanged()) {
            Optional<Translated> service = catalog.instances(name).map(this::translate);
            wanted.put(name, service.map(Translated::commands).orElse(List.of()));
            List<Problem> problems = service.map(Translated::problems).orElse(List.of());
            if (problems.isEmpty()) {
                tagProblems.remove(name);
            } else {
                tagProblems.put(name, problems);
            }
        }
        Set<String> byRegistry = book.services(wanted).changed();
        Optional<RouteScript> script = manualScript();
        Set<String> byHand = script.map(read -> book.manual(read.commands()).changed()).orElse(Set.of());
        publish(byRegistry, byHand);
        if (catalog.isComplete() && manual.isPresent()) {
            ready.complete(null);
        }
    }

    private Translated translate(List<ServiceInstance> instances) {
        List<RouteCommand.Add> commands = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (ServiceInstance instance : instances) {
            FabioTags tags = FabioTags.of(instance, settings.tagPrefix());
            problems.addAll(tags.problems());
            if (settings.health().admits(instance)) {
                commands.addAll(tags.commands());
            }
        }
        return new Translated(List.copyOf(commands), List.copyOf(problems));
    }

    /** The operator's commands if their text is a new one and can be read whole. */
    private Optional<RouteScript> manualScript() {
        String text = String.join("\n", manual.orElse(List.of()).stream().map(KeyValue::text).toList());
        if (text.equals(lastManual)) {
            return Optional.empty();
        }
        lastManual = text;
        RouteScript script = RouteScript.parse(text);
        manualProblems = script.problems().stream().map(problem -> new Problem("key " + settings.kvPath() + ", " + problem.where(),
                problem.text() + "; the commands there keep their last good form")).toList();
        return script.problems().isEmpty() ? Optional.of(script) : Optional.empty();
    }

    private void publish(Set<String> byRegistry, Set<String> byHand) {
        Routing old = published;
        List<Problem> problems = new ArrayList<>();
        tagProblems.values().forEach(problems::addAll);
        problems.addAll(manualProblems);
        problems.addAll(book.problems());
        boolean isSameTable = byRegistry.isEmpty() && byHand.isEmpty();
        if (isSameTable && problems.equals(old.problems()) && noRoutePage.equals(old.noRoutePage())) {
            return;
        }
        if (!problems.equals(old.problems())) {
            Set<Problem> known = Set.copyOf(old.problems());
            problems.stream().filter(problem -> !known.contains(problem))
                    .forEach(problem -> log.warn("route input not used where=\"{}\" why=\"{}\"", problem.where(), problem.text()));
        }
        published = new Routing(book.table(), List.copyOf(problems), noRoutePage, byRegistry, byHand, catalog.takeAnew());
        if (!isSameTable) {
            log.info("routes changed routes={} changed={} problems={}", book.table().size(), byRegistry.size() + byHand.size(), problems.size());
        }
        publish.accept(published);
    }
}
