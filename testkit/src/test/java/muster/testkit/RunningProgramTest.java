package muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunningProgramTest {
    @TempDir
    private Path folder;

    private RunningProgram shell(String script) {
        return RunningProgram.start("shell", folder, Map.of("GREETING", "hello"), List.of("sh", "-c", script));
    }

    @Test
    void waits_for_a_line_and_ends_on_sigterm() {
        try (RunningProgram program = shell("trap 'echo bye; exit 3' TERM; echo $GREETING; while :; do sleep 0.05; done")) {
            assertThat(program.awaitLine("the greeting", line -> line.startsWith("hel"))).isEqualTo("hello");
            assertThat(program.terminate(Duration.ofSeconds(20))).isEqualTo(3);
            assertThat(program.output()).containsExactly("hello", "bye");
        }
    }

    @Test
    void catches_both_streams_in_a_file_too() throws Exception {
        try (RunningProgram program = shell("echo out; echo err >&2")) {
            assertThat(program.awaitExit(Duration.ofSeconds(20))).isZero();
            assertThat(Files.readAllLines(folder.resolve("shell.log"))).containsExactlyInAnyOrder("out", "err");
        }
    }

    @Test
    void a_program_that_ends_early_fails_the_wait_at_once_with_what_it_printed() {
        try (RunningProgram program = shell("echo no such thing; exit 1")) {
            assertThatThrownBy(() -> program.awaitLine("ready", line -> line.equals("ready")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended without the line: ready")
                    .hasMessageContaining("no such thing");
        }
    }

    @Test
    void takes_signals_and_is_killed_by_close() {
        RunningProgram program = shell("trap 'echo hup' HUP; echo up; while :; do sleep 0.05; done");
        try (program) {
            program.awaitLine("up", "up"::equals);
            program.signal("HUP");
            program.awaitLine("hup", "hup"::equals);
        }
        assertThat(program.isAlive()).isFalse();
    }

    @Test
    void a_program_that_ignores_sigterm_is_killed_and_reported() {
        try (RunningProgram program = shell("trap '' TERM; echo up; while :; do sleep 0.05; done")) {
            program.awaitLine("up", "up"::equals);
            assertThatThrownBy(() -> program.terminate(Duration.ofMillis(50))).isInstanceOf(AssertionError.class);
            assertThat(program.isAlive()).isFalse();
        }
    }
}
