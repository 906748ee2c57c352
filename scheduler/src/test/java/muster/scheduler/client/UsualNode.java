package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import muster.registry.client.RegistryClient;
import muster.scheduler.driver.Drivers;

/** The node that tests of clients have in common: {@code node-1} of dc1, with the machine's own capacity and drivers, and no registry's address. */
public final class UsualNode {
    private UsualNode() {}

    /**
     * @param data where its allocations are
     * @param keepsState whether tasks outlive it
     * @param api where tasks reach the scheduler's API, {@code host:port}
     */
    public static ClientSettings settings(Path data, boolean keepsState, String api, ClientSettings.Rules rules) {
        return new ClientSettings("node-1", "dc1", "global", "", "1.1.2", Map.of(), data, keepsState, "lo", "127.0.0.1", OwnApi.plain(api), "", Map.of(),
                Map.of("PATH", "/usr/bin:/bin"), ClientSettings.Capacity.FOUND, rules);
    }

    static Client start(ClientSettings settings, ServerApi servers, RegistryClient registry) throws IOException {
        return Client.start(settings, servers, registry, Drivers.of(true), InstantSource.system(), new SplittableRandom(1), () -> UUID.randomUUID().toString());
    }
}
