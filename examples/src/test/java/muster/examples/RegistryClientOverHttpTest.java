package muster.examples;

import java.nio.file.Path;
import java.time.InstantSource;
import muster.registry.client.RegistryClient;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;
import muster.registry.client.testing.RegistryClientContract;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What every registry client keeps to, kept over HTTP against the agent as it is run. */
final class RegistryClientOverHttpTest extends RegistryClientContract {
    @TempDir
    static Path folder;

    private static TestSite running;
    private static HttpRegistryClient client;

    @BeforeAll
    static void start() {
        running = TestSite.start(folder);
        client = new HttpRegistryClient(HttpRegistrySettings.of(running.site().registry()), InstantSource.system(), SeededRandom.of(1));
    }

    @AfterAll
    static void stop() {
        client.close();
        running.close();
    }

    @Override
    protected RegistryClient client() {
        return client;
    }
}
