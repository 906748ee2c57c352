package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MockExecTest {
    private final MockExec driver = new MockExec(true);
    @TempDir
    Path root;
    private Path logs;

    @BeforeEach
    void folders() throws IOException {
        logs = Files.createDirectories(root.resolve("alloc/logs"));
    }

    private TaskLaunch launch(Map<String, Object> config) {
        return new TaskLaunch("web", config, Map.of(), root, new TaskLaunch.LogTarget(logs, 2, 1 << 20));
    }

    @Test
    void endsAsItIsTold() throws Exception {
        assertThat(driver.start(launch(Map.of("run_for", "1ms"))).await()).isEqualTo(ExitStatus.exited(0));
        assertThat(driver.start(launch(Map.of("run_for", "1ms", "exit_code", 3L, "exit_signal", 9L, "exit_err_msg", "tired"))).await())
                .isEqualTo(new ExitStatus(3, 9, "tired", false));
    }

    @Test
    void failsToStartAsItIsTold() {
        assertThatThrownBy(() -> driver.start(launch(Map.of("start_error", "no room", "start_error_recoverable", true, "start_block_for", "1ms"))))
                .isInstanceOfSatisfying(DriverException.class, e -> assertThat(e.recoverable()).isTrue()).hasMessage("no room");
        assertThatThrownBy(() -> new MockExec(false).start(launch(Map.of()))).hasMessageContaining("set enabled = true");
    }

    @Test
    void writesWhatItIsTold() throws Exception {
        TaskHandle task = driver.start(launch(Map.of("run_for", "100ms", "stdout_string", "hello\n", "stdout_repeat", 2L)));
        task.await();
        assertThat(logs.resolve("web.stdout.0")).hasContent("hello\nhello\nhello\n");
    }

    @Test
    void takesItsTimeToBeKilledUnlessForced() throws Exception {
        TaskHandle quick = driver.start(launch(Map.of("kill_after", "1ms")));
        quick.signal(Signal.INTERRUPT);
        assertThat(quick.await()).isEqualTo(ExitStatus.killed(2));
        TaskHandle stubborn = driver.start(launch(Map.of("kill_after", "1h")));
        stubborn.signal(Signal.INTERRUPT);
        stubborn.signal(new Signal("SIGHUP", 1));
        stubborn.kill();
        assertThat(stubborn.await()).isEqualTo(ExitStatus.killed(9));
        TaskHandle deaf = driver.start(launch(Map.of("signal_error", "deaf")));
        assertThatThrownBy(() -> deaf.signal(Signal.INTERRUPT)).hasMessage("deaf");
        deaf.kill();
    }

    @Test
    void isUnhealthyForOnceAfterItsPluginEnded() throws Exception {
        TaskHandle task = driver.start(launch(Map.of("plugin_exit_after", "1ms")));
        assertThat(task.await().message()).isEqualTo("mock_driver's plugin ended");
        assertThat(driver.fingerprint().healthy()).isFalse();
        assertThat(driver.fingerprint().healthy()).isTrue();
    }

    @Test
    void tellsAllThatIsWrongWithAConfig() {
        assertThat(driver.problems(launch(Map.of("run_for", "long", "kill_after", "1x", "exit_code", "a")))).containsExactly(
                "Incorrect attribute value type: Inappropriate value for attribute \"exit_code\": number required.",
                "run_for \"long\" is no duration such as 250ms or 1m30s", "kill_after \"1x\" is no duration such as 250ms or 1m30s");
        assertThat(List.of(new MockExec(false).fingerprint().detected(), driver.fingerprint().detected())).containsExactly(false, true);
    }
}
