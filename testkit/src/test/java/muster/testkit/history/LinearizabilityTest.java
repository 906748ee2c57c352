package muster.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import muster.testkit.history.KeyModel.Input;
import muster.testkit.history.KeyModel.Output;
import muster.testkit.history.Linearizability.Verdict;
import org.junit.jupiter.api.Test;

/** The checker finds the bad histories, and only those. */
class LinearizabilityTest {
    private static final long LIMIT = 1_000_000;

    private final List<Operation<Input, Output>> history = new ArrayList<>();

    private void get(long called, long returned, String value, long index) {
        add(called, returned, new Input.Get("k"), new Output.Value(Optional.ofNullable(value), index));
    }

    private void put(long called, long returned, String value) {
        add(called, returned, new Input.Put("k", value), new Output.Changed(true));
    }

    private void lostPut(long called, String value) {
        history.add(new Operation<>(0, new Input.Put("k", value), Optional.empty(), called, Operation.NEVER));
    }

    private void cas(long called, long returned, String value, long index, boolean done) {
        add(called, returned, new Input.Cas("k", value, index), new Output.Changed(done));
    }

    private void add(long called, long returned, Input input, Output output) {
        history.add(new Operation<>(0, input, Optional.of(output), called, returned));
    }

    private Verdict verdict() {
        return Linearizability.check(new KeyModel(), history, LIMIT);
    }

    private void isGood() {
        assertThat(verdict()).isInstanceOf(Verdict.Linearizable.class);
    }

    private void isBad() {
        assertThat(verdict()).isInstanceOf(Verdict.Violated.class);
    }

    @Test
    void a_read_during_a_write_may_see_either() {
        put(0, 10, "a");
        put(20, 40, "b");
        get(25, 30, "a", 5);
        get(31, 39, "b", 6);
        isGood();
    }

    @Test
    void a_read_after_a_write_that_shows_the_old_value_is_bad() {
        put(0, 10, "a");
        put(20, 30, "b");
        get(31, 40, "a", 5);
        isBad();
    }

    @Test
    void two_reads_that_go_back_in_time_are_bad() {
        put(0, 10, "a");
        put(20, 60, "b");
        get(25, 30, "b", 6);
        get(35, 40, "a", 5);
        isBad();
    }

    @Test
    void a_lost_write_may_appear_late_or_never_but_not_go_away_again() {
        put(0, 10, "a");
        lostPut(20, "b");
        get(30, 40, "a", 5);
        isGood();
        get(50, 60, "b", 6);
        isGood();
        get(70, 80, "a", 5);
        isBad();
    }

    @Test
    void an_acknowledged_write_that_is_gone_is_bad() {
        put(0, 10, "a");
        get(20, 30, null, 0);
        isBad();
    }

    @Test
    void two_changes_on_the_same_index_that_both_succeed_are_bad() {
        put(0, 10, "a");
        get(11, 12, "a", 5);
        cas(20, 30, "b", 5, true);
        isGood();
        cas(25, 35, "c", 5, true);
        isBad();
    }

    @Test
    void a_refused_change_whose_index_was_right_is_bad() {
        put(0, 10, "a");
        get(11, 12, "a", 5);
        cas(20, 30, "b", 5, false);
        isBad();
    }

    @Test
    void an_index_that_goes_back_is_bad() {
        put(0, 10, "a");
        get(11, 12, "a", 5);
        put(20, 30, "b");
        get(31, 32, "b", 4);
        isBad();
    }

    @Test
    void keys_are_checked_apart() {
        put(0, 10, "a");
        add(11, 12, new Input.Get("other"), new Output.Value(Optional.empty(), 0));
        isGood();
    }

    @Test
    void what_is_found_names_how_far_an_order_was_possible_and_what_was_next() {
        put(0, 10, "a");
        get(20, 30, "z", 5);
        Verdict.Violated violated = (Verdict.Violated) verdict();
        assertThat(violated.furthest()).singleElement().asString().contains("value=a");
        assertThat(violated.stuck()).singleElement().asString().contains("Optional[z]");
    }

    @Test
    void a_search_ends_at_its_limit() {
        for (int i = 0; i < 20; i++) {
            put(0, 100, "v" + i);
        }
        get(200, 300, "nothing", 1);
        assertThat(Linearizability.check(new KeyModel(), history, 500)).isInstanceOf(Verdict.Undecided.class);
    }

    /** Plan: clients act on a real key, each operation at a random moment between its call and its return: always good. */
    @Test
    void histories_of_a_real_key_are_good() {
        for (int seed = 0; seed < 300; seed++) {
            assertThat(Linearizability.check(new KeyModel(), simulated(seed), LIMIT)).as("seed %d", seed)
                    .isInstanceOf(Verdict.Linearizable.class);
        }
    }

    /** Plan: the same with one read's answer replaced by a value that was put later or never: always bad. */
    @Test
    void histories_with_one_wrong_read_are_bad() {
        int checked = 0;
        for (int seed = 0; seed < 300; seed++) {
            List<Operation<Input, Output>> good = simulated(seed);
            List<Integer> reads = IntStream.range(0, good.size()).filter(i -> good.get(i).input() instanceof Input.Get).boxed()
                    .toList();
            if (reads.isEmpty()) {
                continue;
            }
            int wrong = reads.get(seed % reads.size());
            List<Operation<Input, Output>> bad = new ArrayList<>(good);
            Operation<Input, Output> old = bad.get(wrong);
            bad.set(wrong, new Operation<>(old.client(), old.input(),
                    Optional.of(new Output.Value(Optional.of("never put"), 999)), old.called(), old.returned()));
            assertThat(Linearizability.check(new KeyModel(), bad, LIMIT)).as("seed %d", seed).isInstanceOf(Verdict.Violated.class);
            checked++;
        }
        assertThat(checked).isGreaterThan(250);
    }

    private static List<Operation<Input, Output>> simulated(int seed) {
        Random random = new Random(seed);
        List<Operation<Input, Output>> made = new ArrayList<>();
        Optional<String> value = Optional.empty();
        long index = 0;
        long[] free = new long[4];
        for (long moment = 10; moment < 400; moment += 1 + random.nextInt(8)) {
            int client = random.nextInt(free.length);
            if (free[client] >= moment) {
                continue;
            }
            long called = Math.max(free[client] + 1, moment - random.nextInt(15));
            long returned = moment + random.nextInt(15);
            free[client] = returned;
            Input input;
            Output output;
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    input = new Input.Get("k");
                    output = new Output.Value(value, index);
                }
                case 2 -> {
                    input = new Input.Put("k", "v" + moment);
                    value = Optional.of("v" + moment);
                    index = moment;
                    output = new Output.Changed(true);
                }
                default -> {
                    long expected = random.nextBoolean() ? index : index + 1;
                    input = new Input.Cas("k", "c" + moment, expected);
                    output = new Output.Changed(expected == index);
                    if (expected == index) {
                        value = Optional.of("c" + moment);
                        index = moment;
                    }
                }
            }
            made.add(new Operation<>(client, input, Optional.of(output), called, returned));
        }
        return made;
    }
}
