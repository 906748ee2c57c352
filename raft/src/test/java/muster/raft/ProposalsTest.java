package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProposalsTest {
    private static final int COMMANDS = 3 * SeenCalls.WINDOW;

    private final AtomicReference<Batch> held = new AtomicReference<>();
    private final AtomicLong farthestAhead = new AtomicLong();
    private final CountDownLatch ahead = new CountDownLatch(SeenCalls.WINDOW / 2);
    private final AtomicLong calls = new AtomicLong();
    private final Queue<Batch> sent = new ConcurrentLinkedQueue<>();
    private final CountDownLatch mayArrive = new CountDownLatch(1);
    private volatile boolean sendAll;
    private final Proposals proposals = new Proposals(calls::incrementAndGet, new Delivery());

    private final class Delivery implements Proposals.Delivery {
        /** Holds the first batch back, and answers every other one at once. */
        @Override
        public boolean write(Batch batch, byte[] entry) {
            if (!sendAll) {
                take(batch);
            }
            return !sendAll;
        }

        @Override
        public void send(Batch batch, byte[] entry) {
            sent.add(batch);
            try {
                mayArrive.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            answer(batch);
        }
    }

    private void take(Batch batch) {
        if (held.compareAndSet(null, batch)) {
            return;
        }
        if (!held.get().answered().isDone()) {
            farthestAhead.accumulateAndGet(batch.call() - held.get().call(), Math::max);
        }
        answer(batch);
        ahead.countDown();
    }

    private void answer(Batch batch) {
        List<Outcome> outcomes = new ArrayList<>();
        batch.proposals().forEach(proposal -> outcomes.add(new Outcome.Done(batch.call(), "")));
        proposals.applied(batch, outcomes);
    }

    @AfterEach
    void end() {
        proposals.end();
    }

    // The first batch is on its way for long. Others overtake it, one after the other, each answered before the next one goes. They
    // stop where the first one, when it arrives at last, would be taken for one that was applied before. It arrives, and they go on.
    @Test
    void a_batch_that_is_long_on_its_way_is_not_overtaken_by_so_many_that_it_would_count_as_applied() throws InterruptedException {
        Part<String, String> part = new Part<>("a", Texts.CODEC, new Texts.Recorder());
        // So large that each one makes a batch.
        byte[] command = new byte[600 << 10];
        proposals.start();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            answers.add(proposals.add(part, command));
        }
        ahead.await();
        answer(held.get());
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        assertThat(farthestAhead.get()).isBetween(SeenCalls.WINDOW / 2L, SeenCalls.WINDOW - 1L);
    }

    // All entries have to be sent, and none arrives. The first command goes alone; the next one, which finds one under way, too; then two are
    // worth an entry, then no further one is taken, since four are under way. They arrive, and the rest goes.
    @Test
    void entries_on_their_way_to_another_server_hold_up_no_further_ones_up_to_four() {
        Part<String, String> part = new Part<>("a", Texts.CODEC, new Texts.Recorder());
        sendAll = true;
        proposals.start();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int entries = 1; entries <= Proposals.PIPELINE; entries++) {
            int wanted = entries;
            while (sent.size() < wanted) {
                int before = answers.size();
                answers.add(proposals.add(part, new byte[1]));
                // Where it was not worth an entry yet, the next one makes it so.
                if (worth(before)) {
                    Eventually.passes("entry " + wanted + " is sent", Duration.ofSeconds(60), () -> assertThat(sent).hasSize(wanted));
                }
            }
        }
        for (int i = 0; i < 100; i++) {
            answers.add(proposals.add(part, new byte[1]));
        }
        assertThat(sent).hasSize(Proposals.PIPELINE);
        assertThat(sent.stream().map(batch -> batch.proposals().size())).containsExactly(1, 1, 1, 2);
        mayArrive.countDown();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        assertThat(sent.stream().mapToInt(batch -> batch.proposals().size()).sum()).isEqualTo(answers.size());
        assertThat(sent).hasSizeLessThan(20);
    }

    /** Whether a command makes an entry of those that wait, after so many before it: with 1, 1 and 1 under way two have to wait. */
    private static boolean worth(int before) {
        return before != 3;
    }
}
