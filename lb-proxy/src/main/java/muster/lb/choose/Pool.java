package muster.lb.choose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * The targets behind one route or service and the choice among them. The targets and their weights never change; what is known of each is
 * its {@link Member}'s. Any thread; a choice takes no lock.
 *
 * <p>A choice leaves out targets that are drained, ejected, at their limit, or tried already. When only ejected ones are left they are used
 * after all: a doubtful target is better than none. A drained one never is.
 */
public final class Pool {
    private static final int SLOW_START_TRIES = 4;

    private final List<Member> members;
    private final double[] weights;
    private final Optional<Ring> ring;
    private final Strategy strategy;
    private final Policy policy;
    private final AtomicInteger turn;

    /**
     * What a choice is made for.
     *
     * @param key for {@link Strategy#CONSISTENT_HASH}; others ignore it
     * @param preferred the target to take if it is usable (a sticky client's), -1 for none
     * @param tried targets that must not be chosen again
     */
    public record Pick(String key, int preferred, List<Integer> tried) {
        /** Any target. */
        public static final Pick ANY = new Pick("", -1, List.of());

        public Pick after(List<Integer> others) {
            return new Pick(key, preferred, others);
        }
    }

    private Pool(List<Member> members, double[] weights, Strategy strategy, Policy policy, AtomicInteger turn) {
        this.members = List.copyOf(members);
        this.weights = weights.clone();
        this.ring = hasShare(weights) ? Optional.of(Ring.of(weights)) : Optional.empty();
        this.strategy = strategy;
        this.policy = policy;
        this.turn = turn;
        this.members.forEach(member -> member.enter(this));
    }

    /** A pool; the weights, at least 0, belong to the members in order. A target of weight 0 is never chosen. */
    public static Pool of(List<Member> members, double[] weights, Strategy strategy, Policy policy) {
        return new Pool(members, weights, strategy, policy, new AtomicInteger());
    }

    /** A pool that takes this one's place; turns go on where they were. */
    public Pool replacedBy(List<Member> others, double[] otherWeights, Strategy otherStrategy, Policy otherPolicy) {
        return new Pool(others, otherWeights, otherStrategy, otherPolicy, turn);
    }

    public List<Member> members() {
        return members;
    }

    public Strategy strategy() {
        return strategy;
    }

    public Policy policy() {
        return policy;
    }

    /** Requests in progress. */
    public int inFlight() {
        int sum = 0;
        for (Member member : members) {
            sum += member.inFlight();
        }
        return sum;
    }

    /** Whether the pool takes another request at all. */
    public boolean isFull() {
        return policy.maxRequests() > 0 && inFlight() >= policy.maxRequests();
    }

    /**
     * Chooses. Empty when no target may take the request.
     *
     * @param now on the monotonic clock of the members
     */
    public OptionalInt choose(Pick pick, RandomGenerator random, long now) {
        if (ring.isEmpty()) {
            return OptionalInt.empty();
        }
        if (pick.preferred() >= 0 && pick.preferred() < members.size() && isUsable(pick.preferred(), pick, now)) {
            return taken(pick.preferred(), now) ? OptionalInt.of(pick.preferred()) : around(pick.preferred(), pick, now);
        }
        int first = 0;
        for (int i = 0; i < SLOW_START_TRIES; i++) {
            first = first(pick, random, now);
            if (isUsable(first, pick, now) && isWarm(first, random, now) && taken(first, now)) {
                return OptionalInt.of(first);
            }
            if (strategy == Strategy.CONSISTENT_HASH || policy.slowStart().isZero()) {
                break;
            }
        }
        return around(first, pick, now);
    }

    /** Why a target gets no requests at present; empty when it does. */
    public Optional<String> obstacle(int index, long now) {
        Member member = members.get(index);
        if (member.isDraining()) {
            return Optional.of("drained");
        }
        if (weights[index] <= 0) {
            return Optional.of("its weight is 0");
        }
        return switch (member.standing()) {
            case Standing.In in -> isAtLimit(member)
                    ? Optional.of("at its limit of " + policy.maxRequestsPerTarget() + " requests")
                    : Optional.empty();
            case Standing.Ejected ejected -> Optional.of(now - ejected.until() >= 0
                    ? "ejected for failing requests; the next request tries it"
                    : "ejected for failing requests; tried again in " + Math.ceilDiv(ejected.until() - now, 1_000_000) + "ms");
            case Standing.Trial trial -> Optional.of("ejected for failing requests; one request is trying it");
        };
    }

    /** Whether the member may be left out now; keeps the share of those away within the policy's bound. */
    boolean mayEject(Member failing, boolean isDead) {
        int away = 0;
        boolean doesAnotherBetter = false;
        for (Member member : members) {
            away += member.isIn() ? 0 : 1;
            doesAnotherBetter |= member != failing && !member.isDraining() && member.standing() instanceof Standing.In in && in.errors() == 0;
        }
        int allowed = Math.min(members.size() - 1, Math.max(1, (int) (policy.ejection().maxShare() * members.size())));
        return policy.ejection().maxShare() > 0 && away < allowed && (isDead || doesAnotherBetter);
    }

    private int first(Pick pick, RandomGenerator random, long now) {
        Ring slots = ring.orElseThrow();
        return switch (strategy) {
            case ROUND_ROBIN -> slots.at(turn.getAndIncrement());
            case RANDOM -> slots.size() == 1 ? slots.at(0) : slots.at(random.nextInt(slots.size()));
            case LEAST_REQUESTS -> {
                int one = slots.at(random.nextInt(slots.size()));
                int other = slots.at(random.nextInt(slots.size()));
                yield !isUsable(one, pick, now) || isUsable(other, pick, now) && load(other) < load(one) ? other : one;
            }
            case CONSISTENT_HASH -> byHash(pick, now);
        };
    }

    private double load(int index) {
        return members.get(index).inFlight() / weights[index];
    }

    /** Weighted rendezvous hashing: the target whose hash with the key, bent by its weight, is the highest. */
    private int byHash(Pick pick, long now) {
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0 && isUsable(i, pick, now)) {
                double score = -weights[i] / Math.log(Hash.unit(pick.key(), members.get(i).name()));
                if (score > highest) {
                    highest = score;
                    best = i;
                }
            }
        }
        return best;
    }

    /** The next usable one round, else the next that is only ejected. */
    private OptionalInt around(int from, Pick pick, long now) {
        int size = members.size();
        for (int i = 0; i < size; i++) {
            int index = (from + i) % size;
            if (isUsable(index, pick, now) && taken(index, now)) {
                return OptionalInt.of(index);
            }
        }
        for (int i = 0; i < size; i++) {
            int index = (from + i) % size;
            Member member = members.get(index);
            if (weights[index] > 0 && !member.isDraining() && !member.isIn() && !isAtLimit(member) && !pick.tried().contains(index)) {
                return OptionalInt.of(index);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isUsable(int index, Pick pick, long now) {
        Member member = members.get(index);
        return weights[index] > 0
                && !member.isDraining()
                && (member.isIn() || member.isDueForTrial(now))
                && !isAtLimit(member)
                && (pick.tried().isEmpty() || !pick.tried().contains(index));
    }

    private boolean taken(int index, long now) {
        Member member = members.get(index);
        return member.isIn() || member.beginTrial(now);
    }

    private boolean isAtLimit(Member member) {
        return policy.maxRequestsPerTarget() > 0 && member.inFlight() >= policy.maxRequestsPerTarget();
    }

    /** A target that has just come is chosen as often as the elapsed part of the window says, a tenth at least. */
    private boolean isWarm(int index, RandomGenerator random, long now) {
        if (policy.slowStart().isZero()) {
            return true;
        }
        double part = (double) (now - members.get(index).backAt()) / policy.slowStart().toNanos();
        return part >= 1 || random.nextDouble() < Math.max(0.1, part);
    }

    private static boolean hasShare(double[] weights) {
        for (double weight : weights) {
            if (weight > 0) {
                return true;
            }
        }
        return false;
    }
}
