package muster.scheduler.broker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;

/** Removes what is over and of no use to anything that goes on. Any thread. */
public final class Collector {
    private final Writer writer;

    public Collector(Writer writer) {
        this.writer = writer;
    }

    /** Collects whatever can be, however young. */
    public void collectAll() {
        Command.Collect collect = over(writer.state());
        if (!collect.evaluations().isEmpty() || !collect.allocations().isEmpty() || !collect.deployments().isEmpty()
                || !collect.jobs().isEmpty() || !collect.nodes().isEmpty()) {
            writer.write(collect);
        }
    }

    private static Command.Collect over(State state) {
        List<String> jobs = new ArrayList<>();
        Set<String> allocations = new HashSet<>();
        Set<String> evaluations = new HashSet<>();
        List<String> deployments = new ArrayList<>();
        Set<String> gone = new HashSet<>();
        for (Job job : state.jobs()) {
            List<Evaluation> own = state.evaluationsOf(job.namespace(), job.id());
            boolean over = "dead".equals(job.status()) && !(job.hasChildren() && !job.isStopped())
                    && (job.isStopped() || "batch".equals(job.type()))
                    && own.stream().allMatch(Evaluation::isTerminal)
                    && state.allocationsOf(job.namespace(), job.id()).stream().allMatch(a -> a.isTerminal() && ended(a));
            if (over) {
                jobs.add(State.key(job.namespace(), job.id()));
                gone.add(State.key(job.namespace(), job.id()));
                own.forEach(e -> evaluations.add(e.id()));
                state.allocationsOf(job.namespace(), job.id()).forEach(a -> allocations.add(a.id()));
                state.deploymentsOf(job.namespace(), job.id()).forEach(d -> deployments.add(d.id()));
            }
        }
        for (Evaluation evaluation : state.evaluations()) {
            Job job = state.job(evaluation.namespace(), evaluation.jobId());
            boolean keeps = job != null && "batch".equals(job.type()) && !gone.contains(State.key(job.namespace(), job.id()));
            List<Allocation> own = state.allocationsOf(evaluation.namespace(), evaluation.jobId()).stream()
                    .filter(a -> a.evalId().equals(evaluation.id())).toList();
            if (evaluation.isTerminal() && !keeps && own.stream().allMatch(a -> collectable(a, job))) {
                evaluations.add(evaluation.id());
                own.forEach(a -> allocations.add(a.id()));
            }
        }
        for (Deployment deployment : state.deployments()) {
            boolean used = state.allocationsOf(deployment.namespace(), deployment.jobId()).stream()
                    .anyMatch(a -> a.deploymentId().equals(deployment.id()) && !a.isTerminal());
            if (!deployment.isActive() && !used && !deployments.contains(deployment.id())) {
                deployments.add(deployment.id());
            }
        }
        List<String> nodes = new ArrayList<>();
        for (Node node : state.nodes()) {
            if (node.status().equals(Node.DOWN) && state.liveOn(node.id()).isEmpty()) {
                nodes.add(node.id());
            }
        }
        return new Command.Collect(List.copyOf(evaluations), List.copyOf(allocations), deployments, jobs, nodes);
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
