package muster.lb.source;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.registry.client.View;

/**
 * The instances of those services that a predicate selects, kept current by one watch on the list of services and one for each
 * selected service, so that a change re-reads only the service it concerns. What the registry last said is kept while it can't
 * be reached.
 *
 * <p>Any thread may read; the watches' threads write. The callback runs on a watch's thread and must not wait.
 */
public final class CatalogFollower implements AutoCloseable {
    private final RegistryClient registry;
    private final Predicate<ServiceSummary> selects;
    private final Query.Scope scope;
    private final Runnable changed;
    private final Map<String, Followed> followed = new ConcurrentHashMap<>();
    private volatile View<List<ServiceSummary>> services = new View<>(Optional.empty(), 0, Instant.EPOCH, Optional.empty());
    private final Set<String> touched = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unread = new AtomicInteger();
    private final AtomicBoolean isAnew = new AtomicBoolean();
    private RegistryClient.Watch watch;
    private boolean isClosed;

    /** How current the picture is: the oldest reading among the watches that fail, and why they do. */
    public record Freshness(Optional<Instant> failingSince, Optional<String> failure) {}

    /** One selected service. */
    private static final class Followed {
        private final AtomicBoolean isRead = new AtomicBoolean();
        private volatile View<List<ServiceInstance>> view = new View<>(Optional.empty(), 0, Instant.EPOCH, Optional.empty());
        private RegistryClient.Watch watch;

        /** Counts it as read, once. */
        void read(AtomicInteger unread) {
            if (isRead.compareAndSet(false, true)) {
                unread.decrementAndGet();
            }
        }
    }

    public CatalogFollower(RegistryClient registry, Predicate<ServiceSummary> selects, Query.Scope scope, Runnable changed) {
        this.registry = registry;
        this.selects = selects;
        this.scope = scope;
        this.changed = changed;
    }

    /** Begins to watch. */
    public synchronized void start() {
        watch = registry.watch(new Query.Services(scope), this::servicesChanged);
    }

    /** The instances as last known, by service name, health not looked at. Services not read yet are left out. */
    public SortedMap<String, List<ServiceInstance>> instances() {
        SortedMap<String, List<ServiceInstance>> known = new TreeMap<>();
        followed.forEach((name, service) -> service.view.value().ifPresent(instances -> known.put(name, instances)));
        return known;
    }

    /** The services that changed since this was last asked, those that are gone included. For one caller. */
    public Set<String> takeChanged() {
        Set<String> taken = Set.copyOf(touched);
        touched.removeAll(taken);
        return taken;
    }

    /** Whether the registry's state was replaced by another, an older or an empty one, since this was last asked. For one caller. */
    public boolean takeAnew() {
        return isAnew.getAndSet(false);
    }

    /** One service's instances as last known; empty when it is not followed, or not read yet. */
    public Optional<List<ServiceInstance>> instances(String service) {
        return Optional.ofNullable(followed.get(service)).flatMap(one -> one.view.value());
    }

    /** Whether the list and every selected service have been read at least once. */
    public boolean isComplete() {
        return services.value().isPresent() && unread.get() == 0;
    }

    public Freshness freshness() {
        List<View<?>> failing = new ArrayList<>();
        failing.add(services);
        followed.values().forEach(service -> failing.add(service.view));
        failing.removeIf(view -> view.failure().isEmpty());
        return new Freshness(
                failing.stream().map(View::readAt).min(Instant::compareTo),
                failing.stream().map(View::failure).flatMap(Optional::stream).findFirst());
    }

    /** Ends the watches, outside the lock: a watch may wait for its listener, and the listener for the lock. */
    @Override
    public void close() {
        List<RegistryClient.Watch> ending = new ArrayList<>();
        synchronized (this) {
            isClosed = true;
            if (watch != null) {
                ending.add(watch);
            }
            followed.values().forEach(service -> ending.add(service.watch));
            followed.clear();
        }
        ending.forEach(RegistryClient.Watch::close);
    }

    private synchronized void servicesChanged(View<List<ServiceSummary>> view) {
        if (Long.compareUnsigned(view.index(), services.index()) < 0) {
            isAnew.set(true);
        }
        services = view;
        if (isClosed) {
            return;
        }
        view.value().ifPresent(list -> {
            Set<String> wanted = list.stream().filter(selects).map(ServiceSummary::name).collect(Collectors.toSet());
            Set<String> gone = followed.keySet().stream().filter(name -> !wanted.contains(name)).collect(Collectors.toSet());
            for (String name : gone) {
                Followed service = followed.remove(name);
                service.watch.close();
                service.read(unread);
            }
            // Only now: whoever takes the names looks the services up after that.
            touched.addAll(gone);
            for (String name : wanted) {
                if (!followed.containsKey(name)) {
                    follow(name);
                }
            }
        });
        changed.run();
    }

    private void follow(String name) {
        Followed service = new Followed();
        unread.incrementAndGet();
        followed.put(name, service);
        service.watch = registry.watch(new Query.HealthService(name, List.of(), false, "", scope), view -> {
            service.view = view;
            touched.add(name);
            if (view.value().isPresent()) {
                service.read(unread);
            }
            changed.run();
        });
    }
}
