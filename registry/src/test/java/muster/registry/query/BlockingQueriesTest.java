package muster.registry.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import muster.registry.state.Changes;
import muster.registry.state.Command;
import muster.registry.state.KeyValue;
import muster.registry.state.Part;
import muster.registry.state.Samples;
import muster.registry.state.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingQueriesTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final CompletableFuture<Void> STAYS = new CompletableFuture<>();

    private volatile State state = State.EMPTY;
    private final BlockingQueries queries = new BlockingQueries(new HeldAnswers(() -> state, () -> 0), new Random(1));

    @AfterEach
    void close() {
        queries.close();
    }

    private void apply(Command command) {
        State.Outcome outcome = state.apply(state.index() + 1, command);
        state = outcome.state();
        queries.changed(outcome.changes());
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @Test
    void answersAtOnceWhatIsNewerThanAsked() throws Exception {
        apply(Samples.put("a", "1"));
        apply(Samples.put("a", "2"));
        assertThat(queries.await(new Reads.Key("a"), 0, LONG, STAYS)).isCompleted();
        assertThat(queries.await(new Reads.Key("a"), 1, LONG, STAYS)).isCompleted();
        assertThat(queries.await(new Reads.Key("a"), 2, LONG, STAYS)).isNotCompleted();
    }

    @Test
    void wakesForItsKeyAndNotForAnother() throws Exception {
        apply(Samples.put("a", "1"));
        CompletableFuture<Answer<Optional<KeyValue>>> waiting = queries.await(new Reads.Key("a"), 1, LONG, STAYS);
        apply(Samples.put("b", "1"));
        assertThat(queries.waiting()).isEqualTo(1);
        assertThat(waiting).isNotCompleted();
        apply(Samples.put("a", "2"));
        assertThat(soon(waiting).index()).isEqualTo(3);
        assertThat(queries.waiting()).isZero();
    }

    @Test
    void answersWhatThereIsWhenTheTimeIsOver() throws Exception {
        apply(Samples.put("a", "1"));
        CompletableFuture<Answer<Optional<KeyValue>>> high =
                queries.await(new Reads.Key("a"), 999, Duration.ofMillis(20), STAYS);
        assertThat(soon(high).index()).isEqualTo(1);
    }

    @Test
    void aClientThatHangsUpEndsItsWait() {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        CompletableFuture<Answer<Optional<KeyValue>>> waiting = queries.await(new Reads.Key("a"), 1, LONG, gone);
        assertThat(queries.waiting()).isEqualTo(1);
        gone.complete(null);
        assertThat(waiting).isCancelled();
        assertThat(queries.waiting()).isZero();
    }

    @Test
    void theIndexIsUnsigned() {
        assertThat(queries.await(new Reads.Key("a"), -1, LONG, STAYS)).isNotCompleted();
    }

    @Test
    void aRestoredStateWakesEveryone() throws Exception {
        CompletableFuture<Answer<Optional<KeyValue>>> waiting = queries.await(new Reads.Key("a"), 500, LONG, STAYS);
        state = Samples.after(Samples.put("a", "1"));
        queries.changed(Changes.EVERYTHING);
        assertThat(soon(waiting).value()).isPresent();
    }

    /** Counts how often it is computed; equal to all of its kind. */
    private static final class Counted implements StateQuery<List<String>> {
        private final AtomicInteger runs;

        Counted(AtomicInteger runs) {
            this.runs = runs;
        }

        @Override
        public Answer<List<String>> answer(State state) {
            runs.incrementAndGet();
            return Answer.of(state.keys().keys("", ""), state.keys().lastIndex(), new Part.Prefix(""));
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Counted;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    void equalWaitsShareOneComputation() throws Exception {
        // Plan: let a hundred wait for the same thing, then change it, and count how often it was computed for the change.
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Answer<List<String>>>> waits = IntStream.range(0, 100)
                .mapToObj(i -> queries.await(new Counted(runs), 1, LONG, STAYS)).toList();
        assertThat(queries.waiting()).isEqualTo(100);
        apply(Samples.register("n1"));
        int before = runs.get();
        apply(Samples.put("a", "1"));
        for (CompletableFuture<Answer<List<String>>> wait : waits) {
            assertThat(soon(wait).value()).containsExactly("a");
        }
        assertThat(runs.get() - before).isEqualTo(1);
    }

    @Test
    void aSubscriberIsToldEachChangeOnceAndNothingElse() throws Exception {
        BlockingQueue<Long> told = new LinkedBlockingQueue<>();
        BlockingQueries.Subscription subscription =
                queries.subscribe(new Reads.Entries("p/"), answer -> told.add(answer.index()));
        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        apply(Samples.put("q", "1"));
        apply(Samples.put("p/a", "1"));
        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        apply(Samples.put("p/a", "1"));
        subscription.close();
        apply(Samples.put("p/a", "2"));
        assertThat(queries.waiting()).isZero();
        assertThat(told).isEmpty();
    }
}
