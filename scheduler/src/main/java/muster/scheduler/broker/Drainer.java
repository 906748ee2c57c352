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
    private final Map<String, Runnable> deadlines = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    Drainer(Writer writer, Timers timers) {
        this.writer = writer;
        this.timers = timers;
        evaluations = new Evaluations(writer);
    }

    synchronized void start(State state) {
        state.nodes().forEach(node -> look(state, node));
    }

    synchronized void clear() {
        deadlines.values().forEach(Runnable::run);
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
                    Runnable cancel = deadlines.remove(node.id());
                    if (cancel != null) {
                        cancel.run();
                    }
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
        if (!forced && !none && !deadlines.containsKey(node.id())) {
            String id = node.id();
            deadlines.put(id, timers.after(Duration.between(writer.now(), deadline).plusMillis(1), () -> again(id)));
        }
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

    private synchronized void again(String nodeId) {
        State state = writer.state();
        Node node = state.nodes().get(nodeId);
        if (node != null) {
            look(state, node);
        }
    }

    private static boolean mayLeave(State state, Allocation allocation, List<Allocation> leaving) {
        Job job = state.job(allocation.namespace(), allocation.jobId());
        TaskGroup group = job == null ? null : job.group(allocation.taskGroup());
        if (group == null || job.isStopped()) {
            return true;
        }
        int parallel = group.migrate() == null || group.migrate().maxParallel() == null ? 1 : group.migrate().maxParallel();
        long healthy = state.allocationsOf(job.namespace(), job.id()).stream()
                .filter(a -> a.taskGroup().equals(group.name()) && !a.isTerminal()
                        && (a.deploymentStatus() == null ? a.clientStatus().equals(Allocation.RUNNING) : a.isHealthy())
                        && (a.desiredTransition() == null || !Boolean.TRUE.equals(a.desiredTransition().migrate())))
                .count();
        long already = leaving.stream().filter(a -> a.jobId().equals(allocation.jobId())
                && a.taskGroup().equals(allocation.taskGroup())).count();
        return healthy - already > group.count() - parallel;
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
        Runnable cancel = deadlines.remove(node.id());
        if (cancel != null) {
            cancel.run();
        }
        NodeEvent event = new NodeEvent(0, null, "Node drain complete", "Drain", writer.now());
        DrainMetadata old = node.lastDrain();
        writer.propose(new Command.UpdateNodeDrain(node.id(), null, false, new DrainMetadata("",
                old == null ? null : old.meta(), old == null ? writer.now() : old.startedAt(), "complete", writer.now()),
                event, List.of()));
    }
}
