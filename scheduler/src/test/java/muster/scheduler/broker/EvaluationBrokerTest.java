package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import muster.scheduler.Samples;
import muster.scheduler.state.Evaluation;
import muster.testkit.ManualClock;
import org.junit.jupiter.api.Test;

class EvaluationBrokerTest {
    private final ManualClock clock = new ManualClock();
    private final EvaluationBroker broker = new EvaluationBroker(clock, (delay, action) -> clock.schedule(delay, action)::cancel);

    private static Evaluation evaluation(String id, String job, int priority, long createIndex) {
        return Samples.read(Evaluation.class, """
                {"ID": "%s", "JobID": "%s", "Namespace": "default", "Priority": %d, "CreateIndex": %d, "Status": "pending"}"""
                .formatted(id, job, priority, createIndex));
    }

    /** All that is ready, in the order in which it comes, none of it acknowledged. */
    private List<String> out() throws InterruptedException {
        List<String> out = new ArrayList<>();
        while (broker.counts().ready() > 0) {
            out.add(broker.dequeue().evaluation().id());
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
        Evaluation first = evaluation("first", "a", 50, 1);
        broker.enqueue(first);
        broker.enqueue(evaluation("second", "a", 90, 2));
        assertThat(out()).containsExactly("first");
        assertThat(broker.counts()).isEqualTo(new EvaluationBroker.Counts(0, 1, 0));

        broker.acknowledge(first);

        assertThat(out()).containsExactly("second");
    }

    @Test
    void oneThatIsKnownIsNotTakenTwice() throws InterruptedException {
        broker.enqueue(evaluation("one", "a", 50, 1));
        broker.enqueue(evaluation("one", "a", 50, 1));

        assertThat(out()).containsExactly("one");
        broker.acknowledge(evaluation("one", "a", 50, 1));
        assertThat(broker.counts()).isEqualTo(new EvaluationBroker.Counts(0, 0, 0));
    }

    @Test
    void oneThatIsWokenWhileItIsOutComesAgain() throws InterruptedException {
        Evaluation one = evaluation("one", "a", 50, 1);
        broker.enqueue(one);
        assertThat(out()).containsExactly("one");

        broker.enqueue(one);
        broker.acknowledge(one);

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
        Evaluation one = evaluation("one", "a", 50, 1);
        broker.enqueue(one);
        assertThat(broker.dequeue().last()).isFalse();

        broker.giveBack(one);
        assertThat(broker.counts().ready()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(broker.dequeue().last()).isFalse();

        broker.giveBack(one);
        clock.advance(Duration.ofSeconds(19));
        assertThat(broker.counts().ready()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(broker.dequeue().last()).isTrue();
    }

    @Test
    void oneThatIsGivenBackLetsTheNextOfItsJobGo() throws InterruptedException {
        Evaluation one = evaluation("one", "a", 50, 1);
        broker.enqueue(one);
        broker.enqueue(evaluation("two", "a", 50, 2));
        assertThat(out()).containsExactly("one");

        broker.giveBack(one);
        assertThat(out()).containsExactly("two");
        clock.advance(Duration.ofSeconds(1));
        assertThat(out()).isEmpty();
        broker.acknowledge(evaluation("two", "a", 50, 2));

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
}
