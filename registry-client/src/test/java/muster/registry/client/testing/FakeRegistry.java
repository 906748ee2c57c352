package muster.registry.client.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import muster.registry.client.HealthCheck;
import muster.registry.client.Node;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.View;
import muster.registry.client.WatchStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry in memory, of one node, for tests. It keeps the contract of {@link RegistryClient} and adds what a test wants
 * to do to a registry: nodes and instances from nowhere, changed states, outages.
 *
 * <p>A change calls the listeners of the watches it concerns before it returns, on the caller's thread; only when another
 * thread is calling listeners at that moment does that thread call these too. So a single-threaded test needs no waiting.
 * Check definitions are kept but never run.
 */
public final class FakeRegistry implements RegistryClient {
    private static final Logger LOG = LoggerFactory.getLogger(FakeRegistry.class);

    private final AgentSelf self;
    private final InstantSource clock;
    private final FakeCatalog catalog;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<Query<?>, SharedView<?>> views = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> deliveries = new ArrayDeque<>();
    private final List<ServiceRegistration> registrations = new ArrayList<>();
    private boolean delivering;
    private boolean closed;
    private Optional<String> outage = Optional.empty();

    /** Node {@code node1} at 127.0.0.1 in {@code dc1}. */
    public FakeRegistry() {
        this("node1", "127.0.0.1", "dc1", InstantSource.system());
    }

    public FakeRegistry(String node, String address, String datacenter, InstantSource clock) {
        this.self = new AgentSelf(node, datacenter);
        this.clock = clock;
        this.catalog = new FakeCatalog(datacenter);
        addNode(node, address, Map.of("consul-network-segment", ""));
    }

    // What tests do to it.

    /** Adds or changes a node. */
    public void addNode(String name, String address, Map<String, String> meta) {
        change(() -> {
            String id = new UUID(name.hashCode(), address.hashCode()).toString();
            catalog.node(id, name, address, meta);
            return null;
        });
    }

    /** Removes a node with all on it. */
    public void removeNode(String name) {
        change(() -> {
            catalog.removeNode(name);
            return null;
        });
    }

    /** Adds or replaces an instance with its checks, and its node if that is new. */
    public void add(ServiceInstance instance) {
        change(() -> {
            catalog.instance(instance);
            return null;
        });
    }

    /** A passing instance on this registry's node, to be given to {@link #add}. */
    public ServiceInstance instance(String service, String id, String address, int port, String... tags) {
        Node node = read(new Query.NodeServices(self.nodeName(), Query.Scope.LOCAL)).value().orElseThrow().node();
        HealthCheck check = new HealthCheck(node.name(), "service:" + id, "check of " + id, HealthCheck.Status.PASSING, "", "",
                id, service, List.of(tags), "ttl", 0, 0);
        return new ServiceInstance(node, "", id, service, List.of(tags), address, port, Map.of(), Map.of(),
                ServiceInstance.Weights.DEFAULT, false, List.of(check), 0, 0);
    }

    /** Removes an instance from a node, not only from this one. */
    public void remove(String node, String serviceId) {
        change(() -> catalog.removeInstance(node, serviceId));
    }

    /** Adds or replaces a check of any node. */
    public void setCheck(HealthCheck check) {
        change(() -> {
            catalog.check(check);
            return null;
        });
    }

    /** Sets the state of all checks of a service's instance. */
    public void setStatus(String serviceId, HealthCheck.Status status) {
        change(() -> {
            for (HealthCheck check : catalog.checksOf(serviceId)) {
                catalog.updateCheck(check.node(), check.checkId(), status, "set by the test");
            }
            return null;
        });
    }

    /** From now on all reads and writes fail, and watches show why while they keep their last good value. */
    public void fail(String why) {
        outage(Optional.of(why));
    }

    /** Ends {@link #fail}. */
    public void recover() {
        outage(Optional.empty());
    }

    /** The registrations that were made and not taken back, in their order. */
    public List<ServiceRegistration> registrations() {
        return locked(() -> List.copyOf(registrations));
    }

    /** Waits until the index is beyond this one or the time is over; what a blocking query does. */
    boolean awaitIndexAfter(long index, Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (Long.compareUnsigned(catalog.index(), index) <= 0 && left > 0 && !closed) {
                left = moved.awaitNanos(left);
            }
            return left > 0;
        } finally {
            lock.unlock();
        }
    }

    // RegistryClient.

    @Override
    public <T> Reading<T> read(Query<T> query) {
        return locked(() -> {
            available();
            return catalog.read(query);
        });
    }

    /** The index of the whole: it moves with every change, whatever was asked. */
    @Override
    public OptionalLong revision(Query<?> query) {
        return locked(() -> outage.isPresent() ? OptionalLong.empty() : OptionalLong.of(catalog.index()));
    }

    @Override
    public <T> Watch watch(Query<T> query, Listener<T> listener) {
        Watcher<T> watcher = new Watcher<>(query, listener);
        locked(() -> {
            open();
            @SuppressWarnings("unchecked")
            SharedView<T> shared = (SharedView<T>) views.computeIfAbsent(query, q -> new SharedView<>(query));
            shared.watchers.add(watcher);
            if (shared.view == null) {
                refresh(shared);
            } else {
                deliver(watcher, shared.view);
            }
            return null;
        });
        deliverAll();
        return watcher;
    }

    @Override
    public void register(ServiceRegistration registration) {
        change(() -> {
            catalog.register(self.nodeName(), registration);
            registrations.removeIf(old -> old.id().equals(registration.id()));
            return registrations.add(registration);
        });
    }

    @Override
    public void deregister(String serviceId) {
        change(() -> {
            registrations.removeIf(old -> old.id().equals(serviceId));
            return catalog.removeInstance(self.nodeName(), serviceId);
        });
    }

    @Override
    public void updateCheck(String checkId, HealthCheck.Status status, String output) {
        change(() -> {
            if (!catalog.updateCheck(self.nodeName(), checkId, status, output)) {
                throw new RegistryException("CheckID \"" + checkId + "\" does not have associated TTL", 500, null);
            }
            return null;
        });
    }

    @Override
    public boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
        return change(() -> catalog.put(key, value, flags, cas));
    }

    /** Sets a key and has this session hold it, unless another one does. */
    public boolean acquire(String key, byte[] value, String session) {
        return change(() -> catalog.acquire(key, value, session));
    }

    /** Deletes the keys that the session holds, as its end does. */
    public void release(String session) {
        change(() -> {
            catalog.release(session);
            return null;
        });
    }

    @Override
    public void delete(String key, boolean recurse) {
        change(() -> {
            catalog.delete(key, recurse);
            return null;
        });
    }

    @Override
    public AgentSelf self() {
        return locked(() -> {
            available();
            return self;
        });
    }

    @Override
    public List<WatchStatus> watches() {
        return locked(() -> views.values().stream()
                .map(shared -> new WatchStatus(shared.query, shared.view == null ? 0 : shared.view.index(),
                        shared.view == null ? Instant.EPOCH : shared.view.readAt(),
                        shared.view == null ? Optional.empty() : shared.view.failure()))
                .toList());
    }

    /** How many watches of exactly this query there are. */
    public int watchers(Query<?> query) {
        return locked(() -> views.containsKey(query) ? views.get(query).watchers.size() : 0);
    }

    @Override
    public void close() {
        locked(() -> {
            closed = true;
            views.clear();
            moved.signalAll();
            return null;
        });
    }

    private void open() {
        if (closed) {
            throw new RegistryException("the client is closed", 0, null);
        }
    }

    private void available() {
        open();
        if (outage.isPresent()) {
            throw new RegistryException(outage.get(), 500, null);
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private <T> T change(Supplier<T> action) {
        T result = locked(() -> {
            available();
            T value = action.get();
            views.values().forEach(this::refresh);
            moved.signalAll();
            return value;
        });
        deliverAll();
        return result;
    }

    private void outage(Optional<String> why) {
        locked(() -> {
            outage = why;
            views.values().forEach(this::refresh);
            return null;
        });
        deliverAll();
    }

    private <T> void refresh(SharedView<T> shared) {
        View<T> old = shared.view;
        Optional<T> value = old == null ? Optional.empty() : old.value();
        View<T> next;
        try {
            available();
            Reading<T> reading = catalog.read(shared.query);
            next = new View<>(Optional.of(reading.value()), reading.index(), clock.instant(), Optional.empty());
        } catch (RegistryException e) {
            next = new View<>(value, old == null ? 0 : old.index(), old == null ? Instant.EPOCH : old.readAt(),
                    Optional.of(e.getMessage()));
        }
        boolean changed = old == null || !old.failure().equals(next.failure()) || !old.value().equals(next.value());
        shared.view = next;
        if (changed) {
            for (Watcher<T> watcher : shared.watchers) {
                deliver(watcher, next);
            }
        }
    }

    private <T> void deliver(Watcher<T> watcher, View<T> view) {
        deliveries.add(() -> watcher.call(view));
    }

    private void deliverAll() {
        if (locked(() -> delivering)) {
            return;
        }
        while (true) {
            Runnable next = locked(() -> {
                Runnable head = deliveries.poll();
                delivering = head != null;
                return head;
            });
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    private static final class SharedView<T> {
        private final Query<T> query;
        private final List<Watcher<T>> watchers = new ArrayList<>();
        private View<T> view;

        SharedView(Query<T> query) {
            this.query = query;
        }
    }

    private final class Watcher<T> implements Watch {
        private final Query<T> query;
        private final Listener<T> listener;
        private final ReentrantLock calling = new ReentrantLock();
        private boolean ended;

        Watcher(Query<T> query, Listener<T> listener) {
            this.query = query;
            this.listener = listener;
        }

        void call(View<T> view) {
            calling.lock();
            try {
                if (!ended) {
                    listener.changed(view);
                }
            } catch (RuntimeException e) {
                LOG.warn("listener failed query={}", query, e);
            } finally {
                calling.unlock();
            }
        }

        @Override
        public void close() {
            calling.lock();
            try {
                ended = true;
            } finally {
                calling.unlock();
            }
            locked(() -> {
                SharedView<?> shared = views.get(query);
                if (shared != null && shared.watchers.remove(this) && shared.watchers.isEmpty()) {
                    views.remove(query);
                }
                return null;
            });
        }
    }
}
