package muster.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import muster.testkit.SeededRandom;
import muster.testkit.faults.Judgement.Held;
import muster.testkit.faults.Judgement.Seen;
import muster.testkit.history.KeyModel.Input;
import muster.testkit.history.KeyModel.Output;
import muster.testkit.history.Operation;
import org.junit.jupiter.api.Test;

/** What must not be is found, and nothing else. */
class JudgementTest {
    private static List<String> ofLocks(Held... held) {
        return new Judgement(List.of(), List.of(held), List.of()).wrong();
    }

    private static List<String> ofIndexes(Seen... seen) {
        return new Judgement(List.of(), List.of(), List.of(seen)).wrong();
    }

    private static Operation<Input, Output> put(String value, long called, long returned) {
        return new Operation<>(0, new Input.Put("k", value), Optional.of(new Output.Changed(true)), called, returned);
    }

    private static Operation<Input, Output> get(Optional<String> value, long index, long called, long returned) {
        return new Operation<>(1, new Input.Get("k"), Optional.of(new Output.Value(value, index)), called, returned);
    }

    @Test
    void a_lock_that_one_has_after_the_other_is_well() {
        assertThat(ofLocks(new Held("a", 0, 10), new Held("b", 10, 20), new Held("a", 21, 22))).isEmpty();
    }

    @Test
    void a_lock_that_two_have_at_once_is_found_however_they_overlap() {
        assertThat(ofLocks(new Held("a", 0, 10), new Held("b", 9, 20))).singleElement().asString().contains("held twice", "session=b");
        assertThat(ofLocks(new Held("b", 9, 20), new Held("a", 0, 10))).hasSize(1);
        assertThat(ofLocks(new Held("a", 0, 30), new Held("b", 9, 20))).hasSize(1);
        assertThat(ofLocks(new Held("a", 5, 9), new Held("b", 5, 9))).hasSize(1);
    }

    @Test
    void an_index_that_is_behind_an_earlier_answer_is_found() {
        assertThat(ofIndexes(new Seen("k", 7, 0, 10), new Seen("k", 6, 11, 12))).singleElement().asString().contains("from 7 to 6");
        assertThat(ofIndexes(new Seen("k", 7, 0, 10), new Seen("k", 6, 9, 12))).as("asked meanwhile").isEmpty();
        assertThat(ofIndexes(new Seen("k", 7, 0, 10), new Seen("other", 6, 11, 12))).as("another key").isEmpty();
    }

    @Test
    void an_acknowledged_write_that_is_gone_is_found() {
        assertThat(new Judgement(List.of(put("a", 0, 10), get(Optional.of("a"), 5, 11, 12)), List.of(), List.of()).wrong()).isEmpty();
        assertThat(new Judgement(List.of(put("a", 0, 10), get(Optional.empty(), 0, 11, 12)), List.of(), List.of()).wrong())
                .singleElement().asString().contains("no order explains");
        assertThat(new Judgement(List.of(put("a", 0, 10), put("b", 11, 20), get(Optional.of("a"), 5, 21, 22)), List.of(), List.of()).wrong())
                .hasSize(1);
    }

    /** Plan: schedules of the seeds from 0 on; each fault is taken back, and all kinds come. */
    @Test
    void schedules_have_all_kinds_of_faults_and_take_each_back() {
        Set<Class<?>> kinds = IntStream.range(0, 20).boxed()
                .flatMap(seed -> Fault.schedule(SeededRandom.of(seed), 3, 3).stream()).map(step -> step.fault().getClass())
                .collect(Collectors.toSet());
        assertThat(kinds).contains(Fault.Kill.class, Fault.Terminate.class, Fault.Start.class, Fault.Freeze.class, Fault.Thaw.class,
                Fault.Cut.class, Fault.Heal.class, Fault.PowerCut.class);
        assertThat(Fault.schedule(SeededRandom.of(3), 3, 3)).isEqualTo(Fault.schedule(SeededRandom.of(3), 3, 3));
    }
}
