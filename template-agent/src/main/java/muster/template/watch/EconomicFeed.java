package muster.template.watch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import muster.template.dependency.Dependency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows any number of dependencies with a bounded number of requests at the registry, by a {@link WatchPlan}. A failure is
 * reported for each dependency it concerns and never becomes a value: a key that a recursive read does not show is read by
 * itself before it counts as absent, since a token may be allowed less than the prefix.
 */
final class EconomicFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(EconomicFeed.class);
    /** A recursive read that gives this many entries, and this many times those wanted, is not worth it. */
    private static final int DEAR_ENTRIES = 5_000;
    private static final int DEAR_TIMES = 50;

    private final RegistryClient registry;
    private final int connections;
    private final Report report;
    private final TurnReader reader;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is all that follows. */
    private Map<Query<?>, List<Dependency.OfRegistry<?>>> wanted = Map.of();
    private final Map<Object, List<RegistryClient.Watch>> watches = new HashMap<>();
    private final Set<Query.Entries> dear = new HashSet<>();
    private WatchPlan plan = new WatchPlan(Set.of(), List.of(), Set.of(), Set.of());
    private boolean closed;
    /** Keys that are to be read by themselves since their group did not show them. */
    private final Map<Query<?>, GroupNews> missed = new ConcurrentHashMap<>();

    EconomicFeed(RegistryClient registry, int connections, Report report) {
        this.registry = registry;
        this.connections = connections;
        this.report = report;
        this.reader = new TurnReader(registry, WatchPlan.READERS, this::isWanted, this::readByItself);
    }

    @Override
    public void want(Set<Dependency.OfRegistry<?>> dependencies) {
        lock.lock();
        try {
            Map<Query<?>, List<Dependency.OfRegistry<?>>> next = dependencies.stream().collect(Collectors.groupingBy(Dependency.OfRegistry::query));
            if (closed || next.equals(wanted)) {
                return;
            }
            wanted = next;
            replan();
        } finally {
            lock.unlock();
        }
    }

    /** Holds the lock. Closing a watch waits for its listener, which may want the lock: so it is done by a thread of its own. */
    private void replan() {
        WatchPlan next = WatchPlan.of(wanted.keySet(), connections, dear);
        Map<Object, Runnable> needed = new HashMap<>();
        next.direct().forEach(query -> needed.put(query, () -> startDirect(query)));
        next.groups().forEach(group -> needed.put(group, () -> startGroup(group)));
        next.services().stream().map(Query.HealthService::scope).distinct().forEach(scope -> needed.put(scope, () -> startServices(scope)));
        List<RegistryClient.Watch> ended = new ArrayList<>();
        watches.entrySet().removeIf(entry -> !needed.containsKey(entry.getKey()) && ended.addAll(entry.getValue()));
        Thread.ofVirtual().name("template-unwatch").start(() -> ended.forEach(RegistryClient.Watch::close));
        Set<Query.HealthService> before = plan.services();
        plan = next;
        List<Query<?>> urgent = new ArrayList<>(next.turns());
        next.services().stream().filter(service -> watches.containsKey(service.scope()) && !before.contains(service)).forEach(urgent::add);
        needed.forEach((key, start) -> {
            if (!watches.containsKey(key)) {
                start.run();
            }
        });
        reader.turns(next.turns());
        reader.now(urgent);
        LOG.debug("watch plan direct={} groups={} services={} turns={} connections={}", next.direct().size(), next.groups().size(),
                next.services().size(), next.turns().size(), next.connections());
    }

    private <T> void startDirect(Query<T> query) {
        watches.put(query, List.of(registry.watch(query, (View<T> view) -> answered(query, view.value(), view.failure()))));
    }

    private boolean isWanted(Query<?> query) {
        lock.lock();
        try {
            return wanted.containsKey(query);
        } finally {
            lock.unlock();
        }
    }

    private void answered(Query<?> query, Optional<?> value, Optional<String> failure) {
        answered(List.of(query), any -> value, failure);
    }

    /** A key that was missed in its group may have been seen there meanwhile; then that is newer. */
    private void readByItself(Query<?> query, Optional<?> value, Optional<String> failure) {
        GroupNews group = failure.isPresent() ? missed.get(query) : missed.remove(query);
        if (group == null) {
            answered(query, value, failure);
            return;
        }
        synchronized (group) {
            if (group.isAway(query)) {
                answered(query, value, failure);
            }
        }
    }

    /** Of several queries at once. */
    private void answered(Collection<? extends Query<?>> queries, Function<Query<?>, Optional<?>> value, Optional<String> failure) {
        List<News> news = new ArrayList<>();
        lock.lock();
        try {
            for (Query<?> query : queries) {
                for (Dependency.OfRegistry<?> dependency : wanted.getOrDefault(query, List.of())) {
                    news.add(new News(dependency, value.apply(query), failure.map(why -> dependency + ": " + why)));
                }
            }
        } finally {
            lock.unlock();
        }
        report.accept(news);
    }

    private void startGroup(WatchPlan.Group group) {
        GroupNews keys = new GroupNews(group);
        watches.put(group, List.of(registry.watch(group.query(), view -> {
            List<KeyValue> entries = view.value().orElse(List.of());
            synchronized (keys) {
                if (view.failure().isPresent()) {
                    keys.forget();
                    answered(group.keys(), key -> Optional.empty(), view.failure());
                    return;
                }
                GroupNews.News news = keys.take(entries);
                answered(news.changed().keySet(), key -> Optional.of(Optional.of(news.changed().get(key))), Optional.empty());
                news.absent().forEach(key -> missed.put(key, keys));
                reader.now(news.absent());
            }
            if (entries.size() > DEAR_ENTRIES && entries.size() / DEAR_TIMES > group.keys().size()) {
                tooDear(group.query(), entries.size());
            }
        })));
    }

    private void tooDear(Query.Entries query, int entries) {
        lock.lock();
        try {
            if (!closed && dear.add(query)) {
                LOG.info("keys are read in turn, since their prefix holds too many others prefix={} entries={}", query.prefix(), entries);
                replan();
            }
        } finally {
            lock.unlock();
        }
    }

    private void startServices(Query.Scope scope) {
        watches.put(scope, new ServiceNews(scope, new ServiceNews.Orders() {
            @Override
            public void readNow(Set<String> names) {
                reader.now(services(scope, name -> names.contains("") || names.contains(name)));
            }

            @Override
            public void readAllSoon() {
                reader.soon(services(scope, name -> true));
            }

            @Override
            public void failed(Optional<String> why) {
                answered(services(scope, name -> true), service -> Optional.empty(), why);
            }
        }).watch(registry));
    }

    private List<Query.HealthService> services(Query.Scope scope, Predicate<String> names) {
        lock.lock();
        try {
            return plan.services().stream().filter(service -> service.scope().equals(scope) && names.test(service.service())).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<RegistryClient.Watch> ended = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            watches.values().forEach(ended::addAll);
            watches.clear();
        } finally {
            lock.unlock();
        }
        reader.close();
        ended.forEach(RegistryClient.Watch::close);
    }
}
