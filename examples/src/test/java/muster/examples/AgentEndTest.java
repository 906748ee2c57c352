package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.testkit.Eventually;
import muster.testkit.RunningProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How an agent ends, and how it does not begin. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class AgentEndTest {
    private static final Duration END = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    /**
     * Plan: an agent runs a task that listens; the agent gets SIGTERM. It ends with exit code 0 and says so, the task is gone
     * and its port free.
     */
    @Test
    void tasksEndWithTheirAgent() throws Exception {
        try (TestSite running = TestSite.start(folder)) {
            User user = running.user();
            int port = running.site().port(5678);
            user.copy("http-echo/1-static-port.hcl", "http-echo.hcl");
            user.nomad(0, "run", "-detach", "http-echo.hcl");
            Eventually.passes("the task answers", () -> assertThat(user.open("http://127.0.0.1:" + port)).isEqualTo("hello world\n"));

            assertThat(running.agent().terminate(END)).isZero();

            assertThat(running.agent().output()).contains("==> Stopped");
            assertThat(listens(port)).isFalse();
        }
    }

    /** Plan: an agent listens; a second one is told the same port. It names the port, ends with exit code 1, and the first goes on. */
    @Test
    void aSecondAgentOnTheSamePortNamesThePort() throws Exception {
        try (TestSite running = TestSite.start(folder)) {
            String port = running.site().registry().replaceFirst(".*:", "");
            List<String> line = RunningProgram.java(muster.agent.Main.class, "muster", "agent", "-dev", "-http-port", port, "-dns-port", "0",
                    "-scheduler-port", "0", "-lb-port", "0", "-lb-api-port", "0");
            try (RunningProgram second = RunningProgram.start("second", Files.createDirectory(folder.resolve("second")), Map.of(), line)) {
                assertThat(second.awaitExit(END)).isEqualTo(1);
                assertThat(String.join("\n", second.output())).contains(port).doesNotContain("==> Ready");
            }
            assertThat(running.user().open(running.site().registry() + "/v1/status/leader")).isNotBlank();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
