package muster.template.watch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import muster.template.dependency.Dependency;

/** A watch for each dependency: push, where the registry is in the same process. */
final class DirectFeed implements Feed {
    private final RegistryClient registry;
    private final Report report;
    /** Guarded by this. */
    private final Map<Dependency.OfRegistry<?>, RegistryClient.Watch> watches = new HashMap<>();

    DirectFeed(RegistryClient registry, Report report) {
        this.registry = registry;
        this.report = report;
    }

    @Override
    public void want(Set<Dependency.OfRegistry<?>> wanted) {
        Set<Dependency.OfRegistry<?>> started;
        Set<RegistryClient.Watch> ended = new HashSet<>();
        synchronized (this) {
            started = new HashSet<>(wanted);
            started.removeAll(watches.keySet());
            watches.entrySet().removeIf(entry -> !wanted.contains(entry.getKey()) && ended.add(entry.getValue()));
        }
        ended.forEach(RegistryClient.Watch::close);
        started.forEach(this::start);
    }

    private <T> void start(Dependency.OfRegistry<T> dependency) {
        RegistryClient.Watch watch = registry.watch(dependency.query(), (View<T> view) ->
                report.accept(dependency, view.value(), view.failure().map(why -> dependency + ": " + why)));
        synchronized (this) {
            watches.put(dependency, watch);
        }
    }

    @Override
    public void close() {
        Map<Dependency.OfRegistry<?>, RegistryClient.Watch> ended;
        synchronized (this) {
            ended = Map.copyOf(watches);
            watches.clear();
        }
        ended.values().forEach(RegistryClient.Watch::close);
    }

}
