package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryLogGroupTest {
    private static final CommandCodec<String> TEXT = new CommandCodec<>() {
        @Override
        public byte[] encode(String command) {
            return ("1" + command).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
        }
    };

    /** Remembers what it was told; refuses commands that start with "bad", breaks on "error" and before publishing "unpublishable". */
    private static class Recorder implements StateMachine<String, String> {
        final List<String> applied = Collections.synchronizedList(new ArrayList<>());
        final List<Long> published = Collections.synchronizedList(new ArrayList<>());

        @Override
        public String apply(long index, String command) {
            if (command.startsWith("bad")) {
                throw new IllegalArgumentException(command);
            }
            if (command.equals("error")) {
                throw new AssertionError("broken");
            }
            applied.add(index + ":" + command);
            return command.toUpperCase(java.util.Locale.ROOT);
        }

        @Override
        public void published(long index) {
            if (!applied.isEmpty() && applied.getLast().endsWith("unpublishable")) {
                throw new IllegalStateException("can't publish");
            }
            published.add(index);
        }

        @Override
        public void save(OutputStream out) {}

        @Override
        public void restore(InputStream in) {}
    }

    private final Recorder machine = new Recorder();

    private static <R> Throwable failureOf(CompletableFuture<R> answer) throws InterruptedException {
        try {
            answer.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void a_step_applies_all_that_waits_in_order_and_publishes_once() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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
    void what_the_state_machine_throws_is_the_proposers_answer_and_takes_an_index() throws Exception {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
        group.start();

        CompletableFuture<Applied<String>> bad = log.propose("bad one");
        CompletableFuture<Applied<String>> good = log.propose("good");
        group.step();

        assertThat(failureOf(bad)).isInstanceOf(IllegalArgumentException.class).hasMessage("bad one");
        assertThat(good.join()).isEqualTo(new Applied<>(2, "GOOD"));
        assertThat(group.appliedIndex()).isEqualTo(2);
    }

    @Test
    void parts_share_one_series_of_indexes_and_only_those_in_the_batch_publish() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        Recorder other = new Recorder();
        Recorder idle = new Recorder();
        ReplicatedLog<String, String> first = group.attach("first", TEXT, machine);
        ReplicatedLog<String, String> second = group.attach("second", TEXT, other);
        group.attach("idle", TEXT, idle);
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
    void the_index_moves_after_the_state_is_published_and_before_the_answer() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        List<String> order = new ArrayList<>();
        ReplicatedLog<String, String> log = group.attach("a", TEXT, new Recorder() {
            @Override
            public void published(long index) {
                order.add("published " + index + " while the index is " + group.appliedIndex());
            }
        });
        group.start();
        CompletableFuture<Void> chained =
                log.propose("x").thenAccept(applied -> order.add("answered while the index is " + group.appliedIndex()));
        group.step();
        chained.join();
        assertThat(order).containsExactly("published 1 while the index is 0", "answered while the index is 1");
    }

    @Test
    void a_batch_is_bounded() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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

    @Test
    void parts_attach_once_and_before_the_start() {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        group.attach("a", TEXT, machine);
        assertThatThrownBy(() -> group.attach("a", TEXT, machine)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("named a");
        group.start();
        assertThatThrownBy(() -> group.attach("b", TEXT, machine)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(group::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_error_stops_the_log_for_good() throws Exception {
        MemoryLogGroup group = MemoryLogGroup.stepped("here");
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
        group.start();
        CompletableFuture<Applied<String>> broken = log.propose("error");
        group.step();
        assertThat(failureOf(broken)).isInstanceOf(AssertionError.class);
        assertThat(group.isLeader()).isFalse();
        assertThat(failureOf(log.propose("after"))).isInstanceOf(NotLeaderException.class);
    }

    @Test
    void a_state_that_can_not_be_published_stops_the_log() throws Exception {
        try (MemoryLogGroup group = new MemoryLogGroup("here")) {
            ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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
        try (MemoryLogGroup group = new MemoryLogGroup("here")) {
            ReplicatedLog<String, String> log = group.attach("a", TEXT, held);
            group.start();
            log.propose("first");
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            List<CompletableFuture<Applied<String>>> rest =
                    IntStream.range(0, 10).mapToObj(i -> log.propose("n" + i)).toList();
            go.countDown();
            rest.getLast().get();
            assertThat(held.published).containsExactly(1L, 11L);
        }
    }

    /** Plan: many threads, each waiting for each answer, so that a single lost wake-up would hang the test. */
    @Test
    void many_proposers_lose_no_command_no_order_and_no_wake_up() throws Exception {
        int threads = 8;
        int each = 500;
        try (MemoryLogGroup group = new MemoryLogGroup("here")) {
            ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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
        MemoryLogGroup group = new MemoryLogGroup("here");
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
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
        MemoryLogGroup group = new MemoryLogGroup("here");
        ReplicatedLog<String, String> log = group.attach("a", TEXT, machine);
        group.start();
        assertThat(log.propose("one").thenCompose(first -> log.propose("two")).get().index()).isEqualTo(2);
        CompletableFuture<Void> closed = log.propose("three").thenRun(group::close);
        closed.get();
        assertThat(group.isLeader()).isFalse();
    }
}
