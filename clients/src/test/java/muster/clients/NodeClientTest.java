package muster.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.testkit.RunningAgent;
import muster.testkit.RunningProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NodeClientTest {
    private static final String PACKAGE = "consul@2.0.1";

    @TempDir
    private Path folder;

    @Test
    void thePackageForNodeDoesWhatItsUsersDo() throws Exception {
        // The walk itself is walk.js: register, check, keys, a lock, a watch, access control; it prints a line for each.
        Path modules = NodePackages.installed("npm", PACKAGE);
        Path script = modules.resolve("walk.js");
        Files.copy(Path.of("src/test/resources/walk.js"), script, StandardCopyOption.REPLACE_EXISTING);
        try (RunningAgent agent = RunningAgent.ofModule(folder);
                RunningProgram walk = RunningProgram.start("walk", modules, Map.of(), List.of("node", "walk.js", agent.address().getHost(),
                        String.valueOf(agent.address().getPort()), RunningAgent.ROOT))) {
            assertThat(walk.awaitExit(Duration.ofSeconds(120))).as(String.join("\n", walk.output())).isZero();
            assertThat(walk.output()).containsExactly("service", "keys", "lock", "watch", "access");
        }
    }
}
