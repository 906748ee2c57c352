package muster.scheduler.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;

/**
 * Removes what is over and of no use to anything that goes on: when asked to, and for a leader by a timer, what has been so
 * for long enough. Objects know the index of their last change but not its time, so each look remembers which index
 * there was when; a new leader begins to count anew. Any thread.
 */
public final class Collector {
    /** Objects that one command removes at most. */
    private static final int BATCH = 4_096;
    private static final int MAX_MARKS = 4_096;

    private record Mark(Instant time, long index) {}

    /** The highest index of the last change that is old enough, for each kind. */
    private record Ages(long evaluations, long deployments, long jobs, long nodes) {
        static final Ages ANY = new Ages(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private final Writer writer;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();

    public Collector(Writer writer) {
        this.writer = writer;
    }

    /** Collects whatever can be, however young. */
    public void collectAll() {
        batches(over(writer.state(), Ages.ANY)).forEach(writer::write);
    }

    /** Collects what is older than its threshold, without waiting for it; and remembers this moment for later looks. */
    synchronized void collectOld(GcSettings settings) {
        State state = writer.state();
        Instant now = writer.now();
        marks.add(new Mark(now, state.index()));
        while (marks.size() > MAX_MARKS) {
            marks.remove();
        }
        Ages ages = new Ages(indexAt(now, settings.evaluations()), indexAt(now, settings.deployments()),
                indexAt(now, settings.jobs()), indexAt(now, settings.nodes()));
        batches(over(state, ages)).forEach(writer::propose);
    }

    /** Forgets which index there was when. */
    synchronized void clear() {
        marks.clear();
    }

    private long indexAt(Instant now, Duration age) {
        long index = 0;
        for (Mark mark : marks) {
            if (!mark.time().plus(age).isAfter(now)) {
                index = mark.index();
            }
        }
        return index;
    }

    private static List<Command.Collect> batches(Command.Collect all) {
        List<Command.Collect> batches = new ArrayList<>();
        for (List<String> part : parts(all.allocations())) {
            batches.add(new Command.Collect(List.of(), part, List.of(), List.of(), List.of()));
        }
        for (List<String> part : parts(all.evaluations())) {
            batches.add(new Command.Collect(part, List.of(), List.of(), List.of(), List.of()));
        }
        if (!all.deployments().isEmpty() || !all.jobs().isEmpty() || !all.nodes().isEmpty()) {
            batches.add(new Command.Collect(List.of(), List.of(), all.deployments(), all.jobs(), all.nodes()));
        }
        return batches;
    }

    private static List<List<String>> parts(List<String> ids) {
        List<List<String>> parts = new ArrayList<>();
        for (int i = 0; i < ids.size(); i += BATCH) {
            parts.add(ids.subList(i, Math.min(ids.size(), i + BATCH)));
        }
        return parts;
    }

    private static Command.Collect over(State state, Ages ages) {
        Set<String> jobs = new HashSet<>();
        Set<String> allocations = new HashSet<>();
        Set<String> evaluations = new HashSet<>();
        Set<String> deployments = new HashSet<>();
        for (Job job : state.jobs()) {
            if (isOver(job, state, ages.jobs())) {
                jobs.add(State.key(job.namespace(), job.id()));
                state.evaluationsOf(job.namespace(), job.id()).forEach(e -> evaluations.add(e.id()));
                state.allocationsOf(job.namespace(), job.id()).forEach(a -> allocations.add(a.id()));
                state.deploymentsOf(job.namespace(), job.id()).forEach(d -> deployments.add(d.id()));
            }
        }
        Map<String, List<Allocation>> byEvaluation = new HashMap<>();
        Set<String> used = new HashSet<>();
        for (Allocation allocation : state.allocations()) {
            byEvaluation.computeIfAbsent(allocation.evalId(), id -> new ArrayList<>()).add(allocation);
            if (!allocation.isTerminal()) {
                used.add(allocation.deploymentId());
            }
        }
        for (Evaluation evaluation : state.evaluations()) {
            Job job = state.job(evaluation.namespace(), evaluation.jobId());
            boolean keeps = job != null && "batch".equals(job.type()) && !jobs.contains(State.key(job.namespace(), job.id()));
            List<Allocation> own = byEvaluation.getOrDefault(evaluation.id(), List.of());
            if (evaluation.isTerminal() && evaluation.modifyIndex() <= ages.evaluations() && !keeps
                    && own.stream().allMatch(a -> a.modifyIndex() <= ages.evaluations() && collectable(a, job))) {
                evaluations.add(evaluation.id());
                own.forEach(a -> allocations.add(a.id()));
            }
        }
        for (Deployment deployment : state.deployments()) {
            if (!deployment.isActive() && deployment.modifyIndex() <= ages.deployments() && !used.contains(deployment.id())) {
                deployments.add(deployment.id());
            }
        }
        List<String> nodes = new ArrayList<>();
        for (Node node : state.nodes()) {
            if (node.status().equals(Node.DOWN) && node.modifyIndex() <= ages.nodes() && state.liveOn(node.id()).isEmpty()) {
                nodes.add(node.id());
            }
        }
        return new Command.Collect(List.copyOf(evaluations), List.copyOf(allocations), List.copyOf(deployments), List.copyOf(jobs), nodes);
    }

    private static boolean isOver(Job job, State state, long old) {
        boolean ended = "dead".equals(job.status()) && !(job.hasChildren() && !job.isStopped())
                && (job.isStopped() || "batch".equals(job.type()) || "sysbatch".equals(job.type()));
        return ended && job.modifyIndex() <= old
                && state.evaluationsOf(job.namespace(), job.id()).stream().allMatch(e -> e.isTerminal() && e.modifyIndex() <= old)
                && state.allocationsOf(job.namespace(), job.id()).stream()
                        .allMatch(a -> a.isTerminal() && ended(a) && a.modifyIndex() <= old);
    }

    /** A server-side stop alone is not the end: the client may still be at it. */
    private static boolean ended(Allocation allocation) {
        return allocation.isClientTerminal() || allocation.clientStatus().equals(Allocation.PENDING);
    }

    /** Failed allocations that may yet be placed again are kept while their job runs. */
    private static boolean collectable(Allocation allocation, Job job) {
        boolean mayReturn = job != null && !job.isStopped() && allocation.clientStatus().equals(Allocation.FAILED)
                && allocation.desiredStatus().equals(Allocation.RUN) && allocation.nextAllocation().isEmpty();
        return allocation.isTerminal() && ended(allocation) && !mayReturn;
    }
}
