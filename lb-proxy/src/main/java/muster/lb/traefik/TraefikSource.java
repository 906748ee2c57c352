package muster.lb.traefik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import muster.lb.route.Problem;
import muster.lb.source.CatalogFollower;
import muster.lb.source.ChangeLoop;
import muster.lb.source.LastKnown;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.wire.GoDuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Definitions out of the registry's tags; made and published by the loop's one thread: what differs only. */
final class TraefikSource implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TraefikSource.class);
    /** How long instances that all vanished at once are used on. */
    private static final Duration KEEP = Duration.ofMinutes(1);

    private final TraefikConfig.Provider provider;
    private final Publish publish;
    private final CatalogFollower catalog;
    private final ChangeLoop loop;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    /** The following are the loop's thread's. */
    private final LastKnown<List<ServiceInstance>> known = new LastKnown<>(KEEP);
    private final Definitions definitions = new Definitions();
    private Set<String> kept = Set.of();

    /** Takes what differs, and all problems there are now. */
    interface Publish {
        void changed(Change change, List<Problem> problems);
    }

    TraefikSource(TraefikConfig.Provider provider, RegistryClient registry, Publish publish) {
        this.provider = provider;
        this.publish = publish;
        this.loop = new ChangeLoop("traefik-routes", this::rebuild);
        this.catalog = new CatalogFollower(registry, this::mayBeExposed, Query.Scope.LOCAL, loop::changed);
    }

    /** Begins to watch; returns at once. */
    void start() {
        loop.start();
        catalog.start();
    }

    /** Completes with the first complete table. */
    CompletionStage<Void> ready() {
        return ready;
    }

    CatalogFollower.Freshness freshness() {
        return catalog.freshness();
    }

    @Override
    public void close() {
        loop.close();
        catalog.close();
    }

    /** Where nothing is exposed by default, services without the tag need not be watched. */
    private boolean mayBeExposed(ServiceSummary service) {
        return provider.isExposedByDefault()
                || service.tags().stream().anyMatch(tag -> tag.toLowerCase(java.util.Locale.ROOT)
                        .startsWith((provider.prefix() + ".enable=").toLowerCase(java.util.Locale.ROOT)));
    }

    private void rebuild() {
        Map<String, Optional<List<ServiceInstance>>> changed = new HashMap<>();
        for (String name : catalog.takeChanged()) {
            changed.put(name, catalog.instances(name)
                    .map(instances -> instances.stream().filter(instance -> provider.statuses().contains(instance.status())).toList())
                    .filter(usable -> !usable.isEmpty()));
        }
        LastKnown.Seen<List<ServiceInstance>> seen = known.of(changed, catalog.takeAnew(), System.nanoTime());
        tell(seen.kept());
        Map<String, List<DynamicConfig>> services = new HashMap<>();
        seen.services().forEach((name, instances) -> services.put(name,
                instances.orElse(List.of()).stream().flatMap(instance -> TraefikTags.of(instance, provider).stream()).toList()));
        Change change = definitions.put(services);
        List<Problem> problems = new ArrayList<>(definitions.problems());
        kept.stream().sorted().forEach(name -> problems.add(new Problem("service " + name,
                "it left at once with all others; its last instances are used on for " + GoDuration.format(KEEP))));
        publish.changed(change, problems);
        if (catalog.isComplete()) {
            ready.complete(null);
        }
    }

    private void tell(Set<String> keptNow) {
        boolean isNew = !kept.containsAll(keptNow);
        kept = keptNow;
        if (isNew) {
            log.error("services left at once, their last instances are used on services={} for={}", keptNow.size(), KEEP);
            // Nothing else may change until their time is over.
            CompletableFuture.delayedExecutor(KEEP.toMillis() + 1, TimeUnit.MILLISECONDS).execute(loop::changed);
        }
    }
}
