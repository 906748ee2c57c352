package muster.scheduler.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Change;
import muster.scheduler.state.Command;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.DrainMetadata;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.State;

/**
 * Empties draining nodes: of each service group at most {@code migrate.max_parallel} instances are away at a time, batch
 * jobs may run until the deadline, system jobs leave last. Called on the log's thread; proposes without waiting.
 */
final class Drainer {
    private final Writer writer;
    private final Timers timers;
    private final Evaluations evaluations;
    private final Map<String, Armed> deadlines = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    /** The timer of a node's drain, which is another one when the operator sets another deadline. */
    private record Armed(Instant deadline, Runnable cancel) {}

    Drainer(Writer writer, Timers timers) {
        this.writer = writer;
        this.timers = timers;
        evaluations = new Evaluations(writer);
    }

    synchronized void start(State state) {
        state.nodes().forEach(node -> look(state, node));
    }

    synchronized void clear() {
        deadlines.values().forEach(armed -> armed.cancel().run());
        deadlines.clear();
        told.clear();
    }

    synchronized void published(State state, List<Change> changes) {
        boolean concerned = false;
        for (Change change : changes) {
            concerned |= change.payload() instanceof Allocation || change.payload() instanceof Node;
        }
        if (concerned) {
            for (Node node : state.nodes()) {
                if (node.drain()) {
                    look(state, node);
                } else {
                    disarm(node.id());
                }
            }
        }
    }

    private void look(State state, Node node) {
        if (!node.drain() || node.drainStrategy() == null) {
            return;
        }
        List<Allocation> live = state.liveOn(node.id());
        boolean ignoreSystem = node.drainStrategy().ignoreSystemJobs();
        List<Allocation> system = live.stream().filter(a -> "system".equals(a.job().type())).toList();
        List<Allocation> others = live.stream().filter(a -> !"system".equals(a.job().type())).toList();
        boolean running = state.allocationsOn(node.id()).stream().anyMatch(a -> !a.isClientTerminal()
                && !(ignoreSystem && "system".equals(a.job().type())));
        if (!running) {
            finish(node);
            return;
        }
        Instant deadline = node.drainStrategy().forceDeadline();
        boolean none = deadline == null || deadline.getEpochSecond() <= 0;
        boolean forced = node.drainStrategy().deadline().isNegative() || !none && !deadline.isAfter(writer.now());
        arm(node.id(), forced || none ? null : deadline);
        List<Allocation> leave = new ArrayList<>();
        for (Allocation allocation : others) {
            if (forced || "service".equals(allocation.job().type()) && mayLeave(state, allocation, leave)) {
                leave.add(allocation);
            }
        }
        if (!ignoreSystem && (forced || others.isEmpty())) {
            leave.addAll(system);
        }
        migrate(state, leave);
    }

    /** Looks at the node again at the deadline; at none where that is null. */
    private void arm(String id, Instant deadline) {
        Armed armed = deadlines.get(id);
        if (deadline == null || armed != null && !armed.deadline().equals(deadline)) {
            disarm(id);
        }
        if (deadline != null) {
            deadlines.computeIfAbsent(id, node -> new Armed(deadline,
                    timers.after(Duration.between(writer.now(), deadline).plusMillis(1), () -> again(node))));
        }
    }

    private void disarm(String id) {
        Armed armed = deadlines.remove(id);
        if (armed != null) {
            armed.cancel().run();
        }
    }

    private synchronized void again(String nodeId) {
        State state = writer.state();
        Node node = state.nodes().get(nodeId);
        if (node != null) {
            look(state, node);
        }
    }

    /** Counts what is there to be away: what is known to be unhealthy holds nothing up, since waiting for it would never end. */
    private static boolean mayLeave(State state, Allocation allocation, List<Allocation> leaving) {
        Job job = state.job(allocation.namespace(), allocation.jobId());
        TaskGroup group = job == null ? null : job.group(allocation.taskGroup());
        if (group == null || job.isStopped()) {
            return true;
        }
        int parallel = group.migrate() == null || group.migrate().maxParallel() == null ? 1 : group.migrate().maxParallel();
        long settled = state.allocationsOf(job.namespace(), job.id()).stream()
                .filter(a -> a.taskGroup().equals(group.name()) && !a.isTerminal()
                        && (a.deploymentStatus() == null ? a.clientStatus().equals(Allocation.RUNNING) : a.deploymentStatus().healthy() != null)
                        && (a.desiredTransition() == null || !Boolean.TRUE.equals(a.desiredTransition().migrate())))
                .count();
        long already = leaving.stream().filter(a -> a.jobId().equals(allocation.jobId())
                && a.taskGroup().equals(allocation.taskGroup())).count();
        return settled - already > group.count() - parallel;
    }

    private void migrate(State state, List<Allocation> leave) {
        Map<String, DesiredTransition> wishes = new TreeMap<>();
        Map<String, Evaluation> made = new LinkedHashMap<>();
        for (Allocation allocation : leave) {
            boolean wished = allocation.desiredTransition() != null
                    && Boolean.TRUE.equals(allocation.desiredTransition().migrate());
            if (!wished && told.add(allocation.id())) {
                wishes.put(allocation.id(), new DesiredTransition(null, true, null, null));
                Job job = state.job(allocation.namespace(), allocation.jobId());
                made.computeIfAbsent(State.key(allocation.namespace(), allocation.jobId()), key -> job == null
                        ? evaluations.ofUnknown(allocation.namespace(), allocation.jobId(), Evaluations.NODE_DRAIN)
                        : evaluations.of(job, Evaluations.NODE_DRAIN));
            }
        }
        if (!wishes.isEmpty()) {
            writer.propose(new Command.UpdateTransitions(wishes, List.copyOf(made.values())));
        }
    }

    private void finish(Node node) {
        disarm(node.id());
        NodeEvent event = new NodeEvent(0, null, "Node drain complete", "Drain", writer.now());
        DrainMetadata old = node.lastDrain();
        writer.propose(new Command.UpdateNodeDrain(node.id(), null, false, new DrainMetadata("",
                old == null ? null : old.meta(), old == null ? writer.now() : old.startedAt(), "complete", writer.now()),
                event, List.of()));
    }
}
