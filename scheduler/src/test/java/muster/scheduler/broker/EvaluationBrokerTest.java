package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import muster.scheduler.Samples;
import muster.scheduler.state.Evaluation;
import muster.testkit.ManualClock;
import org.junit.jupiter.api.Test;

class EvaluationBrokerTest {
    private final ManualClock clock = new ManualClock();
    private final EvaluationBroker broker = new EvaluationBroker(clock, (delay, action) -> clock.schedule(delay, action)::cancel);

    private final Map<String, EvaluationBroker.Delivery> held = new HashMap<>();

    private static Evaluation evaluation(String id, String job, int priority, long createIndex) {
        return Samples.read(Evaluation.class, """
                {"ID": "%s", "JobID": "%s", "Namespace": "default", "Priority": %d, "CreateIndex": %d, "Status": "pending"}"""
                .formatted(id, job, priority, createIndex));
    }

    /** All that is ready, in the order in which it comes, none of it acknowledged. */
    private List<String> out() throws InterruptedException {
        List<String> out = new ArrayList<>();
        while (broker.counts().ready() > 0) {
            EvaluationBroker.Delivery delivery = broker.dequeue();
            held.put(delivery.evaluation().id(), delivery);
            out.add(delivery.evaluation().id());
        }
        return out;
    }

    @Test
    void theHighestPriorityGoesFirstAmongEqualsTheOldest() throws InterruptedException {
        broker.enqueue(evaluation("young", "a", 50, 7));
        broker.enqueue(evaluation("old", "b", 50, 3));
        broker.enqueue(evaluation("urgent", "c", 90, 9));

        assertThat(out()).containsExactly("urgent", "old", "young");
    }

    @Test
    void ofOneJobOneIsOutAtATime() throws InterruptedException {
        broker.enqueue(evaluation("first", "a", 50, 1));
        broker.enqueue(evaluation("second", "a", 90, 2));
        assertThat(out()).containsExactly("first");
        assertThat(broker.counts()).isEqualTo(new EvaluationBroker.Counts(0, 1, 0));

        broker.acknowledge(held.get("first"));

        assertThat(out()).containsExactly("second");
    }

    @Test
    void oneThatIsKnownIsNotTakenTwice() throws InterruptedException {
        broker.enqueue(evaluation("one", "a", 50, 1));
        broker.enqueue(evaluation("one", "a", 50, 1));

        assertThat(out()).containsExactly("one");
        broker.acknowledge(held.get("one"));
        assertThat(broker.counts()).isEqualTo(new EvaluationBroker.Counts(0, 0, 0));
    }

    @Test
    void oneThatIsWokenWhileItIsOutComesAgain() throws InterruptedException {
        Evaluation one = evaluation("one", "a", 50, 1);
        broker.enqueue(one);
        assertThat(out()).containsExactly("one");

        broker.enqueue(one);
        broker.acknowledge(held.get("one"));

        assertThat(out()).containsExactly("one");
    }

    @Test
    void oneWithATimeWaitsForIt() throws InterruptedException {
        broker.enqueue(Samples.read(Evaluation.class, """
                {"ID": "later", "JobID": "a", "Namespace": "default", "Priority": 50, "Status": "pending",
                 "WaitUntil": "%s"}""".formatted(clock.instant().plusSeconds(30))));
        assertThat(out()).isEmpty();
        assertThat(broker.counts().delayed()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(29));
        assertThat(out()).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(out()).containsExactly("later");
    }

    /** Plan: hand out, give back three times, and look at the pauses and at the third delivery. */
    @Test
    void oneThatIsGivenBackComesAgainLaterAndTheThirdTimeIsTheLast() throws InterruptedException {
        broker.enqueue(evaluation("one", "a", 50, 1));
        EvaluationBroker.Delivery first = broker.dequeue();
        assertThat(first.last()).isFalse();

        broker.giveBack(first);
        assertThat(broker.counts().ready()).isZero();
        clock.advance(Duration.ofSeconds(1));
        EvaluationBroker.Delivery second = broker.dequeue();
        assertThat(second.last()).isFalse();

        broker.giveBack(second);
        clock.advance(Duration.ofSeconds(19));
        assertThat(broker.counts().ready()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(broker.dequeue().last()).isTrue();
    }

    @Test
    void oneThatIsGivenBackLetsTheNextOfItsJobGo() throws InterruptedException {
        broker.enqueue(evaluation("one", "a", 50, 1));
        broker.enqueue(evaluation("two", "a", 50, 2));
        assertThat(out()).containsExactly("one");

        broker.giveBack(held.get("one"));
        assertThat(out()).containsExactly("two");
        clock.advance(Duration.ofSeconds(1));
        assertThat(out()).isEmpty();
        broker.acknowledge(held.get("two"));

        assertThat(out()).containsExactly("one");
    }

    @Test
    void afterItWasClearedNothingComesAnyMore() throws InterruptedException {
        broker.enqueue(evaluation("ready", "a", 50, 1));
        broker.enqueue(Samples.read(Evaluation.class, """
                {"ID": "later", "JobID": "b", "Namespace": "default", "Priority": 50, "Status": "pending",
                 "Wait": 1000000000}"""));
        broker.clear();
        clock.advance(Duration.ofMinutes(1));

        assertThat(out()).isEmpty();
        assertThat(broker.counts()).isEqualTo(new EvaluationBroker.Counts(0, 0, 0));
    }

    /** Plan: a worker of an earlier term is still at it while the evaluation is out again; it may neither end nor return it. */
    @Test
    void aWorkerOfAnEarlierTermChangesNothing() throws InterruptedException {
        broker.enqueue(evaluation("one", "a", 50, 1));
        EvaluationBroker.Delivery stale = broker.dequeue();
        broker.clear();
        broker.enqueue(evaluation("one", "a", 50, 1));
        broker.enqueue(evaluation("two", "a", 50, 2));
        assertThat(out()).containsExactly("one");

        broker.acknowledge(stale);
        broker.giveBack(stale);

        assertThat(broker.counts()).isEqualTo(new EvaluationBroker.Counts(0, 1, 0));
    }
}
