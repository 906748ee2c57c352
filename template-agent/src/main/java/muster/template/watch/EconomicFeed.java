package muster.template.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
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
    /** In one round each of those that take turns is read once; a round takes at least this long. */
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    /** A recursive read that gives this many entries, and this many times those wanted, is not worth it. */
    private static final int DEAR_ENTRIES = 5_000;
    private static final int DEAR_TIMES = 50;

    private final RegistryClient registry;
    private final int connections;
    private final Report report;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Guarded by the lock, as is all that follows. */
    private Map<Query<?>, List<Dependency.OfRegistry<?>>> wanted = Map.of();
    private final Map<Object, List<RegistryClient.Watch>> watches = new HashMap<>();
    private final Set<Query.Entries> dear = new HashSet<>();
    private WatchPlan plan = new WatchPlan(Set.of(), List.of(), Set.of(), Set.of());
    /** To be read now, oldest first. */
    private final LinkedHashSet<Query<?>> urgent = new LinkedHashSet<>();
    private final ArrayDeque<Query<?>> round = new ArrayDeque<>();
    private long nextTurn = System.nanoTime();
    private final List<Thread> readers = new ArrayList<>();
    private boolean closed;

    EconomicFeed(RegistryClient registry, int connections, Report report) {
        this.registry = registry;
        this.connections = connections;
        this.report = report;
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
        plan = next;
        urgent.clear();
        urgent.addAll(next.services());
        round.clear();
        round.addAll(next.turns());
        urgent.addAll(next.turns());
        needed.forEach((key, start) -> {
            if (!watches.containsKey(key)) {
                start.run();
            }
        });
        if (readers.isEmpty() && (!next.turns().isEmpty() || !next.groups().isEmpty() || !next.services().isEmpty())) {
            for (int i = 0; i < WatchPlan.READERS; i++) {
                readers.add(Thread.ofVirtual().name("template-reader-" + i).start(this::readInTurn));
            }
        }
        work.signalAll();
        LOG.debug("watch plan direct={} groups={} services={} turns={} connections={}", next.direct().size(), next.groups().size(),
                next.services().size(), next.turns().size(), next.connections());
    }

    private <T> void startDirect(Query<T> query) {
        watches.put(query, List.of(registry.watch(query, (View<T> view) -> answered(query, view.value(), view.failure()))));
    }

    private void answered(Query<?> query, Optional<?> value, Optional<String> failure) {
        List<Dependency.OfRegistry<?>> concerned;
        lock.lock();
        try {
            concerned = wanted.getOrDefault(query, List.of());
        } finally {
            lock.unlock();
        }
        concerned.forEach(dependency -> report.accept(dependency, value, failure.map(why -> dependency + ": " + why)));
    }

    private void startGroup(WatchPlan.Group group) {
        Map<Query.Key, KeyValue> before = new ConcurrentHashMap<>();
        watches.put(group, List.of(registry.watch(group.query(), view -> {
            if (view.failure().isPresent()) {
                group.keys().forEach(key -> answered(key, Optional.empty(), view.failure()));
                before.clear();
                return;
            }
            List<KeyValue> entries = view.value().orElse(List.of());
            takeGroup(group, entries, before);
            if (entries.size() > DEAR_ENTRIES && entries.size() / DEAR_TIMES > group.keys().size()) {
                tooDear(group.query(), entries.size());
            }
        })));
    }

    /** Reports keys that changed; those that are not there are looked at by themselves. */
    private void takeGroup(WatchPlan.Group group, List<KeyValue> entries, Map<Query.Key, KeyValue> before) {
        Map<Query.Key, KeyValue> found = new HashMap<>();
        for (KeyValue entry : entries) {
            Query.Key key = new Query.Key(entry.key(), group.query().scope());
            if (group.keys().contains(key)) {
                found.put(key, entry);
            }
        }
        List<Query<?>> absent = new ArrayList<>();
        for (Query.Key key : group.keys()) {
            KeyValue now = found.get(key);
            if (now == null) {
                before.remove(key);
                absent.add(key);
            } else if (!now.equals(before.put(key, now))) {
                answered(key, Optional.of(Optional.of(now)), Optional.empty());
            }
        }
        readSoon(absent);
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
        ServiceChanges changes = new ServiceChanges();
        watches.put(scope, List.of(
                registry.watch(new Query.ChecksInState("any", scope), view -> {
                    if (view.failure().isPresent()) {
                        failServices(scope, view.failure());
                    } else {
                        readServices(scope, changes.ofChecks(view.value().orElse(List.of())));
                    }
                }),
                registry.watch(new Query.Services(scope), view -> {
                    if (view.failure().isEmpty()) {
                        readServices(scope, changes.ofNames(view.value().orElse(List.of())));
                    }
                })));
    }

    private void readServices(Query.Scope scope, Set<String> names) {
        List<Query<?>> concerned = new ArrayList<>();
        lock.lock();
        try {
            for (Query.HealthService service : plan.services()) {
                if (service.scope().equals(scope) && (names.contains("") || names.contains(service.service()))) {
                    concerned.add(service);
                }
            }
        } finally {
            lock.unlock();
        }
        readSoon(concerned);
    }

    private void failServices(Query.Scope scope, Optional<String> failure) {
        List<Query.HealthService> concerned;
        lock.lock();
        try {
            concerned = plan.services().stream().filter(service -> service.scope().equals(scope)).toList();
        } finally {
            lock.unlock();
        }
        concerned.forEach(service -> answered(service, Optional.empty(), failure));
    }

    private void readSoon(List<Query<?>> queries) {
        lock.lock();
        try {
            urgent.addAll(queries);
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void readInTurn() {
        try {
            while (true) {
                Query<?> query = next();
                try {
                    answered(query, Optional.of(registry.read(query).value()), Optional.empty());
                } catch (RegistryException e) {
                    answered(query, Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
                    Thread.sleep(AFTER_FAILURE);
                    again(query);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("reader ended");
        }
    }

    /** What is neither followed by a blocking query nor takes turns would not be looked at again. */
    private void again(Query<?> query) {
        lock.lock();
        try {
            if (wanted.containsKey(query)) {
                urgent.add(query);
            }
        } finally {
            lock.unlock();
        }
    }

    private Query<?> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (!urgent.isEmpty()) {
                    return urgent.removeFirst();
                }
                long now = System.nanoTime();
                if (round.isEmpty()) {
                    work.await();
                } else if (nextTurn - now > 0) {
                    work.await(nextTurn - now, TimeUnit.NANOSECONDS);
                } else {
                    nextTurn = now + ROUND.toNanos() / round.size();
                    Query<?> query = round.removeFirst();
                    round.addLast(query);
                    return query;
                }
            }
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
            readers.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
        ended.forEach(RegistryClient.Watch::close);
    }
}
