package muster.lb.choose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import muster.lb.choose.Pool.Pick;
import muster.lb.choose.Standing.Outcome;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PoolTest {
    private static final long LONG_AGO = -1_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private final RandomGenerator random = RandomGenerator.getDefault();

    /** Once round the ring every target has its share, to a thousandth. */
    @Property(tries = 200)
    void theRingGivesEveryTargetItsShare(@ForAll @Size(min = 1, max = 8) List<@DoubleRange(min = 0.01, max = 1) Double> weights) {
        Ring ring = Ring.of(weights.stream().mapToDouble(Double::doubleValue).toArray());
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        int[] turns = new int[weights.size()];
        for (int i = 0; i < ring.size(); i++) {
            turns[ring.at(i)]++;
        }
        for (int i = 0; i < turns.length; i++) {
            assertThat(turns[i] / (double) ring.size()).isCloseTo(weights.get(i) / sum, within(0.001));
        }
    }

    @Property(tries = 60)
    void sharesFollowWeights(@ForAll @Size(min = 1, max = 6) List<@DoubleRange(min = 0.05, max = 1) Double> list) {
        double[] weights = list.stream().mapToDouble(Double::doubleValue).toArray();
        double sum = Arrays.stream(weights).sum();
        for (Strategy strategy : List.of(Strategy.ROUND_ROBIN, Strategy.RANDOM, Strategy.CONSISTENT_HASH)) {
            Pool pool = pool(weights, strategy, Policy.DEFAULT);
            int[] hits = new int[weights.length];
            int rounds = 20_000;
            for (int i = 0; i < rounds; i++) {
                hits[pool.choose(new Pick("key-" + i, -1, List.of()), random, 0).orElseThrow()]++;
            }
            for (int i = 0; i < hits.length; i++) {
                assertThat(hits[i] / (double) rounds).as("share %d of %s by %s", i, list, strategy).isCloseTo(weights[i] / sum, within(0.03));
            }
        }
    }

    @Property(tries = 200)
    void aTargetThatLeavesMovesNoKeyButItsOwn(@ForAll @IntRange(min = 2, max = 12) int targets, @ForAll @IntRange(min = 0, max = 11) int leaving) {
        Pool pool = pool(ones(targets), Strategy.CONSISTENT_HASH, Policy.DEFAULT);
        int gone = leaving % targets;
        for (int i = 0; i < 200; i++) {
            Pick pick = new Pick("user-" + i, -1, List.of());
            int before = pool.choose(pick, random, 0).orElseThrow();
            pool.members().get(gone).drain(true);
            int after = pool.choose(pick, random, 0).orElseThrow();
            pool.members().get(gone).drain(false);
            assertThat(after).isEqualTo(before == gone ? after : before).isNotEqualTo(gone);
        }
    }

    @Property(tries = 200)
    void neverMoreThanTheShareIsEjected(@ForAll @IntRange(min = 1, max = 9) int targets, @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 8) Integer> failing) {
        Pool pool = pool(ones(targets), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        for (int index : failing) {
            pool.members().get(index % targets).record(Outcome.FAILED, 0);
        }
        long away = pool.members().stream().filter(member -> !member.isIn()).count();
        assertThat(away).isLessThanOrEqualTo(Math.min(targets - 1, Math.max(1, targets / 2)));
    }

    @Test
    void roundRobinTakesTurnsAndGoesOnInThePoolThatTakesItsPlace() {
        Pool pool = pool(ones(3), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        assertThat(picks(pool, 4, Pick.ANY)).containsExactly(0, 1, 2, 0);
        Pool next = pool.replacedBy(pool.members(), ones(3), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        assertThat(picks(next, 2, Pick.ANY)).containsExactly(1, 2);
    }

    @Test
    void triedAndDrainedTargetsAreLeftOut() {
        Pool pool = pool(ones(3), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        pool.members().get(1).drain(true);
        assertThat(picks(pool, 6, Pick.ANY.after(List.of(0)))).containsOnly(2);
        assertThat(pool.choose(Pick.ANY.after(List.of(0, 2)), random, 0)).isEmpty();
        assertThat(pool.obstacle(1, 0)).contains("drained");
    }

    @Test
    void aStickyClientStaysUnlessItsTargetIsUnusable() {
        Pool pool = pool(ones(3), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        Pick sticky = new Pick("", 2, List.of());
        assertThat(picks(pool, 5, sticky)).containsOnly(2);
        pool.members().get(2).drain(true);
        assertThat(picks(pool, 5, sticky)).doesNotContain(2);
    }

    /** Plan: fail one of two, see it left out; wait, see one trial only; fail it, see a longer absence; let the trial succeed, see it back. */
    @Test
    void aFailingTargetIsLeftOutTriedOnceAndTakenBack() {
        Pool pool = pool(ones(2), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        Member failing = pool.members().get(1);
        IntStream.range(0, 3).forEach(i -> failing.record(Outcome.FAILED, 0));
        assertThat(picks(pool, 4, Pick.ANY)).containsOnly(0);

        long due = 5 * SECOND;
        assertThat(picksAt(pool, 6, due)).containsOnlyOnce(1);
        assertThat(failing.record(Outcome.FAILED, due)).isTrue();
        assertThat(picksAt(pool, 6, due + 9 * SECOND)).containsOnly(0);

        long again = due + 10 * SECOND;
        assertThat(picksAt(pool, 6, again)).containsOnlyOnce(1);
        assertThat(failing.record(Outcome.GOOD, again)).isTrue();
        assertThat(picksAt(pool, 6, again)).contains(0, 1);
    }

    @Test
    void errorsThatEveryTargetAnswersEjectNobody() {
        Pool pool = pool(ones(2), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        for (int i = 0; i < 50; i++) {
            pool.members().forEach(member -> member.record(Outcome.ERROR, 0));
        }
        assertThat(pool.members()).allMatch(Member::isIn);

        pool.members().getFirst().record(Outcome.GOOD, 0);
        pool.members().getLast().record(Outcome.ERROR, 0);
        assertThat(pool.members().getLast().isIn()).isFalse();
    }

    @Test
    void onlyEjectedTargetsAreBetterThanNone() {
        Pool pool = pool(ones(2), Strategy.ROUND_ROBIN, Policy.DEFAULT);
        IntStream.range(0, 3).forEach(i -> pool.members().getFirst().record(Outcome.FAILED, 0));
        pool.members().getLast().drain(true);
        assertThat(pool.choose(Pick.ANY, random, 0)).hasValue(0);
    }

    @Test
    void aTargetAtItsLimitIsPassedOver() {
        Pool pool = pool(ones(2), Strategy.ROUND_ROBIN, Policy.DEFAULT.withLimits(1, 0));
        pool.members().getFirst().begin();
        assertThat(picks(pool, 3, Pick.ANY)).containsOnly(1);
        pool.members().getLast().begin();
        assertThat(pool.choose(Pick.ANY, random, 0)).isEmpty();
        pool.members().getFirst().end(200, 1);
        assertThat(pool.choose(Pick.ANY, random, 0)).hasValue(0);
    }

    @Test
    void ofTwoTheLessBusyOneIsChosen() {
        Pool pool = pool(ones(2), Strategy.LEAST_REQUESTS, Policy.DEFAULT);
        IntStream.range(0, 5).forEach(i -> pool.members().getFirst().begin());
        List<Integer> picks = picks(pool, 400, Pick.ANY);
        assertThat(picks.stream().filter(index -> index == 1).count()).isGreaterThan(250);
    }

    @Test
    void aNewTargetGrowsIntoItsShare() {
        Policy slow = Policy.DEFAULT.withSlowStart(Duration.ofSeconds(10));
        Pool pool = Pool.of(List.of(new Member("a", LONG_AGO), new Member("b", 0)), ones(2), Strategy.ROUND_ROBIN, slow);
        long early = picksAt(pool, 1000, SECOND).stream().filter(index -> index == 1).count();
        long late = picksAt(pool, 1000, 11 * SECOND).stream().filter(index -> index == 1).count();
        assertThat(early).isBetween(20L, 250L);
        assertThat(late).isEqualTo(500);
    }

    @Test
    void theBudgetAllowsAFifthOnTopAndWhatWasSavedUp() {
        RetryBudget budget = new RetryBudget(0.2, 10);
        assertThat(IntStream.range(0, 20).filter(i -> budget.spend()).count()).isEqualTo(10);
        IntStream.range(0, 100).forEach(i -> budget.earn());
        assertThat(IntStream.range(0, 100).filter(i -> budget.spend()).count()).isEqualTo(10);
    }

    /** Plan: two wait for one subject and one for another, the room is full; a change lets the two go, time the third. */
    @Test
    void aWaitEndsWithAChangeOrInTime() {
        WaitingRoom room = new WaitingRoom(3);
        var first = room.enter("a", Duration.ofMinutes(1)).orElseThrow().toCompletableFuture();
        var second = room.enter("a", Duration.ofMinutes(1)).orElseThrow().toCompletableFuture();
        var third = room.enter("b", Duration.ofMillis(1)).orElseThrow().toCompletableFuture();
        assertThat(third.join()).isFalse();
        var fourth = room.enter("b", Duration.ofMinutes(1)).orElseThrow();
        assertThat(room.enter("b", Duration.ofMinutes(1))).isEmpty();
        room.changed("a");
        assertThat(first.join()).isTrue();
        assertThat(second.join()).isTrue();
        assertThat(fourth.toCompletableFuture()).isNotDone();
        assertThat(room.counts()).isEqualTo(new WaitingRoom.Counts(1, 2, 1, 1));
    }

    private static Pool pool(double[] weights, Strategy strategy, Policy policy) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            members.add(new Member("10.0.0." + i + ":80", LONG_AGO));
        }
        return Pool.of(members, weights, strategy, policy);
    }

    private List<Integer> picks(Pool pool, int count, Pick pick) {
        return IntStream.range(0, count).mapToObj(i -> pool.choose(pick, random, 0)).map(OptionalInt::orElseThrow).toList();
    }

    private List<Integer> picksAt(Pool pool, int count, long now) {
        return IntStream.range(0, count).mapToObj(i -> pool.choose(Pick.ANY, random, now)).map(OptionalInt::orElseThrow).toList();
    }

    private static double[] ones(int count) {
        double[] weights = new double[count];
        Arrays.fill(weights, 1);
        return weights;
    }
}
