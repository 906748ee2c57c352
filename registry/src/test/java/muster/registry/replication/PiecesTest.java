package muster.registry.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import muster.raft.RatisLogGroup;
import muster.raft.ReplicatedLog;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Result;
import muster.registry.state.Samples;
import muster.registry.state.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PiecesTest {
    private static final State WANTED = Samples.after(Samples.put("a", "1"), Samples.put("b", "2"), Samples.register("n2"));

    private final Commands codec = new Commands();
    private final StateStore store = new StateStore(changes -> {});

    private Result apply(StateStore to, long index, Command command) {
        Result result = to.apply(index, codec.decode(codec.encode(command)));
        to.published(index);
        return result;
    }

    private static void assertWanted(State state) {
        assertThat(state.keys().entries().all()).isEqualTo(WANTED.keys().entries().all());
        assertThat(state.catalog().nodes().all()).isEqualTo(WANTED.catalog().nodes().all());
    }

    @Test
    void a_small_state_is_one_command() {
        assertThat(Pieces.of(WANTED, "r", Pieces.SIZE)).singleElement().isInstanceOf(Command.Restore.class);
    }

    /** Plan: half the pieces; save and restore the machine, as after a restart; the other half; nothing shows before the last. */
    @Test
    void pieces_outlive_a_restart_and_the_last_replaces_everything() throws Exception {
        List<Command> pieces = Pieces.of(WANTED, "r", 40);
        assertThat(pieces).hasSizeGreaterThan(4);
        int half = pieces.size() / 2;
        apply(store, 1, Samples.put("old", "x"));
        for (int i = 0; i < half; i++) {
            assertThat(apply(store, 2 + i, pieces.get(i))).isInstanceOf(Result.Done.class);
        }
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        store.save(saved);
        StateStore next = new StateStore(changes -> {});
        next.restore(new ByteArrayInputStream(saved.toByteArray()));
        for (int i = half; i < pieces.size(); i++) {
            assertThat(next.snapshot().keys().get("old")).isPresent();
            assertThat(apply(next, 2 + i, pieces.get(i))).isInstanceOf(Result.Done.class);
        }
        assertWanted(next.snapshot());
        assertThat(next.snapshot().keys().get("old")).isEmpty();
        assertThat(next.snapshot().index()).isGreaterThanOrEqualTo(1 + pieces.size());
    }

    @Test
    void a_piece_out_of_its_order_is_refused_and_changes_nothing() {
        List<Command> one = Pieces.of(WANTED, "one", 40);
        List<Command> other = Pieces.of(WANTED, "other", 40);
        apply(store, 1, one.get(0));
        apply(store, 2, other.get(0));
        assertThat(apply(store, 3, one.get(1))).isEqualTo(new Result.Refused("failed to restore snapshot: another restoration came between; "
                + "try again when it has ended"));
        assertThat(apply(store, 4, other.get(2))).isInstanceOf(Result.Refused.class);
        for (int i = 1; i < other.size(); i++) {
            assertThat(apply(store, 4 + i, other.get(i))).isInstanceOf(Result.Done.class);
        }
        assertWanted(store.snapshot());
    }

    @Test
    void a_restoration_that_was_given_up_is_forgotten() throws Exception {
        List<Command> pieces = Pieces.of(WANTED, "r", 40);
        apply(store, 1, pieces.get(0));
        apply(store, 2 + Pieces.MAX_PAUSE, Samples.put("k", "v"));
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        store.save(saved);
        assertThat(Snapshots.readAll(new ByteArrayInputStream(saved.toByteArray())).pieces()).isEqualTo(Pieces.NONE);
        assertThat(apply(store, 3 + Pieces.MAX_PAUSE, pieces.get(1))).isInstanceOf(Result.Refused.class);
    }

    /** Plan: a state whose values don't pack, larger than two entries; through a log that is kept; and again after its restart. */
    @Test
    void a_state_larger_than_an_entry_goes_through_a_kept_log(@TempDir Path folder) throws Exception {
        Random random = new Random(1);
        Command[] puts = new Command[40];
        for (int i = 0; i < puts.length; i++) {
            byte[] value = new byte[500_000];
            random.nextBytes(value);
            puts[i] = new Command.WriteKey(KeyOperation.set("k" + i, value, i));
        }
        State large = Samples.after(puts);
        try (RatisLogGroup group = new RatisLogGroup(folder, "127.0.0.1:8300")) {
            ReplicatedLog<Command, Result> log = group.attach("registry", codec, store);
            group.start();
            for (Command piece : Pieces.of(large, "r", Pieces.SIZE)) {
                assertThat(log.propose(piece).get(30, TimeUnit.SECONDS).result()).isInstanceOf(Result.Done.class);
            }
            assertThat(store.snapshot().keys().entries().all()).isEqualTo(large.keys().entries().all());
        }
        StateStore again = new StateStore(changes -> {});
        try (RatisLogGroup group = new RatisLogGroup(folder, "127.0.0.1:8300")) {
            group.attach("registry", codec, again);
            group.start();
            assertThat(again.snapshot().keys().entries().all()).isEqualTo(large.keys().entries().all());
        }
    }
}
