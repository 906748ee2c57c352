package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import muster.raft.SeenCalls.Writer;
import org.junit.jupiter.api.Test;

/** What counts as seen. */
class SeenCallsTest {
    private static final Writer A = new Writer(1, 2);
    private static final Writer B = new Writer(1, 3);

    private final SeenCalls calls = new SeenCalls();

    @Test
    void a_call_is_first_once_for_each_writer() {
        assertThat(calls.isFirst(A, 1)).isTrue();
        assertThat(calls.isFirst(A, 1)).isFalse();
        assertThat(calls.isFirst(B, 1)).isTrue();
        assertThat(calls.isFirst(A, 2)).isTrue();
    }

    @Test
    void calls_may_come_out_of_order_within_the_window() {
        assertThat(calls.isFirst(A, 100)).isTrue();
        assertThat(calls.isFirst(A, 100 - SeenCalls.WINDOW + 1)).isTrue();
        assertThat(calls.isFirst(A, 100 - SeenCalls.WINDOW)).as("too far behind").isFalse();
        assertThat(calls.isFirst(A, 99)).isTrue();
        assertThat(calls.isFirst(A, 99)).isFalse();
        assertThat(calls.isFirst(A, 1_000)).isTrue();
        assertThat(calls.isFirst(A, 100)).isFalse();
    }

    /** Plan: random calls near the newest one, against a plain set. */
    @Test
    void agrees_with_a_set_of_all_calls() {
        for (int seed = 0; seed < 50; seed++) {
            SeenCalls tested = new SeenCalls();
            Set<Long> all = new HashSet<>();
            Random random = new Random(seed);
            long newest = 100;
            for (int i = 0; i < 2_000; i++) {
                newest += random.nextInt(3);
                long call = newest - random.nextInt(SeenCalls.WINDOW / 2);
                assertThat(tested.isFirst(A, call)).as("seed %d, call %d", seed, call).isEqualTo(all.add(call));
            }
        }
    }

    @Test
    void is_the_same_after_a_snapshot() throws IOException {
        for (int i = 0; i < SeenCalls.MAX_WRITERS + 10; i++) {
            calls.isFirst(new Writer(7, i), i);
        }
        SeenCalls restored = new SeenCalls();
        restored.isFirst(A, 1);
        restored.restore(new DataInputStream(new ByteArrayInputStream(calls.bytes())));
        assertThat(restored.isFirst(new Writer(7, 10), 10)).as("the oldest that is kept").isFalse();
        assertThat(restored.isFirst(new Writer(7, 9), 9)).as("one that was forgotten").isTrue();
        assertThat(restored.isFirst(A, 1)).as("one that was not in the snapshot").isTrue();
    }

    @Test
    void a_snapshot_with_too_many_writers_is_refused() {
        byte[] bytes = {0, 1, 0, 1};
        assertThatThrownBy(() -> calls.restore(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class).hasMessageContaining("65537 writers");
    }
}
