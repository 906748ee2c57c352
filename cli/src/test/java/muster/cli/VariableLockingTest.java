package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import muster.cli.FakeAgent.Ran;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariableLockingTest {
    @TempDir
    Path folder;
    private FakeAgent agent;

    @BeforeEach
    void start() throws IOException {
        agent = new FakeAgent().on("PUT /v1/var/a/b?lock-acquire", "{\"Lock\":{\"ID\":\"mine\"}}").on("PUT /v1/var/a/b?lock-release", "{}");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @Test
    void theChildRunsWhileTheVariableIsHeldAndItsExitCodeIsKept() {
        Path seen = folder.resolve("seen");
        Ran ran = agent.run("nomad", "var", "lock", "a/b", "echo $NOMAD_LOCK_HELD >" + seen + "; exit 3");
        assertThat(ran).isEqualTo(new Ran(3, "", ""));
        assertThat(seen).hasContent("true");
        assertThat(agent.requests()).containsExactly("PUT /v1/var/a/b?lock-acquire", "PUT /v1/var/a/b?lock-release");
        assertThat(agent.lastBody()).contains("\"ID\":\"mine\"");
    }

    @Test
    void whatIsRefusedRunsNothing() throws IOException {
        agent.on("PUT /v1/var/c?lock-acquire", 403, "Permission denied");
        Ran ran = agent.run("nomad", "var", "lock", "c", "touch " + folder.resolve("ran"));
        assertThat(ran).isEqualTo(new Ran(1, "", "Error locking variable: Permission denied\n"));
        assertThat(Files.exists(folder.resolve("ran"))).isFalse();
        assertThat(agent.run("nomad", "var", "lock", "a").exit()).isEqualTo(1);
        assertThat(agent.run("nomad", "var", "lock", "-ttl=never", "a", "b").err()).contains("invalid value \"never\" for flag -ttl");
    }
}
