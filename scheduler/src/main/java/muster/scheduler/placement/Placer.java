package muster.scheduler.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import muster.scheduler.job.Affinity;
import muster.scheduler.job.Job;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.State;

/**
 * Finds the best node for one more instance of a group.
 *
 * <p>The nodes that are ready and in the job's datacenters are looked at in random order. Each is filtered by what it is
 * ({@link Feasibility}), by where the job's other instances are ({@link Distinct}), and by what is left of it: ports
 * first, then CPU, memory and disk. What remains is scored by several rules, whose mean counts. Only some feasible nodes are
 * scored, since the best of a few random ones is nearly as good as the best of all ("the power of two choices"); with
 * affinities or spreads, where that does not hold, all are. System jobs ask for single nodes and score nothing.
 *
 * <p>One evaluation's thread owns it. The plan so far is in {@link Proposed}, which the caller keeps up to date.
 */
public final class Placer {
    private static final int MAX_SKIPPED = 3;

    /** A node for an instance, or none; the metrics in either case. */
    public record Choice(Optional<Node> node, AllocatedResources resources, AllocMetric metric) {}

    /** What is particular to one instance: nodes to avoid because it failed there, and one to prefer; null is none. */
    public record Wish(Set<String> avoid, Node preferred) {
        public static final Wish NONE = new Wish(Set.of(), null);
    }

    private record Ranked(Node node, AllocatedResources resources, double score) {}

    private final Job job;
    private final Proposed proposed;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final Feasibility feasibility;
    private final List<Node> nodes;
    private final Map<String, Integer> available = new TreeMap<>();
    private final boolean spreadAlgorithm;
    private final boolean oversubscription;

    /** @param nanoTime for the time that metrics tell, in nanoseconds since whenever; a step back counts as no time */
    public Placer(Job job, Proposed proposed, RandomGenerator random, LongSupplier nanoTime) {
        this.job = job;
        this.proposed = proposed;
        this.random = random;
        this.nanoTime = nanoTime;
        feasibility = new Feasibility(job);
        nodes = ready(proposed.state(), job);
        SchedulerConfiguration configuration = proposed.state().configuration();
        spreadAlgorithm = configuration.schedulerAlgorithm().equals(SchedulerConfiguration.SPREAD);
        oversubscription = configuration.memoryOversubscriptionEnabled();
        for (String datacenter : Values.orEmpty(job.datacenters())) {
            available.put(datacenter, 0);
        }
        nodes.forEach(node -> available.merge(node.datacenter(), 1, Integer::sum));
    }

    /** The nodes that the job may be placed on by state and datacenter. */
    public static List<Node> ready(State state, Job job) {
        List<Node> ready = new ArrayList<>();
        for (Node node : state.nodes()) {
            if (node.isReady() && Values.orEmpty(job.datacenters()).contains(node.datacenter())) {
                ready.add(node);
            }
        }
        return ready;
    }

    public Map<String, Boolean> classEligibility() {
        return feasibility.classEligibility();
    }

    public boolean hasEscaped() {
        return feasibility.hasEscaped();
    }

    /** The best of all nodes. */
    public Choice choose(TaskGroup group, Wish wish) {
        List<Node> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, java.util.Random.from(random));
        if (wish.preferred() != null && shuffled.remove(wish.preferred())) {
            Choice preferred = choose(group, wish, List.of(wish.preferred()));
            if (preferred.node().isPresent()) {
                return preferred;
            }
            shuffled.addFirst(wish.preferred());
        }
        return choose(group, wish, shuffled);
    }

    /** The given node if it can take the group. */
    public Choice on(TaskGroup group, Node node) {
        return choose(group, Wish.NONE, List.of(node));
    }

    private Choice choose(TaskGroup group, Wish wish, List<Node> candidates) {
        long start = nanoTime.getAsLong();
        Metrics metrics = new Metrics(available);
        int limit = limit(group);
        List<Ranked> ranked = new ArrayList<>();
        List<Ranked> poor = new ArrayList<>();
        for (Node node : candidates) {
            if (ranked.size() >= limit) {
                break;
            }
            Ranked rank = rank(group, wish, node, metrics);
            if (rank != null && rank.score() <= 0 && poor.size() < MAX_SKIPPED) {
                poor.add(rank);
            } else if (rank != null) {
                ranked.add(rank);
            }
        }
        ranked.addAll(poor);
        Duration took = Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - start));
        return ranked.stream().max(Comparator.comparingDouble(Ranked::score))
                .map(best -> new Choice(Optional.of(best.node()), best.resources(), metrics.found(took)))
                .orElseGet(() -> new Choice(Optional.empty(), null, metrics.failed(group, took)));
    }

    private int limit(TaskGroup group) {
        boolean affine = !Values.orEmpty(job.affinities()).isEmpty() || !Values.orEmpty(group.affinities()).isEmpty()
                || group.tasks().stream().anyMatch(task -> !Values.orEmpty(task.affinities()).isEmpty());
        if (affine || Spreads.any(job, group)) {
            return Integer.MAX_VALUE;
        }
        int log = nodes.isEmpty() ? 0 : 32 - Integer.numberOfLeadingZeros(nodes.size() - 1);
        return "batch".equals(job.type()) ? 2 : Math.max(2, log);
    }

    private Ranked rank(TaskGroup group, Wish wish, Node node, Metrics metrics) {
        metrics.evaluated();
        String obstacle = feasibility.obstacle(group, node);
        if (obstacle.isEmpty()) {
            obstacle = Distinct.obstacle(job, group, node, proposed);
        }
        if (!obstacle.isEmpty()) {
            metrics.filtered(node, obstacle);
            return null;
        }
        List<Allocation> there = proposed.on(node.id());
        Ports ports = new Ports(node);
        there.forEach(ports::add);
        Grant grant = Grant.of(group, ports, oversubscription, random);
        if (!grant.refusal().isEmpty()) {
            metrics.exhausted(node, grant.refusal());
            return null;
        }
        List<Allocation> with = new ArrayList<>(there);
        with.add(Sample.holding(grant.resources()));
        Capacity capacity = Capacity.of(node, with);
        if (!capacity.exhausted().isEmpty()) {
            metrics.exhausted(node, capacity.exhausted());
            return null;
        }
        Map<String, Double> scores = scores(group, wish, node, there, capacity);
        double mean = scores.values().stream().filter(s -> !Double.isNaN(s)).mapToDouble(d -> d).average().orElse(0);
        Map<String, Double> shown = new LinkedHashMap<>();
        scores.forEach((name, score) -> shown.put(name, Double.isNaN(score) ? 0 : score));
        metrics.scored(node, shown, mean);
        return new Ranked(node, grant.resources(), mean);
    }

    /** By rule; not a number where a rule has nothing to say, so that it does not count for the mean. */
    private Map<String, Double> scores(TaskGroup group, Wish wish, Node node, List<Allocation> there, Capacity capacity) {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("binpack", capacity.score(spreadAlgorithm));
        long same = there.stream().filter(a -> a.jobId().equals(job.id()) && a.namespace().equals(job.namespace())
                && a.taskGroup().equals(group.name())).count();
        scores.put("job-anti-affinity", same == 0 ? Double.NaN : -(same + 1.0) / Math.max(1, group.count()));
        scores.put("node-reschedule-penalty", wish.avoid().contains(node.id()) ? -1 : Double.NaN);
        scores.put("node-affinity", affinity(group, node));
        if (Spreads.any(job, group)) {
            double spread = Spreads.score(job, group, node, proposed);
            scores.put("allocation-spread", spread == 0 ? Double.NaN : spread);
        }
        return scores;
    }

    private double affinity(TaskGroup group, Node node) {
        List<Affinity> all = new ArrayList<>(Values.orEmpty(job.affinities()));
        all.addAll(Values.orEmpty(group.affinities()));
        for (Task task : group.tasks()) {
            all.addAll(Values.orEmpty(task.affinities()));
        }
        double sum = 0;
        double weights = 0;
        for (Affinity affinity : all) {
            int weight = affinity.weight() == null ? 50 : affinity.weight();
            weights += Math.abs(weight);
            if (Conditions.meets(affinity.operand(), Attributes.resolve(affinity.lTarget(), node),
                    Attributes.resolve(affinity.rTarget(), node))) {
                sum += weight;
            }
        }
        return sum == 0 ? Double.NaN : sum / weights;
    }
}
