package muster.raft;

import static muster.raft.Outcomes.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import muster.raft.Texts.Recorder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every log promises to those who propose to it. */
abstract class LogGroupContract {
    final Recorder machine = new Recorder();
    private final List<LogGroup> opened = new ArrayList<>();

    /** A new, empty log, not started. */
    abstract LogGroup open();

    private LogGroup tracked() {
        LogGroup group = open();
        opened.add(group);
        return group;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(LogGroup::close);
    }

    @Test
    void parts_share_one_series_of_indexes() {
        LogGroup group = tracked();
        Recorder other = new Recorder();
        Recorder idle = new Recorder();
        ReplicatedLog<String, String> first = group.attach("first", Texts.CODEC, machine);
        ReplicatedLog<String, String> second = group.attach("second", Texts.CODEC, other);
        group.attach("idle", Texts.CODEC, idle);
        group.start();

        assertThat(first.propose("a").join()).isEqualTo(new Applied<>(1, "A"));
        assertThat(second.propose("b").join()).isEqualTo(new Applied<>(2, "B"));
        assertThat(first.propose("c").join()).isEqualTo(new Applied<>(3, "C"));

        assertThat(machine.applied).containsExactly("1:a", "3:c");
        assertThat(other.applied).containsExactly("2:b");
        assertThat(other.published).containsExactly(2L);
        assertThat(idle.published).isEmpty();
        assertThat(first.appliedIndex()).isEqualTo(second.appliedIndex()).isEqualTo(3);
    }

    @Test
    void commands_are_taken_between_start_and_close_only() throws Exception {
        LogGroup group = tracked();
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        assertThat(failureOf(log.propose("too early"))).isInstanceOf(NotLeaderException.class).hasMessageContaining("not started");
        group.start();
        assertThat(group.isLeader()).isTrue();
        assertThat(group.leader()).contains("here");
        group.close();
        group.close();
        assertThat(failureOf(log.propose("too late"))).isInstanceOf(NotLeaderException.class).hasMessageContaining("closed");
        assertThat(group.isLeader()).isFalse();
        assertThat(group.leader()).isEmpty();
        assertThat(machine.applied).isEmpty();
    }

    @Test
    void what_the_state_machine_throws_is_the_proposers_answer_and_takes_an_index() throws Exception {
        LogGroup group = tracked();
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();

        CompletableFuture<Applied<String>> bad = log.propose("bad one");
        CompletableFuture<Applied<String>> good = log.propose("good");

        assertThat(failureOf(bad)).isInstanceOf(IllegalArgumentException.class).hasMessage("bad one");
        assertThat(good.join()).isEqualTo(new Applied<>(2, "GOOD"));
        assertThat(group.appliedIndex()).isEqualTo(2);
    }

    @Test
    void the_index_moves_after_the_state_is_published_and_before_the_answer() {
        LogGroup group = tracked();
        List<String> order = new ArrayList<>();
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, new Recorder() {
            @Override
            public void published(long index) {
                order.add("published " + index + " while the index is " + group.appliedIndex());
            }
        });
        group.start();
        CompletableFuture<Void> chained =
                log.propose("x").thenAccept(applied -> order.add("answered while the index is " + group.appliedIndex()));
        chained.join();
        assertThat(order).containsExactly("published 1 while the index is 0", "answered while the index is 1");
    }

    @Test
    void parts_attach_once_and_before_the_start() {
        LogGroup group = tracked();
        group.attach("a", Texts.CODEC, machine);
        assertThatThrownBy(() -> group.attach("a", Texts.CODEC, machine)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("named a");
        group.start();
        assertThatThrownBy(() -> group.attach("b", Texts.CODEC, machine)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(group::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_error_stops_the_log_for_good() throws Exception {
        LogGroup group = tracked();
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();
        CompletableFuture<Applied<String>> broken = log.propose("error");
        assertThat(failureOf(broken)).isInstanceOf(AssertionError.class);
        assertThat(group.isLeader()).isFalse();
        assertThat(failureOf(log.propose("after"))).isInstanceOf(NotLeaderException.class);
    }

    @Test
    void a_state_that_can_not_be_published_stops_the_log() throws Exception {
        try (LogGroup group = open()) {
            ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
            group.start();
            assertThat(failureOf(log.propose("unpublishable"))).isInstanceOf(IllegalStateException.class);
            assertThat(group.isLeader()).isFalse();
        }
    }

    /**
     * Plan: hold the applying thread inside the first command, queue up others, let it go; all that queued up is one batch.
     */
    @Test
    void what_queues_up_while_applying_is_the_next_batch() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Recorder held = new Recorder() {
            @Override
            public String apply(long index, String command) {
                entered.countDown();
                try {
                    assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.apply(index, command);
            }
        };
        try (LogGroup group = open()) {
            ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, held);
            group.start();
            log.propose("first");
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            List<CompletableFuture<Applied<String>>> rest =
                    IntStream.range(0, 10).mapToObj(i -> log.propose("n" + i)).toList();
            go.countDown();
            rest.getLast().get();
            // A log with a pipeline may have written a few entries meanwhile; the rest is one batch all the same.
            assertThat(held.published).startsWith(1L).endsWith(11L).hasSizeBetween(2, 6);
        }
    }

    /** Plan: many threads, each waiting for each answer, so that a single lost wake-up would hang the test. */
    @Test
    void many_proposers_lose_no_command_no_order_and_no_wake_up() throws Exception {
        int threads = 8;
        int each = 500;
        try (LogGroup group = open()) {
            ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
            group.start();
            List<Thread> proposers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int id = t;
                proposers.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < each; i++) {
                        assertThat(log.propose(id + "-" + i).join().index()).isLessThanOrEqualTo(group.appliedIndex());
                    }
                }));
            }
            for (Thread proposer : proposers) {
                assertThat(proposer.join(Duration.ofSeconds(50))).isTrue();
            }
            assertThat(machine.applied).hasSize(threads * each);
            assertThat(group.appliedIndex()).isEqualTo(threads * each);
            assertThat(machine.published).isSorted().doesNotHaveDuplicates();
            for (int t = 0; t < threads; t++) {
                String mine = ":" + t + "-";
                assertThat(machine.applied.stream().filter(s -> s.contains(mine)).map(s -> s.substring(s.indexOf(mine) + 3)))
                        .containsExactlyElementsOf(IntStream.range(0, each).mapToObj(Integer::toString).toList());
            }
        }
    }

    /** Plan: close while proposers run; every future ends, applied or refused, and what was answered was applied. */
    @Test
    void close_leaves_no_answer_open() throws Exception {
        LogGroup group = tracked();
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();
        List<CompletableFuture<Applied<String>>> answers = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch some = new CountDownLatch(200);
        List<Thread> proposers = IntStream.range(0, 4).mapToObj(t -> Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 2_000; i++) {
                answers.add(log.propose("x"));
                some.countDown();
            }
        })).toList();
        assertThat(some.await(30, TimeUnit.SECONDS)).isTrue();
        group.close();
        for (Thread proposer : proposers) {
            proposer.join();
        }
        assertThat(answers).hasSize(8_000).allMatch(CompletableFuture::isDone);
        assertThat(answers.stream().filter(a -> !a.isCompletedExceptionally())).hasSize(machine.applied.size());
    }

    @Test
    void an_answers_continuation_may_propose_and_may_close() throws Exception {
        LogGroup group = tracked();
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, machine);
        group.start();
        assertThat(log.propose("one").thenCompose(first -> log.propose("two")).get().index()).isEqualTo(2);
        CompletableFuture<Void> closed = log.propose("three").thenRun(group::close);
        closed.get();
        assertThat(group.isLeader()).isFalse();
    }
}
