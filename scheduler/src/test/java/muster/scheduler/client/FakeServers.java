package muster.scheduler.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;

/** Servers that keep the allocations they are told to and what clients report of them. Thread-safe. */
final class FakeServers implements ServerApi {
    private static final Duration BEAT = Duration.ofSeconds(1);
    final List<Node> registered = new CopyOnWriteArrayList<>();
    /** Every report, in order. */
    final List<Allocation> reports = new CopyOnWriteArrayList<>();
    private final Map<String, Allocation> wanted = new LinkedHashMap<>();
    private final Map<String, Allocation> reported = new LinkedHashMap<>();
    private final Map<String, NativeService> services = new LinkedHashMap<>();
    private final Map<String, Allocation> elsewhere = new LinkedHashMap<>();
    private long index = 1;
    /** Whether heartbeats are not answered. */
    volatile boolean silent;

    /** Gives the client an allocation, or a newer version of one. */
    synchronized void give(Allocation allocation) {
        index++;
        wanted.put(allocation.id(), allocation.withAllocModifyIndex(index));
        notifyAll();
    }

    synchronized void stop(String id) {
        give(wanted.get(id).withDesiredStatus(Allocation.STOP));
    }

    synchronized void forget(String id) {
        index++;
        wanted.remove(id);
        notifyAll();
    }

    synchronized Allocation reported(String id) {
        return reported.get(id);
    }

    @Override
    public Heartbeat register(Node node) {
        registered.add(node);
        return new Heartbeat(BEAT, 1);
    }

    @Override
    public Heartbeat updateStatus(String nodeId, String status) {
        if (silent) {
            throw new ServerUnreachableException("silent", null);
        }
        return new Heartbeat(BEAT, 1);
    }

    @Override
    public void addEvents(String nodeId, List<NodeEvent> events) {}

    @Override
    public synchronized Allocations allocations(String nodeId, long after, Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (index <= after && deadline > System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
        }
        return new Allocations(index, List.copyOf(wanted.values()));
    }

    @Override
    public synchronized void updateAllocations(List<Allocation> allocations) {
        reports.addAll(allocations);
        allocations.forEach(allocation -> reported.put(allocation.id(), allocation));
    }

    @Override
    public synchronized void registerServices(List<NativeService> registrations) {
        registrations.forEach(service -> services.put(service.id(), service));
    }

    @Override
    public synchronized void deregisterServices(List<String> ids) {
        ids.forEach(services::remove);
    }

    @Override
    public synchronized Set<String> services(String nodeId) {
        return Set.copyOf(services.keySet());
    }

    @Override
    public synchronized Allocation allocation(String id) {
        return elsewhere.getOrDefault(id, wanted.get(id));
    }

    /** An allocation of another node. */
    synchronized void elsewhere(Allocation allocation) {
        elsewhere.put(allocation.id(), allocation);
    }
}
