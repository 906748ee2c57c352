package muster.scheduler.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import muster.raft.Applied;
import muster.scheduler.client.ServerApi;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.reconcile.Rescheduling;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.NativeService;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.RefusedException;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;

/** The servers' side of a node, in process: registration, heartbeats, its allocations, and what it reports. Any thread. */
public final class Nodes implements ServerApi {
    private final Writer writer;
    private final Leader leader;
    private final Evaluations evaluations;
    private final Watches watches;

    public Nodes(Writer writer, Leader leader, Watches watches) {
        this.writer = writer;
        this.leader = leader;
        this.watches = watches;
        evaluations = new Evaluations(writer);
    }

    @Override
    public Heartbeat register(Node node) {
        State state = writer.state();
        Node old = state.nodes().get(node.id());
        if (old != null && !old.secretId().equals(node.secretId()) && !old.secretId().isEmpty()) {
            throw new IllegalArgumentException("node secret ID does not match. Not registering node " + node.id() + ".");
        }
        boolean back = old != null && old.status().equals(Node.DOWN);
        NodeEvent event = old == null ? event("Node registered") : back ? event("Node re-registered") : null;
        Node complete = complete(node).withStatusUpdatedAt(writer.now().getEpochSecond());
        boolean matters = old == null || !old.status().equals(node.status()) || !drivers(old).equals(drivers(node))
                || !old.computedClass().equals(complete.computedClass());
        List<Evaluation> made = matters && complete.status().equals(Node.READY)
                ? leader.evaluationsFor(state, complete, Evaluations.NODE_UPDATE) : List.of();
        Applied<Store.Result> applied = writer.write(new Command.RegisterNode(complete, event, made));
        return new Heartbeat(leader.beat(node.id()), applied.index());
    }

    private static Map<String, Boolean> drivers(Node node) {
        Map<String, Boolean> drivers = new TreeMap<>();
        for (Map.Entry<String, DriverState> driver : Values.orEmpty(node.drivers()).entrySet()) {
            drivers.put(driver.getKey(), driver.getValue().detected() && driver.getValue().healthy());
        }
        return drivers;
    }

    private static Node complete(Node node) {
        Node complete = node.schedulingEligibility().isEmpty() ? node.withSchedulingEligibility(Node.ELIGIBLE) : node;
        return complete.withComputedClass(computedClass(node));
    }

    /** A number over what nodes of a kind share: class, datacenter, and attributes and meta that are not unique. */
    static String computedClass(Node node) {
        CRC32 low = new CRC32();
        CRC32 high = new CRC32();
        StringBuilder text = new StringBuilder(node.datacenter()).append('\0').append(node.nodeClass());
        if (!node.nodePool().isEmpty()) {
            text.append('\0').append(node.nodePool());
        }
        shared(text, node.attributes());
        shared(text, node.meta());
        low.update(text.toString().getBytes(StandardCharsets.UTF_8));
        high.update(text.reverse().toString().getBytes(StandardCharsets.UTF_8));
        return "v1:" + Long.toUnsignedString(high.getValue() << 32 | low.getValue());
    }

    private static void shared(StringBuilder text, Map<String, String> values) {
        new TreeMap<>(Values.orEmpty(values)).forEach((key, value) -> {
            if (!key.contains("unique.")) {
                text.append('\0').append(key).append('=').append(value);
            }
        });
    }

    private NodeEvent event(String message) {
        return new NodeEvent(0, null, message, "Cluster", writer.now());
    }

    @Override
    public Heartbeat updateStatus(String nodeId, String status) {
        State state = writer.state();
        Node node = state.nodes().get(nodeId);
        if (node == null) {
            throw new RefusedException("node not found");
        }
        long index = state.index();
        if (!node.status().equals(status)) {
            Node changed = node.withStatus(status);
            NodeEvent event = node.status().equals(Node.DOWN) ? event("Node re-registered")
                    : node.status().equals(Node.DISCONNECTED) ? event("Node reconnected") : null;
            List<Evaluation> made = status.equals(Node.INITIALIZING) ? List.of()
                    : leader.evaluationsFor(state, changed, Evaluations.NODE_UPDATE);
            index = writer.write(new Command.UpdateNodeStatus(nodeId, status, writer.now().getEpochSecond(), event, made))
                    .index();
        }
        if (status.equals(Node.DOWN)) {
            leader.forget(nodeId);
            return new Heartbeat(Duration.ZERO, index);
        }
        return new Heartbeat(leader.beat(nodeId), index);
    }

    @Override
    public void addEvents(String nodeId, List<NodeEvent> events) {
        writer.write(new Command.AddNodeEvents(nodeId, events));
    }

    @Override
    public Allocations allocations(String nodeId, long index, Duration wait) throws InterruptedException {
        long at = watches.await(List.of(Topic.nodeOrders(nodeId)), index, wait,
                state -> state.touched().get(Topic.nodeOrders(nodeId)) == null ? 0 : state.touched().get(Topic.nodeOrders(nodeId)));
        State state = writer.state();
        Long newest = state.touched().get(Topic.nodeOrders(nodeId));
        return new Allocations(newest == null ? Math.max(at, 1) : newest, state.allocationsOn(nodeId));
    }

    @Override
    public void updateAllocations(List<Allocation> reports) {
        State state = writer.state();
        Map<String, Evaluation> made = new LinkedHashMap<>();
        Instant now = writer.now();
        List<Allocation> small = new ArrayList<>();
        for (Allocation report : reports) {
            small.add(report.withJob(null));
            Allocation old = state.allocations().get(report.id());
            Job itsJob = old == null ? null : state.job(old.namespace(), old.jobId());
            if (itsJob != null && old.clientStatus().equals(Allocation.UNKNOWN)) {
                made.putIfAbsent(State.key(itsJob.namespace(), itsJob.id()), evaluations.of(itsJob, Evaluations.RECONNECT));
            }
            if (old == null || old.isClientTerminal() || !report.clientStatus().equals(Allocation.FAILED)) {
                continue;
            }
            Job job = state.job(old.namespace(), old.jobId());
            Allocation failed = old.withClientStatus(Allocation.FAILED).withTaskStates(report.taskStates())
                    .withModifyTime(writer.nowNanos());
            boolean system = job != null && "system".equals(job.type());
            boolean eligible = old.followupEvalId().isEmpty() && Rescheduling.eligibleAt(failed).isPresent();
            if (job != null && !job.isStopped() && !old.isServerTerminal() && (eligible || system || job.group(old.taskGroup()) == null)) {
                made.putIfAbsent(State.key(job.namespace(), job.id()), evaluations.of(job, Evaluations.ALLOC_FAILURE));
            }
        }
        writer.write(new Command.UpdateFromClients(small, List.copyOf(made.values()),
                Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano())));
    }

    @Override
    public void registerServices(List<NativeService> services) {
        writer.write(new Command.RegisterServices(services));
    }

    @Override
    public void deregisterServices(List<String> ids) {
        if (ids.stream().anyMatch(writer.state().services()::contains)) {
            writer.write(new Command.DeregisterServices(ids));
        }
    }

    @Override
    public Set<String> services(String nodeId) {
        return writer.state().services().values().stream().filter(service -> service.nodeId().equals(nodeId))
                .map(NativeService::id).collect(Collectors.toSet());
    }

    @Override
    public Allocation allocation(String id) {
        return writer.state().allocations().get(id);
    }
}
