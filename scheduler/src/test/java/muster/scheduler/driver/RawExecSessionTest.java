package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RawExecSessionTest {
    @TempDir
    Path root;
    private TaskHandle task;

    @BeforeEach
    void start() throws IOException, DriverException {
        Path logs = Files.createDirectories(root.resolve("alloc/logs"));
        Path folder = Files.createDirectories(root.resolve("web/local")).getParent();
        task = new RawExec(true, Cgroups.tracking(Path.of("/proc/self/mounts"))).start(new TaskLaunch("web", Map.of("command", "/bin/sleep", "args", List.of("600")),
                Map.of("PATH", "/usr/bin:/bin", "MINE", "a b"), folder, new TaskLaunch.LogTarget(logs, 1, 1 << 20)));
    }

    @AfterEach
    void end() throws InterruptedException {
        task.kill();
        task.await();
    }

    private ExecSession shell(String script, boolean terminal) throws DriverException {
        return task.exec(List.of("sh", "-c", script), terminal);
    }

    private static String all(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String until(InputStream in, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] part = new byte[256];
        while (seen.indexOf(text) < 0) {
            int length = in.read(part);
            assertThat(length).as("the end came before \"%s\", after: %s", text, seen).isPositive();
            seen.append(new String(part, 0, length, StandardCharsets.UTF_8));
        }
        return seen.toString();
    }

    @Test
    void runsInTheTasksEnvironmentAndFolderWithItsOutputsApart() throws Exception {
        try (ExecSession session = shell("echo $MINE $PWD; echo oops >&2; exit 7", false)) {
            assertThat(all(session.output())).isEqualTo("a b " + root.resolve("web").toRealPath() + "\n");
            assertThat(all(session.errors())).isEqualTo("oops\n");
            assertThat(session.await()).isEqualTo(7);
        }
    }

    @Test
    void inputReachesItAndEnds() throws Exception {
        byte[] large = "a line of the input\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        try (ExecSession session = shell("wc -c", false)) {
            session.input().write(large);
            session.input().close();
            assertThat(all(session.output()).strip()).isEqualTo(String.valueOf(large.length));
            assertThat(session.await()).isZero();
        }
    }

    @Test
    void aTerminalHasASizeThatFollows() throws Exception {
        try (ExecSession session = shell("stty size; read line; stty size; test -t 0 && test -t 1 && test -t 2 && echo yes $TERM", true)) {
            InputStream out = session.output();
            until(out, "24 80\r\n");
            session.resize(50, 132);
            session.input().write('\n');
            assertThat(until(out, "yes xterm\r\n")).contains("50 132\r\n");
            assertThat(session.await()).isZero();
            assertThat(out.read()).as("the terminal ends with its command").isEqualTo(-1);
        }
    }

    @Test
    void controlCInterruptsWhatRunsOnTheTerminal() throws Exception {
        try (ExecSession session = shell("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done", true)) {
            InputStream out = session.output();
            until(out, "ready");
            session.input().write(3);
            until(out, "caught");
            assertThat(session.await()).isEqualTo(3);
        }
    }

    @Test
    void closingKillsWhatStillRunsAndEndsItsStreams() throws Exception {
        ExecSession session = shell("echo ready; sleep 600", false);
        InputStream out = session.output();
        until(out, "ready");
        session.close();
        assertThat(session.await()).isEqualTo(137);
        assertThat(out.read()).isEqualTo(-1);
        session.close();
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> task.exec(List.of("ghost"), true)).isInstanceOf(DriverException.class)
                .hasMessageContaining("command \"ghost\" not found");
        assertThatThrownBy(() -> task.exec(List.of(), true)).hasMessage("command is required");
    }
}
