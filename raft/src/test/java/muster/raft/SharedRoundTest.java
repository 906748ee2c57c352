package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who shares whose round. */
class SharedRoundTest {
    private final LinkedBlockingQueue<CompletableFuture<String>> asked = new LinkedBlockingQueue<>();
    private final SharedRound<String> rounds = new SharedRound<>(() -> {
        CompletableFuture<String> round = new CompletableFuture<>();
        asked.add(round);
        return round;
    });

    @Test
    void who_comes_late_shares_the_next_round_and_never_the_one_under_way() throws Exception {
        CompletableFuture<String> first = rounds.join();
        List<CompletableFuture<String>> late = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            late.add(rounds.join());
        }
        assertThat(asked).hasSize(1);
        asked.take().complete("one");
        assertThat(first.join()).isEqualTo("one");
        assertThat(late).noneMatch(CompletableFuture::isDone);
        asked.poll(10, TimeUnit.SECONDS).complete("two");
        for (CompletableFuture<String> each : late) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isEqualTo("two");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void a_failed_round_fails_its_own_and_the_next_one_goes_on() throws Exception {
        CompletableFuture<String> first = rounds.join();
        CompletableFuture<String> second = rounds.join();
        asked.take().completeExceptionally(new IllegalStateException("no"));
        assertThat(first).isCompletedExceptionally();
        asked.poll(10, TimeUnit.SECONDS).complete("yes");
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("yes");
    }

    /** Plan: the first round's question throws, the second's does not. */
    @Test
    void a_round_that_can_not_be_asked_fails_and_the_next_one_goes_on() {
        List<RuntimeException> failures = new ArrayList<>(List.of(new UnsupportedOperationException("no")));
        SharedRound<String> round = new SharedRound<>(() -> {
            if (!failures.isEmpty()) {
                throw failures.removeFirst();
            }
            return CompletableFuture.completedFuture("yes");
        });
        assertThat(round.join()).isCompletedExceptionally();
        assertThat(round.join()).isCompletedWithValue("yes");
    }
}
