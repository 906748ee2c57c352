package muster.raft;

import static muster.raft.Outcomes.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import muster.raft.Texts.Recorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract, and what a log does that is driven step by step. */
@Timeout(60)
class MemoryLogGroupTest extends LogGroupContract {
    @Override
    LogGroup open() {
        return new MemoryLogGroup("here");
    }

    @Test
    void a_step_applies_all_that_waits_in_order_and_publishes_once() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();

        List<CompletableFuture<Applied<String>>> answers = List.of(log.propose("x"), log.propose("y"), log.propose("z"));
        assertThat(answers).noneMatch(CompletableFuture::isDone);

        assertThat(group.step()).isEqualTo(3);
        assertThat(machine.applied).containsExactly("1:x", "2:y", "3:z");
        assertThat(machine.published).containsExactly(3L);
        assertThat(answers.stream().map(CompletableFuture::join))
                .containsExactly(new Applied<>(1, "X"), new Applied<>(2, "Y"), new Applied<>(3, "Z"));
        assertThat(group.step()).isZero();
        assertThat(machine.published).hasSize(1);
    }

    @Test
    void parts_share_one_series_of_indexes_and_only_those_in_the_batch_publish() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        Recorder other = new Recorder();
        Recorder idle = new Recorder();
        ReplicatedLog<String, String> first = group.attach("first", Texts.CODEC, machine);
        ReplicatedLog<String, String> second = group.attach("second", Texts.CODEC, other);
        group.attach("idle", Texts.CODEC, idle);
        group.start();

        first.propose("a");
        second.propose("b");
        first.propose("c");
        group.step();

        assertThat(machine.applied).containsExactly("1:a", "3:c");
        assertThat(other.applied).containsExactly("2:b");
        assertThat(machine.published).containsExactly(3L);
        assertThat(other.published).containsExactly(3L);
        assertThat(idle.published).isEmpty();
        assertThat(first.appliedIndex()).isEqualTo(second.appliedIndex()).isEqualTo(3);
    }

    @Test
    void a_batch_is_bounded() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();
        for (int i = 0; i < MemoryLogGroup.MAX_BATCH + 1; i++) {
            log.propose("x");
        }
        assertThat(group.step()).isEqualTo(MemoryLogGroup.MAX_BATCH);
        assertThat(group.step()).isEqualTo(1);
    }

    @Test
    void the_queue_is_bounded_and_says_so() throws Exception {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();
        for (int i = 0; i < MemoryLogGroup.MAX_PENDING; i++) {
            log.propose("x");
        }
        assertThat(failureOf(log.propose("one too many"))).isInstanceOf(NotLeaderException.class)
                .hasMessageContaining("65536 commands wait");
    }

    @Test
    void close_fails_what_waits_and_refuses_what_comes_later() throws Exception {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        assertThat(failureOf(log.propose("too early"))).isInstanceOf(NotLeaderException.class).hasMessageContaining("not started");
        group.start();
        assertThat(group.leader()).contains("here");
        CompletableFuture<Applied<String>> waiting = log.propose("x");

        group.close();
        group.close();

        assertThat(failureOf(waiting)).isInstanceOf(NotLeaderException.class);
        assertThat(failureOf(log.propose("too late"))).isInstanceOf(NotLeaderException.class).hasMessageContaining("closed");
        assertThat(group.step()).isZero();
        assertThat(machine.applied).isEmpty();
        assertThat(group.isLeader()).isFalse();
        assertThat(group.leader()).isEmpty();
    }
}
