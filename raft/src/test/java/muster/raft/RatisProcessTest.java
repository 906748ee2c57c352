package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import muster.testkit.RunningProgram;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only real processes show: SIGKILL at any moment, and two of them on one folder. */
@Timeout(180)
class RatisProcessTest {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int ROUNDS = 4;

    @TempDir
    Path folder;

    private RunningProgram start(String name, int proposers) {
        List<String> command = new ArrayList<>(RunningProgram.java(WritingProgram.class, folder.resolve("data").toString(), name,
                Integer.toString(proposers)));
        command.add(1, "--sun-misc-unsafe-memory-access=allow");
        return RunningProgram.start(name, folder, Map.of(), command);
    }

    /**
     * Plan: several times, start a process that writes with several proposers, kill it after a random number of answers, and
     * remember the answers. At the end open the folder: each answered command is at its index, nothing is there twice, and
     * the numbering has no gaps.
     */
    @Test
    void no_answered_command_is_lost_when_the_process_is_killed() {
        SeededRandom.rounds(1, this::killed);
    }

    private void killed(RandomGenerator random) {
        List<String> answered = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int atLeast = 1 + random.nextInt(1_500);
            try (RunningProgram program = start("round" + round, 1 + random.nextInt(16))) {
                int[] seen = {0};
                program.awaitLine(atLeast + " answers", START, line -> line.startsWith("answered") && ++seen[0] >= atLeast);
                program.kill();
                assertThat(program.output()).as("printed without warnings but those that logging has no provider here")
                        .filteredOn(line -> !line.startsWith("SLF4J")).first().asString().matches("started \\d+ \\.");
                program.output().stream().filter(l -> l.startsWith("answered ") && l.endsWith(" ."))
                        .map(l -> l.split(" ")).map(l -> l[1] + ":" + l[2]).forEach(answered::add);
            }
        }
        Texts.Recorder machine = new Texts.Recorder();
        try (RatisLogGroup group = new RatisLogGroup(folder.resolve("data"), "here", WritingProgram.SIZES)) {
            group.attach("a", Texts.CODEC, machine);
            group.start();
            assertThat(answered).hasSizeGreaterThanOrEqualTo(ROUNDS);
            assertThat(new HashSet<>(machine.applied)).as("what was answered").containsAll(answered);
            Set<String> commands = new HashSet<>();
            long index = 0;
            for (String line : machine.applied) {
                assertThat(line).startsWith(++index + ":");
                assertThat(commands.add(line.substring(line.indexOf(':') + 1))).as("once: %s", line).isTrue();
            }
            assertThat(group.appliedIndex()).isEqualTo(index);
        }
    }

    @Test
    void a_folder_in_use_by_another_process_is_refused_with_that_process() {
        try (RunningProgram program = start("first", 1)) {
            program.awaitLine("started", START, line -> line.startsWith("started"));
            RatisLogGroup second = new RatisLogGroup(folder.resolve("data"), "here");
            assertThatThrownBy(second::start).isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("is in use by process " + program.pid()).hasMessageContaining("stop it");
            assertThat(program.isAlive()).isTrue();
        }
    }
}
