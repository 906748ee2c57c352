package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.State;

/**
 * Which allocations of less important jobs have to go from a node so that an instance fits (concept page "Preemption"). Only jobs
 * whose priority is lower by ten or more are touched, the lowest first; among equals those that are nearest to what is
 * still needed, and rather not more of one group than its {@code migrate.max_parallel}. What turns out not to be needed
 * stays. Pure; lives for one evaluation.
 */
final class Preemption {
    private static final int PRIORITY_DELTA = 10;
    private static final double PARALLEL_PENALTY = 50;
    /** Half of the preemption score is lost at this sum of priorities. */
    private static final double SCORE_ORIGIN = 2_048;
    private static final double SCORE_RATE = 0.0048;

    private final Job job;
    private final Proposed proposed;
    private final RandomGenerator random;
    private final Map<String, Integer> evicted = new HashMap<>();

    /** Whose place is taken, what that gives, and how much it hurts: from 0 (much) to 1. */
    record Eviction(List<Allocation> victims, Grant grant, double score) {}

    Preemption(Job job, Proposed proposed, RandomGenerator random) {
        this.job = job;
        this.proposed = proposed;
        this.random = random;
    }

    /** Whether the operator lets jobs of this kind do so. */
    static boolean isAllowed(State state, Job job) {
        SchedulerConfiguration.Preemption allowed = state.configuration().preemption();
        return switch (job.type()) {
            case "service" -> allowed.serviceSchedulerEnabled();
            case "batch" -> allowed.batchSchedulerEnabled();
            default -> allowed.systemSchedulerEnabled();
        };
    }

    /** Notes that a plan evicts these. */
    void happened(Eviction eviction) {
        eviction.victims().forEach(victim -> evicted.merge(groupOf(victim), 1, Integer::sum));
    }

    private static String groupOf(Allocation allocation) {
        return allocation.namespace() + '\0' + allocation.jobId() + '\0' + allocation.taskGroup();
    }

    /** What has to go from the node; null where even that is not enough. */
    Eviction on(Node node, Ask ask) {
        List<Allocation> candidates = new ArrayList<>();
        for (Allocation allocation : proposed.on(node.id())) {
            boolean own = allocation.jobId().equals(job.id()) && allocation.namespace().equals(job.namespace());
            if (!own && allocation.job() != null && allocation.job().priority() <= job.priority() - PRIORITY_DELTA) {
                candidates.add(allocation);
            }
        }
        if (candidates.isEmpty()) {
            return null;
        }
        NodeUse use = proposed.use(node.id());
        List<Allocation> victims = new ArrayList<>();
        Set<String> wantedPorts = staticPorts(ask.group());
        for (Allocation holder : List.copyOf(candidates)) {
            if (holds(holder, wantedPorts)) {
                use = take(holder, use, victims, candidates);
            }
        }
        Grant grant = Grant.of(ask, node, use, random);
        while (!grant.refusal().isEmpty() && !candidates.isEmpty()) {
            use = take(next(candidates, ask, node, use), use, victims, candidates);
            grant = Grant.of(ask, node, use, random);
        }
        return grant.refusal().isEmpty() ? pruned(victims, ask, node, use, grant) : null;
    }

    private static NodeUse take(Allocation victim, NodeUse use, List<Allocation> victims, List<Allocation> candidates) {
        victims.add(victim);
        candidates.remove(victim);
        return use.without(victim);
    }

    private static Set<String> staticPorts(TaskGroup group) {
        Set<String> ports = new HashSet<>();
        List<NetworkResource> networks = new ArrayList<>(Values.orEmpty(group.networks()));
        group.tasks().forEach(task -> networks.addAll(Values.orEmpty(task.resources().networks())));
        for (NetworkResource network : networks) {
            for (Port port : Values.orEmpty(network.reservedPorts())) {
                ports.add(String.valueOf(port.value()));
            }
        }
        return ports;
    }

    private static boolean holds(Allocation allocation, Set<String> ports) {
        return !ports.isEmpty() && NodeUse.NONE.with(allocation).ports().values().stream()
                .anyMatch(held -> java.util.Arrays.stream(held).anyMatch(port -> ports.contains(String.valueOf(port))));
    }

    private Allocation next(List<Allocation> candidates, Ask ask, Node node, NodeUse use) {
        Capacity capacity = Capacity.of(node);
        double cpu = use.cpu() + ask.cpuOn(node) - capacity.cpu();
        double memory = use.memory() + ask.memory() - capacity.memory();
        double disk = use.disk() + ask.disk() - capacity.disk();
        return candidates.stream().min(Comparator.<Allocation>comparingInt(a -> a.job().priority())
                .thenComparingDouble(a -> distance(a, cpu, memory, disk) + penalty(a))
                .thenComparing(Allocation::id)).orElseThrow();
    }

    /** How far what it holds is from what is needed, relative to that. */
    private static double distance(Allocation allocation, double cpu, double memory, double disk) {
        double sum = square(cpu, allocation.allocatedResources().cpu()) + square(memory, allocation.allocatedResources().memory());
        return Math.sqrt(sum + (allocation.allocatedResources().shared() == null ? 0
                : square(disk, allocation.allocatedResources().shared().diskMB())));
    }

    private static double square(double needed, double held) {
        double share = needed <= 0 ? 0 : (needed - held) / needed;
        return share * share;
    }

    private double penalty(Allocation allocation) {
        TaskGroup group = allocation.job().group(allocation.taskGroup());
        int parallel = group == null || group.migrate() == null || group.migrate().maxParallel() == null ? 0
                : group.migrate().maxParallel();
        int already = evicted.getOrDefault(groupOf(allocation), 0);
        return parallel > 0 && already >= parallel ? (already + 1 - parallel) * PARALLEL_PENALTY : 0;
    }

    /** Without those that need not go, the most important looked at first. */
    private Eviction pruned(List<Allocation> victims, Ask ask, Node node, NodeUse without, Grant found) {
        NodeUse use = without;
        Grant grant = found;
        List<Allocation> order = new ArrayList<>(victims);
        order.sort(Comparator.<Allocation>comparingInt(a -> -a.job().priority()).thenComparing(Allocation::id));
        for (Allocation victim : order) {
            Grant with = Grant.of(ask, node, use.with(victim), random);
            if (with.refusal().isEmpty()) {
                use = use.with(victim);
                grant = with;
                victims.remove(victim);
            }
        }
        return victims.isEmpty() ? null : new Eviction(List.copyOf(victims), grant, score(victims));
    }

    private static double score(List<Allocation> victims) {
        double highest = 0;
        double sum = 0;
        for (Allocation victim : victims) {
            highest = Math.max(highest, victim.job().priority());
            sum += victim.job().priority();
        }
        double hurt = highest == 0 ? 0 : highest + sum / highest;
        return 1 / (1 + Math.exp(SCORE_RATE * (hurt - SCORE_ORIGIN)));
    }
}
