package muster.lb.traefik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

/** Definitions out of the registry's tags; made and published by the loop's one thread, only when something differs. */
final class TraefikSource implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TraefikSource.class);
    /** How long instances that all vanished at once are used on. */
    private static final Duration KEEP = Duration.ofMinutes(1);

    private final TraefikConfig.Provider provider;
    private final Consumer<DynamicConfig> publish;
    private final CatalogFollower catalog;
    private final ChangeLoop loop;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final LastKnown<List<ServiceInstance>> known = new LastKnown<>(KEEP);
    private LastKnown.Picture<List<ServiceInstance>> last = new LastKnown.Picture<>(new TreeMap<>(), Set.of());

    TraefikSource(TraefikConfig.Provider provider, RegistryClient registry, Consumer<DynamicConfig> publish) {
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
        SortedMap<String, List<ServiceInstance>> found = new TreeMap<>();
        catalog.instances().forEach((name, instances) -> {
            List<ServiceInstance> usable = instances.stream().filter(instance -> provider.statuses().contains(instance.status())).toList();
            if (!usable.isEmpty()) {
                found.put(name, usable);
            }
        });
        LastKnown.Picture<List<ServiceInstance>> picture = known.of(found, catalog.takeAnew(), System.nanoTime());
        if (!picture.equals(last) || !ready.isDone()) {
            tell(picture.kept());
            last = picture;
            List<DynamicConfig> parts = new ArrayList<>();
            picture.services().values().forEach(service -> service.forEach(instance -> TraefikTags.of(instance, provider).ifPresent(parts::add)));
            picture.kept().stream().sorted().forEach(name -> parts.add(DynamicConfig.unusable(new Problem("service " + name,
                    "it left at once with all others; its last instances are used on for " + GoDuration.format(KEEP)))));
            publish.accept(DynamicConfig.merge(parts));
        }
        if (catalog.isComplete()) {
            ready.complete(null);
        }
    }

    private void tell(Set<String> kept) {
        if (!last.kept().containsAll(kept)) {
            log.error("services left at once, their last instances are used on services={} for={}", kept.size(), KEEP);
            // Nothing else may change until their time is over.
            CompletableFuture.delayedExecutor(KEEP.toMillis() + 1, TimeUnit.MILLISECONDS).execute(loop::changed);
        }
    }
}
