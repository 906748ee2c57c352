package muster.scheduler.placement;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeScoreMeta;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.Scores;
import muster.scheduler.state.State;

/**
 * Finds the best node for one more instance of a group, among all that are ready and in the job's datacenters. Each is filtered
 * by what it is ({@link Feasibility}), by where the job's other instances are ({@link Distinct}), and by what is left of it: ports,
 * devices and cores first, then CPU, memory and disk. What remains is scored by several rules, whose mean counts; the first
 * instance of a group costs a look at every node, the others only what the one before changed ({@link Ranking}). System jobs ask
 * for single nodes.
 *
 * <p>One evaluation's thread owns it. The plan so far is in {@link Proposed}, which the caller keeps up to date. The choice
 * depends on nothing but the job, the proposed state and the wish; randomness picks dynamic ports.
 */
public final class Placer {
    /** A node for an instance, or none; the metrics in either case; allocations that have to go from it. */
    public record Choice(Optional<Node> node, AllocatedResources resources, AllocMetric metric, List<Allocation> preempted) {
        Choice(Optional<Node> node, AllocatedResources resources, AllocMetric metric) {
            this(node, resources, metric, List.of());
        }
    }

    /** What is particular to one instance: nodes to avoid because it failed there, and one to prefer; null is none. */
    public record Wish(Set<String> avoid, Node preferred) {
        public static final Wish NONE = new Wish(Set.of(), null);
    }

    private static final String[] NAMES = {"binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity"};

    private final Job job;
    private final Proposed proposed;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final Feasibility feasibility;
    private final boolean spreadAlgorithm;
    private final boolean oversubscription;
    private final Map<String, Ranking> rankings = new HashMap<>();
    private final Map<String, Ask> asks = new HashMap<>();
    private final Preemption preemption;
    private final boolean preempts;
    private Candidates candidates;

    /** @param nanoTime for the time that metrics tell, in nanoseconds since whenever; a step back counts as no time */
    public Placer(Job job, Proposed proposed, RandomGenerator random, LongSupplier nanoTime) {
        this.job = job;
        this.proposed = proposed;
        this.random = random;
        this.nanoTime = nanoTime;
        feasibility = new Feasibility(job);
        SchedulerConfiguration configuration = proposed.state().configurationOf(job.pool());
        spreadAlgorithm = configuration.schedulerAlgorithm().equals(SchedulerConfiguration.SPREAD);
        oversubscription = configuration.memoryOversubscriptionEnabled();
        preemption = new Preemption(job, proposed, random);
        preempts = Preemption.isAllowed(proposed.state(), job);
    }

    /** The nodes that the job may be placed on by state and datacenter. */
    public static List<Node> ready(State state, Job job) {
        return Candidates.ready(state, job);
    }

    public Map<String, Boolean> classEligibility() {
        return feasibility.classEligibility();
    }

    public boolean hasEscaped() {
        return feasibility.hasEscaped();
    }

    private Candidates candidates() {
        if (candidates == null) {
            candidates = new Candidates(proposed.state(), job);
        }
        return candidates;
    }

    private Ask ask(TaskGroup group) {
        return asks.computeIfAbsent(group.name(), name -> Ask.of(group, oversubscription));
    }

    /** The best of all nodes; the preferred one where it can take the instance. */
    public Choice choose(TaskGroup group, Wish wish) {
        if (wish.preferred() != null && fits(group, wish.preferred())) {
            return on(group, wish.preferred());
        }
        long start = nanoTime.getAsLong();
        Ranking ranking = rankings.get(group.name());
        if (ranking == null) {
            ranking = new Ranking(job, group, proposed, candidates(), feasibility, ask(group), spreadAlgorithm, random);
            rankings.put(group.name(), ranking);
        }
        Ranking.Best best = ranking.best(wish);
        if (best == null && preempts) {
            Ranking.Forced forced = ranking.force(preemption);
            if (forced != null) {
                preemption.happened(forced.eviction());
                return new Choice(Optional.of(forced.node()), forced.eviction().grant().resources(),
                        ranking.metrics.found(took(start), List.of(forced.told())), forced.eviction().victims());
            }
        }
        return best == null ? new Choice(Optional.empty(), null, ranking.refusals().failed(group, took(start)))
                : new Choice(Optional.of(best.node()), best.grant().resources(), ranking.metrics.found(took(start), best.best()));
    }

    private Duration took(long start) {
        return Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - start));
    }

    /** The given node if it can take the group, with nobody put out of the way. */
    public boolean fits(TaskGroup group, Node node) {
        return feasibility.obstacle(group, node).isEmpty() && distinct(group).obstacle(node).isEmpty()
                && Grant.of(ask(group), node, proposed.use(node.id()), random).refusal().isEmpty();
    }

    /** The given node if it can take the group. */
    public Choice on(TaskGroup group, Node node) {
        long start = nanoTime.getAsLong();
        Metrics metrics = new Metrics(candidates().available);
        metrics.evaluated(1);
        String obstacle = feasibility.obstacle(group, node);
        if (obstacle.isEmpty()) {
            obstacle = distinct(group).obstacle(node);
        }
        if (!obstacle.isEmpty()) {
            metrics.filtered(node, obstacle, 1);
            return new Choice(Optional.empty(), null, metrics.failed(group, took(start)));
        }
        NodeUse use = proposed.use(node.id());
        Grant grant = Grant.of(ask(group), node, use, random);
        if (!grant.refusal().isEmpty() && preempts) {
            Preemption.Eviction eviction = preemption.on(node, ask(group));
            if (eviction != null) {
                preemption.happened(eviction);
                return new Choice(Optional.of(node), eviction.grant().resources(), metrics.found(took(start), List.of()),
                        eviction.victims());
            }
        }
        if (!grant.refusal().isEmpty()) {
            metrics.exhausted(node, grant.refusal(), 1);
            return new Choice(Optional.empty(), null, metrics.failed(group, took(start)));
        }
        double score = Capacity.of(node).score(use.cpu() + grant.resources().cpu(), use.memory() + grant.resources().memory(),
                spreadAlgorithm);
        return new Choice(Optional.of(node), grant.resources(), metrics.found(took(start),
                List.of(new NodeScoreMeta(node.id(), score, new Scores(NAMES, new double[] {score, 0, 0, 0})))));
    }

    /** What a search says that was not made, since the group waits for something that is no node. */
    public AllocMetric waiting(String reason) {
        Metrics metrics = new Metrics(candidates().available);
        metrics.waiting(reason);
        return metrics.found(Duration.ZERO, null);
    }

    private Distinct distinct(TaskGroup group) {
        Distinct distinct = new Distinct(job, group);
        if (!distinct.isEmpty()) {
            for (Allocation allocation : proposed.of(job.namespace(), job.id())) {
                distinct.count(allocation, proposed.state().nodes().get(allocation.nodeId()), 1, affected -> { });
            }
        }
        return distinct;
    }
}
