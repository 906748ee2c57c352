package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import muster.lb.source.CatalogFollower;
import muster.lb.source.ChangeLoop;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;

/** Definitions out of the registry's tags; made and published by the loop's one thread, only when something differs. */
final class TraefikSource implements AutoCloseable {
    private final TraefikConfig.Provider provider;
    private final Consumer<DynamicConfig> publish;
    private final CatalogFollower catalog;
    private final ChangeLoop loop;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private List<ServiceInstance> last = List.of();

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
        List<ServiceInstance> instances = new ArrayList<>();
        catalog.instances().values().forEach(service -> service.stream()
                .filter(instance -> provider.statuses().contains(instance.status()))
                .forEach(instances::add));
        if (!instances.equals(last) || !ready.isDone()) {
            last = List.copyOf(instances);
            List<DynamicConfig> parts = new ArrayList<>();
            instances.forEach(instance -> TraefikTags.of(instance, provider).ifPresent(parts::add));
            publish.accept(DynamicConfig.merge(parts));
        }
        if (catalog.isComplete()) {
            ready.complete(null);
        }
    }
}
