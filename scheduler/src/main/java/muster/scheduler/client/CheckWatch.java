package muster.scheduler.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import muster.registry.client.HealthCheck;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.View;

/**
 * Follows the states of the checks of some service instances, by push. The consumer gets the states of all of them, by
 * check id, whenever one may have changed. Thread-safe.
 */
final class CheckWatch implements AutoCloseable {
    private final RegistryClient registry;
    private final Consumer<Map<String, HealthCheck.Status>> consumer;
    private final Map<String, RegistryClient.Watch> watches = new HashMap<>();
    private final Map<String, Map<String, HealthCheck.Status>> states = new HashMap<>();
    private Set<String> ids = Set.of();

    CheckWatch(RegistryClient registry, Consumer<Map<String, HealthCheck.Status>> consumer) {
        this.registry = registry;
        this.consumer = consumer;
    }

    /** Follows these services, and of them these instances, from now on, instead of those before. */
    void follow(Set<String> services, Set<String> instances) {
        Set<String> opened;
        List<RegistryClient.Watch> closing;
        synchronized (this) {
            ids = Set.copyOf(instances);
            closing = watches.entrySet().stream().filter(e -> !services.contains(e.getKey())).map(Map.Entry::getValue).toList();
            watches.keySet().retainAll(services);
            states.keySet().retainAll(services);
            opened = new java.util.HashSet<>(services);
            opened.removeAll(watches.keySet());
        }
        closing.forEach(RegistryClient.Watch::close);
        for (String service : opened) {
            Query<List<ServiceInstance>> query = new Query.HealthService(service, List.of(), false, "", Query.Scope.LOCAL);
            RegistryClient.Watch watch = registry.watch(query, view -> changed(service, view));
            synchronized (this) {
                watches.put(service, watch);
            }
        }
    }

    private void changed(String service, View<List<ServiceInstance>> view) {
        Map<String, HealthCheck.Status> all = new HashMap<>();
        synchronized (this) {
            Map<String, HealthCheck.Status> own = new HashMap<>();
            for (ServiceInstance instance : view.value().orElse(List.of())) {
                if (ids.contains(instance.id())) {
                    instance.checks().stream().filter(check -> check.serviceId().equals(instance.id()))
                            .forEach(check -> own.put(check.checkId(), check.status()));
                }
            }
            states.put(service, own);
            states.values().forEach(all::putAll);
        }
        consumer.accept(all);
    }

    @Override
    public void close() {
        follow(Set.of(), Set.of());
    }
}
