package muster.agent;

import java.net.URI;
import java.nio.file.Path;
import muster.testkit.RunningAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Templates over our own registry. */
class TemplatesOverOurRegistryTest extends TemplatesOverHttp {
    private static RunningAgent agent;

    @BeforeAll
    static void begin(@TempDir Path folder) {
        agent = RunningAgent.start(folder, System.getProperty("java.class.path"));
    }

    @AfterAll
    static void end() {
        agent.close();
    }

    @Override
    URI address() {
        return agent.address();
    }

    @Override
    String token() {
        return RunningAgent.ROOT;
    }
}
