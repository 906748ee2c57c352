package muster.scheduler.placement;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeScoreMeta;
import muster.scheduler.state.NodeUse;
import muster.scheduler.state.Scores;

/**
 * The nodes in order for one group: every node that may take an instance has its exact score, and a placement changes the
 * scores of few of them.
 *
 * <p>A score is the mean of those parts that have something to say: how full the node becomes, how many instances of the group
 * it has, how much the group likes it and its devices, and where the instances are spread. All but the last depend on the
 * node alone. So nodes are put on shelves: one for each bucket of {@link Spreads} and number of parts. On a shelf the part that
 * comes from spreading, and the number to divide by, are the same, so that the order of the sums of the other parts is the order
 * of the scores, whatever the spreading does. The best node is the best of the shelves' tops. An instance more moves one node
 * on its shelf, and changes numbers that a look at the tops takes into account.
 *
 * <p>Ports, devices and cores are looked at only on the best node, which is put aside when these are wanting there. Nodes that
 * this instance is to avoid, since earlier ones failed there, are scored apart.
 *
 * <p>One evaluation's thread owns it. It follows {@link Proposed} by its steps.
 */
final class Ranking {
    private static final int MAX_PARTS = 4;
    private static final byte READY = 0;
    private static final byte FILTERED = 1;
    private static final byte EXHAUSTED = 2;
    private static final int TOLD = 5;
    private static final String[] NAMES = {"binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity"};
    private static final String[] NAMES_SPREAD =
            {"binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity", "allocation-spread"};
    private static final String[] NAMES_DEVICES =
            {"binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity", "devices"};
    private static final String[] NAMES_FORCED = {"binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity",
        "allocation-spread", "preemption"};
    private static final String[] NAMES_ALL = {"binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity",
        "allocation-spread", "devices"};

    private final Job job;
    private final TaskGroup group;
    private final Proposed proposed;
    private final Candidates candidates;
    private final Ask ask;
    private final boolean spreadAlgorithm;
    private final RandomGenerator random;
    private final Spreads spreads;
    private final Distinct distinct;
    final Metrics metrics;
    private final String[] unfit;
    private final byte[] status;
    private final String[] reason;
    private final double[] affinity;
    private final double[] liking;
    private final double[] fit;
    private final double[] local;
    private final int[] same;
    private final int[] bucket;
    private final int[] shelfOf;
    private Shelf[] shelves = new Shelf[MAX_PARTS];
    private final int[] places;
    private final NodeScoreMeta[] told;
    /** Who would have to go from a node; null where nobody asked yet. */
    private final Map<Integer, Optional<Preemption.Eviction>> evictions = new HashMap<>();
    private final Map<String, Node> elsewhere = new HashMap<>();
    private boolean isPlaced;
    private int seen;
    private int[] top = new int[TOLD];
    private double[] topScores = new double[TOLD];
    private int found;

    Ranking(Job job, TaskGroup group, Proposed proposed, Candidates candidates, Feasibility feasibility, Ask ask,
            boolean spreadAlgorithm, RandomGenerator random) {
        this.job = job;
        this.group = group;
        this.proposed = proposed;
        this.candidates = candidates;
        this.ask = ask;
        this.spreadAlgorithm = spreadAlgorithm;
        this.random = random;
        spreads = new Spreads(job, group);
        distinct = new Distinct(job, group);
        metrics = new Metrics(candidates.available);
        int size = candidates.size();
        unfit = new String[size];
        status = new byte[size];
        reason = new String[size];
        affinity = new double[size];
        liking = new double[size];
        fit = new double[size];
        local = new double[size];
        same = new int[size];
        bucket = new int[size];
        shelfOf = new int[size];
        places = new int[size];
        told = new NodeScoreMeta[size];
        metrics.evaluated(size);
        seen = proposed.steps().size();
        for (Allocation allocation : proposed.of(job.namespace(), job.id())) {
            count(allocation, 1);
        }
        Arrays.fill(shelfOf, -1);
        judge(feasibility);
        for (int i = 0; i < size; i++) {
            place(i);
        }
        isPlaced = true;
    }

    /** What the group thinks of each node for what it is, found out once for each kind where the kind decides. */
    private void judge(Feasibility feasibility) {
        String[] obstacles = new String[candidates.roster.kindCount];
        double[] affinities = new double[obstacles.length];
        int[] buckets = new int[obstacles.length];
        boolean unique = feasibility.dependsOnUnique(group);
        boolean spreadsShared = spreads.isShared();
        for (int i = 0; i < status.length; i++) {
            Node node = candidates.nodes[i];
            int kind = candidates.roster.kinds[i];
            if (obstacles[kind] == null || unique) {
                obstacles[kind] = feasibility.obstacle(group, node);
                affinities[kind] = feasibility.affinity(group, node);
            }
            if (!spreadsShared || buckets[kind] == 0) {
                buckets[kind] = spreads.bucket(node) + 1;
            }
            unfit[i] = obstacles[kind];
            affinity[i] = affinities[kind];
            bucket[i] = buckets[kind] - 1;
        }
    }

    private Node node(String id) {
        int index = candidates.indexOf(id);
        return index >= 0 ? candidates.nodes[index]
                : elsewhere.computeIfAbsent(id, other -> proposed.state().nodes().get(other));
    }

    /** Notes an instance of the job that came or went; what follows for nodes is the caller's. */
    private void count(Allocation allocation, int change) {
        Node node = node(allocation.nodeId());
        if (allocation.taskGroup().equals(group.name())) {
            int index = candidates.indexOf(allocation.nodeId());
            if (index >= 0) {
                same[index] += change;
            }
            if (node != null) {
                spreads.count(node, change);
            }
        }
        if (!distinct.isEmpty()) {
            distinct.count(allocation, node, change, isPlaced ? this::again : affected -> { });
        }
    }

    private void again(Distinct.Affected affected) {
        for (int i = 0; i < shelfOf.length; i++) {
            if (affected.concerns(candidates.nodes[i])) {
                refresh(i);
            }
        }
    }

    /** Takes up what the plan did since the last look. */
    private void follow() {
        List<Proposed.Step> steps = proposed.steps();
        for (; seen < steps.size(); seen++) {
            Proposed.Step step = steps.get(seen);
            Allocation allocation = step.allocation();
            if (allocation.jobId().equals(job.id()) && allocation.namespace().equals(job.namespace())) {
                count(allocation, step.holds() ? 1 : -1);
            }
            int index = candidates.indexOf(allocation.nodeId());
            if (index >= 0) {
                refresh(index);
            }
        }
    }

    private void refresh(int i) {
        if (shelfOf[i] >= 0) {
            shelves[shelfOf[i]].remove(i);
            shelfOf[i] = -1;
        } else if (status[i] == FILTERED) {
            metrics.filtered(candidates.nodes[i], reason[i], -1);
        } else if (status[i] == EXHAUSTED) {
            metrics.exhausted(candidates.nodes[i], reason[i], -1);
        }
        told[i] = null;
        evictions.remove(i);
        place(i);
    }

    private NodeUse use(int i) {
        NodeUse own = proposed.changedUse(candidates.nodes[i].id());
        return own == null ? candidates.uses[i] : own;
    }

    /** Puts a node where it belongs: on a shelf, or among those that are filtered or exhausted. */
    private void place(int i) {
        Node node = candidates.nodes[i];
        String obstacle = !unfit[i].isEmpty() || distinct.isEmpty() ? unfit[i] : distinct.obstacle(node);
        if (!obstacle.isEmpty()) {
            status[i] = FILTERED;
            reason[i] = obstacle;
            metrics.filtered(node, obstacle, 1);
            return;
        }
        NodeUse use = use(i);
        long cpu = use.cpu() + ask.cpuOn(node);
        long memory = use.memory() + ask.memory();
        String exhausted = candidates.capacity(i).exhausted(cpu, memory, use.disk() + ask.disk());
        liking[i] = Double.NaN;
        if (exhausted.isEmpty() && ask.devices()) {
            Grant grant = Grant.of(ask, node, use, random);
            exhausted = grant.refusal();
            liking[i] = grant.deviceScore();
        }
        if (!exhausted.isEmpty()) {
            exhaust(i, exhausted);
            return;
        }
        status[i] = READY;
        fit[i] = candidates.capacity(i).score(cpu, memory, spreadAlgorithm);
        shelve(i);
    }

    private void exhaust(int i, String dimension) {
        status[i] = EXHAUSTED;
        reason[i] = dimension;
        metrics.exhausted(candidates.nodes[i], dimension, 1);
    }

    private void shelve(int i) {
        int parts = 1;
        double sum = fit[i];
        if (same[i] > 0) {
            sum += antiAffinity(i);
            parts++;
        }
        if (!Double.isNaN(affinity[i])) {
            sum += affinity[i];
            parts++;
        }
        if (!Double.isNaN(liking[i])) {
            sum += liking[i];
            parts++;
        }
        local[i] = sum;
        int shelf = bucket[i] * MAX_PARTS + parts - 1;
        if (shelf >= shelves.length) {
            shelves = Arrays.copyOf(shelves, Math.max((bucket[i] + 1) * MAX_PARTS, shelves.length * 2));
        }
        if (shelves[shelf] == null) {
            shelves[shelf] = new Shelf(local, candidates.ties, places);
        }
        shelves[shelf].add(i);
        shelfOf[i] = shelf;
    }

    private double antiAffinity(int i) {
        return -(same[i] + 1.0) / Math.max(1, group.count());
    }

    /** A node with what it gives. */
    record Best(int index, Node node, Grant grant, List<NodeScoreMeta> best) {}

    /** The best node that can take one more instance, null where none can. */
    Best best(Placer.Wish wish) {
        follow();
        while (true) {
            rank(TOLD + wish.avoid().size(), wish);
            if (found == 0) {
                return null;
            }
            int first = top[0];
            Node node = candidates.nodes[first];
            Grant grant = Grant.of(ask, node, use(first), random);
            if (grant.refusal().isEmpty()) {
                return new Best(first, node, grant, told(wish));
            }
            shelves[shelfOf[first]].remove(first);
            shelfOf[first] = -1;
            exhaust(first, grant.refusal());
        }
    }

    /** Fills the list of the best so many nodes, best first. */
    private void rank(int wanted, Placer.Wish wish) {
        if (top.length < wanted) {
            top = new int[wanted];
            topScores = new double[wanted];
        }
        found = 0;
        spreads.measure();
        for (int b = 0; b < shelves.length; b += MAX_PARTS) {
            double spread = Double.NaN;
            for (int parts = 1; parts <= MAX_PARTS; parts++) {
                Shelf shelf = shelves[b + parts - 1];
                if (shelf != null && shelf.size() > 0) {
                    if (Double.isNaN(spread)) {
                        spread = spreads.score(b / MAX_PARTS);
                    }
                    look(shelf, 0, spread, spread == 0 ? parts : parts + 1, wanted);
                }
            }
        }
        if (!wish.avoid().isEmpty()) {
            penalise(wish);
        }
    }

    private void look(Shelf shelf, int place, double spread, int parts, int wanted) {
        if (place >= shelf.size()) {
            return;
        }
        int node = shelf.at(place);
        double score = (local[node] + spread) / parts;
        if (found == wanted && !better(score, node, found - 1)) {
            return;
        }
        insert(node, score, wanted);
        look(shelf, 2 * place + 1, spread, parts, wanted);
        look(shelf, 2 * place + 2, spread, parts, wanted);
    }

    private boolean better(double score, int node, int place) {
        return score > topScores[place] || score == topScores[place] && candidates.ties[node] < candidates.ties[top[place]];
    }

    private void insert(int node, double score, int wanted) {
        int place = found < wanted ? found++ : wanted - 1;
        while (place > 0 && better(score, node, place - 1)) {
            top[place] = top[place - 1];
            topScores[place] = topScores[place - 1];
            place--;
        }
        top[place] = node;
        topScores[place] = score;
    }

    /** Scores the nodes to avoid anew, with their penalty, among the best of the others. */
    private void penalise(Placer.Wish wish) {
        int[] nodes = Arrays.copyOf(top, found);
        double[] scores = Arrays.copyOf(topScores, found);
        int wanted = found;
        found = 0;
        for (int i = 0; i < nodes.length; i++) {
            if (!wish.avoid().contains(candidates.nodes[nodes[i]].id())) {
                insert(nodes[i], scores[i], wanted);
            }
        }
        for (String id : wish.avoid()) {
            int node = candidates.indexOf(id);
            if (node >= 0 && shelfOf[node] >= 0) {
                double spread = spreads.score(bucket[node]);
                int parts = shelfOf[node] % MAX_PARTS + 1 + (spread == 0 ? 0 : 1);
                double score = (local[node] + spread - 1) / (parts + 1);
                if (found < wanted || better(score, node, found - 1)) {
                    insert(node, score, wanted);
                }
            }
        }
    }

    private List<NodeScoreMeta> told(Placer.Wish wish) {
        NodeScoreMeta[] best = new NodeScoreMeta[Math.min(TOLD, found)];
        for (int i = 0; i < best.length; i++) {
            int node = top[i];
            NodeScoreMeta known = told[node];
            boolean avoided = !wish.avoid().isEmpty() && wish.avoid().contains(candidates.nodes[node].id());
            if (known == null || avoided || known.normScore() != topScores[i]) {
                known = new NodeScoreMeta(candidates.nodes[node].id(), topScores[i], scores(node, avoided));
                told[node] = avoided ? null : known;
            }
            best[i] = known;
        }
        return Arrays.asList(best);
    }

    private Scores scores(int i, boolean avoided) {
        double anti = same[i] > 0 ? antiAffinity(i) : 0;
        double penalty = avoided ? -1 : 0;
        double preference = Double.isNaN(affinity[i]) ? 0 : affinity[i];
        double device = Double.isNaN(liking[i]) ? 0 : liking[i];
        if (spreads.isEmpty()) {
            return ask.devices() ? new Scores(NAMES_DEVICES, new double[] {fit[i], anti, penalty, preference, device})
                    : new Scores(NAMES, new double[] {fit[i], anti, penalty, preference});
        }
        double spread = spreads.score(bucket[i]);
        return ask.devices() ? new Scores(NAMES_ALL, new double[] {fit[i], anti, penalty, preference, spread, device})
                : new Scores(NAMES_SPREAD, new double[] {fit[i], anti, penalty, preference, spread});
    }

    /**
     * What stands against each node, to tell when none can take the instance: as {@link #metrics}, but with ports, devices and
     * cores told before CPU, memory and disk on every node.
     */
    Metrics refusals() {
        if (ask.isPlain() || !metrics.anyExhausted()) {
            return metrics;
        }
        Metrics all = new Metrics(candidates.available);
        all.evaluated(candidates.size());
        for (int i = 0; i < status.length; i++) {
            Node node = candidates.nodes[i];
            if (status[i] == FILTERED) {
                all.filtered(node, reason[i], 1);
            } else {
                all.exhausted(node, Grant.of(ask, node, use(i), random).refusal(), 1);
            }
        }
        return all;
    }

    /** A node and who has to go from it. */
    record Forced(Node node, Preemption.Eviction eviction, NodeScoreMeta told) {}

    /**
     * The best of the nodes that have too little left, with others put out of the way, where none has enough as it is; null
     * where that does not help. A node is looked at again only after something changed on it.
     */
    Forced force(Preemption preemption) {
        Forced best = null;
        long tie = 0;
        spreads.measure();
        for (int i = 0; i < status.length; i++) {
            if (status[i] != EXHAUSTED) {
                continue;
            }
            Optional<Preemption.Eviction> eviction = evictions.get(i);
            if (eviction == null) {
                eviction = Optional.ofNullable(preemption.on(candidates.nodes[i], ask));
                evictions.put(i, eviction);
            }
            if (eviction.isPresent()) {
                NodeScoreMeta told = forced(i, eviction.get());
                if (best == null || told.normScore() > best.told().normScore()
                        || told.normScore() == best.told().normScore() && candidates.ties[i] < tie) {
                    best = new Forced(candidates.nodes[i], eviction.get(), told);
                    tie = candidates.ties[i];
                }
            }
        }
        return best;
    }

    private NodeScoreMeta forced(int i, Preemption.Eviction eviction) {
        NodeUse use = use(i);
        for (Allocation victim : eviction.victims()) {
            use = use.without(victim);
        }
        double fits = candidates.capacity(i).score(use.cpu() + ask.cpuOn(candidates.nodes[i]), use.memory() + ask.memory(),
                spreadAlgorithm);
        double anti = same[i] > 0 ? antiAffinity(i) : 0;
        double preference = Double.isNaN(affinity[i]) ? 0 : affinity[i];
        double spread = spreads.score(bucket[i]);
        int parts = 2 + (anti != 0 ? 1 : 0) + (preference != 0 ? 1 : 0) + (spread != 0 ? 1 : 0);
        double score = (fits + anti + preference + spread + eviction.score()) / parts;
        return new NodeScoreMeta(candidates.nodes[i].id(), score, new Scores(NAMES_FORCED,
                new double[] {fits, anti, 0, preference, spread, eviction.score()}));
    }
}
