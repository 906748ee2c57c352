package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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
    private final Proposals proposals = new Proposals(calls::incrementAndGet, this::deliver);

    /** Holds the first batch back, and answers every other one at once. */
    private void deliver(Batch batch, byte[] entry) {
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
}
