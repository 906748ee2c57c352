package muster.raft;

import static muster.raft.Outcomes.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import muster.raft.Texts.Recorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what is kept in the folder: restarts, snapshots, damage. */
@Timeout(120)
class RatisLogGroupTest extends LogGroupContract {
    /** So small that a few hundred commands make several snapshots and log files. */
    private static final LogSizes SMALL = new LogSizes(4_000, 2_000, 20);

    /** The same, with several log files before the newest snapshot. */
    private static final LogSizes MANY_FILES = new LogSizes(4_000, 500, 40);

    @TempDir
    Path folder;

    private int opened;

    @Override
    LogGroup open() {
        return new RatisLogGroup(folder.resolve("contract-" + opened++), "here");
    }

    /** A log with one part that is called "a", started. */
    private static final class Running implements AutoCloseable {
        final Recorder machine = new Recorder();
        final LogGroup group;
        final ReplicatedLog<String, String> log;

        Running(Path folder, LogSizes sizes) {
            group = new RatisLogGroup(folder, "here", sizes);
            log = group.attach("a", Texts.CODEC, machine);
            group.start();
        }

        /** Proposes them all, then waits for all. */
        void write(int from, int to) {
            List<CompletableFuture<Applied<String>>> answers =
                    IntStream.range(from, to).mapToObj(i -> log.propose("command " + i)).toList();
            answers.forEach(CompletableFuture::join);
        }

        @Override
        public void close() {
            group.close();
        }
    }

    private static List<String> expected(int commands) {
        return IntStream.range(0, commands).mapToObj(i -> (i + 1) + ":command " + i).toList();
    }

    private static Path group(Path folder) {
        return Engine.groupFolder(folder);
    }

    private static List<Path> files(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix)).sorted().toList();
        }
    }

    private static Path openSegment(Path folder) throws IOException {
        return files(group(folder).resolve("current"), "log_inprogress").getFirst();
    }

    /** How much of a log file is written; the rest is zeros. */
    private static int used(byte[] bytes) {
        int used = bytes.length;
        while (bytes[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void a_restart_keeps_states_and_indexes() throws Exception {
        Recorder other = new Recorder();
        try (RatisLogGroup group = new RatisLogGroup(folder, "here")) {
            ReplicatedLog<String, String> a = group.attach("a", Texts.CODEC, machine);
            ReplicatedLog<String, String> b = group.attach("b", Texts.CODEC, other);
            group.start();
            a.propose("one").join();
            assertThat(failureOf(b.propose("bad one"))).isInstanceOf(IllegalArgumentException.class);
            b.propose("three").join();
        }
        Recorder again = new Recorder();
        Recorder otherAgain = new Recorder();
        try (RatisLogGroup group = new RatisLogGroup(folder, "elsewhere")) {
            ReplicatedLog<String, String> a = group.attach("a", Texts.CODEC, again);
            group.attach("b", Texts.CODEC, otherAgain);
            group.start();
            assertThat(group.appliedIndex()).isEqualTo(3);
            assertThat(group.leader()).contains("elsewhere");
            assertThat(again.applied).isEqualTo(machine.applied);
            assertThat(otherAgain.applied).isEqualTo(other.applied);
            assertThat(a.propose("four").join()).isEqualTo(new Applied<>(4, "FOUR"));
        }
    }

    /** Plan: write past several snapshots, restart, compare; write more, restart, compare; the log was purged meanwhile. */
    @Test
    void snapshots_carry_state_and_index_over_restarts_and_the_log_stays_small() throws Exception {
        try (Running first = new Running(folder, SMALL)) {
            for (int i = 0; i < 600; i += 6) {
                first.write(i, i + 6);
            }
        }
        assertThat(files(group(folder).resolve("sm"), "snapshot-")).hasSize(2);
        assertThat(files(group(folder).resolve("current"), "log_0-")).as("the first log file").isEmpty();
        try (Running second = new Running(folder, SMALL)) {
            assertThat(second.machine.applied).isEqualTo(expected(600));
            assertThat(second.group.appliedIndex()).isEqualTo(600);
            for (int i = 600; i < 1_000; i += 6) {
                second.write(i, Math.min(i + 6, 1_000));
            }
        }
        try (Running third = new Running(folder, SMALL)) {
            assertThat(third.machine.applied).isEqualTo(expected(1_000));
            assertThat(third.group.appliedIndex()).isEqualTo(1_000);
        }
    }

    /** Plan: one log, its end cut, blanked or overwritten at many places; each start finds a beginning of what was written. */
    @Test
    void a_torn_end_of_the_log_costs_only_what_was_torn() throws Exception {
        Path whole = folder.resolve("whole");
        try (Running log = new Running(whole, LogSizes.DEFAULT)) {
            for (int i = 0; i < 10; i++) {
                log.write(i, i + 1);
            }
        }
        byte[] bytes = Files.readAllBytes(openSegment(whole));
        int used = used(bytes);
        int lastSeen = 10;
        for (int torn : List.of(1, 40, 200)) {
            List<byte[]> variants = List.of(
                    Arrays.copyOf(bytes, used - torn),
                    Arrays.copyOf(Arrays.copyOf(bytes, used - torn), bytes.length),
                    garbledFrom(bytes, used - torn, used));
            for (int v = 0; v < variants.size(); v++) {
                Path copy = folder.resolve("torn-" + torn + "-" + v);
                copy(whole, copy);
                Files.write(openSegment(copy), variants.get(v));
                try (Running log = new Running(copy, LogSizes.DEFAULT)) {
                    int left = log.machine.applied.size();
                    assertThat(log.machine.applied).as("torn %d, variant %d", torn, v).isEqualTo(expected(left));
                    assertThat(left).isBetween(6, lastSeen);
                    assertThat(log.log.propose("next").join().index()).isEqualTo(left + 1);
                    lastSeen = v == variants.size() - 1 ? left : lastSeen;
                }
            }
        }
        assertThat(lastSeen).as("commands left after the deepest cut").isLessThan(9);
    }

    private static byte[] garbledFrom(byte[] bytes, int from, int to) {
        byte[] garbled = bytes.clone();
        for (int i = from; i < to; i++) {
            garbled[i] ^= (byte) 0x5a;
        }
        return garbled;
    }

    private void assertRefused(Path data, LogSizes sizes, String... says) {
        assertThatThrownBy(() -> new Running(data, sizes)).isInstanceOf(DataFolderException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(says));
    }

    @Test
    void damage_inside_the_log_is_refused_by_name_and_left_as_it_is() throws Exception {
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            for (int i = 0; i < 10; i++) {
                log.write(i, i + 1);
            }
        }
        Path segment = openSegment(folder);
        byte[] good = Files.readAllBytes(segment);
        for (int at : List.of(0, 3, used(good) / 3, used(good) / 2)) {
            byte[] bad = garbledFrom(good, at, at + 1);
            Files.write(segment, bad);
            assertRefused(folder, LogSizes.DEFAULT, "the log file " + segment + " is damaged at byte", "backup");
            assertThat(Files.readAllBytes(segment)).isEqualTo(bad);
        }
        Files.write(segment, good);
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            assertThat(log.machine.applied).isEqualTo(expected(10));
        }
    }

    /** Plan: make snapshots and several log files; damage or remove one thing after the other; each is named. */
    @Test
    void a_folder_that_is_not_complete_is_refused_by_name() throws Exception {
        Path whole = folder.resolve("whole");
        try (Running log = new Running(whole, MANY_FILES)) {
            for (int i = 0; i < 600; i += 6) {
                log.write(i, i + 6);
            }
        }
        Path newest = files(group(whole).resolve("sm"), "snapshot-").getLast();
        byte[] snapshot = Files.readAllBytes(newest);
        for (byte[] bad : List.of(garbledFrom(snapshot, snapshot.length / 2, snapshot.length / 2 + 1),
                garbledFrom(snapshot, 0, 1), Arrays.copyOf(snapshot, snapshot.length - 1), Arrays.copyOf(snapshot, 5),
                new byte[0])) {
            Files.write(newest, bad);
            assertRefused(whole, MANY_FILES, "the snapshot " + newest + " is damaged", "backup");
        }
        Files.write(newest, snapshot);

        List<Path> closed = files(group(whole).resolve("current"), "log_").stream()
                .filter(f -> !f.toString().contains("inprogress"))
                .sorted(Comparator.comparingLong(f -> Long.parseLong(f.getFileName().toString().split("[_-]")[1]))).toList();
        assertThat(closed).hasSizeGreaterThan(2);
        assertRefusedWithout(whole, closed.get(1), "should be before those of " + closed.get(2).getFileName());
        assertRefusedWithout(whole, group(whole).resolve("current/raft-meta"), "raft-meta is not there");
        assertRefusedWithout(whole, group(whole).resolve("current"), "is not there");
        assertRefusedWithout(whole, whole.resolve("server-id"), "server-id is not there, but a log is");
        assertRefusedWithout(whole, group(whole).resolve("sm"), "are in no snapshot and not in the log");
        try (Running log = new Running(whole, MANY_FILES)) {
            assertThat(log.machine.applied).isEqualTo(expected(600));
        }
    }

    private void assertRefusedWithout(Path data, Path missing, String says) throws IOException {
        Path aside = folder.resolve("aside");
        Files.move(missing, aside);
        try {
            assertRefused(data, MANY_FILES, data.toString(), says);
        } finally {
            Files.move(aside, missing);
        }
    }

    @Test
    void a_snapshot_or_entry_of_a_part_that_is_not_attached_is_refused_by_name() {
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            log.write(0, 3);
        }
        RatisLogGroup other = new RatisLogGroup(folder, "here");
        other.attach("b", Texts.CODEC, new Recorder());
        assertThatThrownBy(other::start).isInstanceOf(DataFolderException.class).hasMessageContaining("a part named a");

        try (Running log = new Running(folder, SMALL)) {
            log.write(3, 300);
        }
        RatisLogGroup third = new RatisLogGroup(folder, "here");
        third.attach("b", Texts.CODEC, new Recorder());
        assertThatThrownBy(third::start).isInstanceOf(DataFolderException.class).hasMessageContaining("a part named a")
                .hasMessageContaining("snapshot-");
    }

    @Test
    void a_folder_is_used_by_one_log_at_a_time() {
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            assertRefused(folder, LogSizes.DEFAULT, folder + " is in use by this process");
            log.write(0, 1);
        }
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            assertThat(log.machine.applied).isEqualTo(expected(1));
        }
    }

    @Test
    void a_command_that_is_too_large_is_refused_alone() throws Exception {
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            String large = "x".repeat(RatisLogGroup.MAX_COMMAND - 1);
            CompletableFuture<Applied<String>> tooLarge = log.log.propose(large + "x");
            CompletableFuture<Applied<String>> fits = log.log.propose(large);
            assertThat(failureOf(tooLarge)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most " + RatisLogGroup.MAX_COMMAND);
            assertThat(fits.get().index()).isEqualTo(1);
            assertThat(log.log.propose("small").get().index()).isEqualTo(2);
        }
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            assertThat(log.group.appliedIndex()).isEqualTo(2);
        }
    }

    /** Plan: an entry is committed whose command breaks the state machine; the next start says so and frees the folder. */
    @Test
    void an_entry_that_breaks_the_state_machine_is_named_at_the_next_start() throws Exception {
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            log.write(0, 2);
            assertThat(failureOf(log.log.propose("error"))).isInstanceOf(AssertionError.class);
        }
        for (int i = 0; i < 2; i++) {
            assertRefused(folder, LogSizes.DEFAULT, folder.toString(), "can't be applied: broken");
        }
    }

    @Test
    void an_entry_reads_as_it_was_written_and_nothing_else_does() {
        List<Proposal<?>> proposals = new ArrayList<>();
        for (String text : List.of("", "x", "ü".repeat(300))) {
            proposals.add(new Proposal<String>("part", Texts.CODEC.encode(text), new CompletableFuture<>()));
        }
        byte[] bytes = EntryBytes.write(proposals);
        assertThat(EntryBytes.read(bytes)).extracting(w -> w.part() + Texts.CODEC.decode(w.command()))
                .containsExactly("part", "partx", "part" + "ü".repeat(300));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> EntryBytes.read(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> EntryBytes.read(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("after its last command");
        byte[] newer = bytes.clone();
        newer[0] = 2;
        assertThatThrownBy(() -> EntryBytes.read(newer)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void a_half_written_snapshot_is_swept_away() throws Exception {
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            log.write(0, 1);
        }
        Path left = Files.write(group(folder).resolve("sm").resolve("snapshot-00000000000000000009.tmp"), new byte[10]);
        try (Running log = new Running(folder, LogSizes.DEFAULT)) {
            assertThat(log.machine.applied).isEqualTo(expected(1));
        }
        assertThat(Optional.of(left).filter(Files::exists)).isEmpty();
    }
}
