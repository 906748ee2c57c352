package muster.agent;

import java.io.IOException;
import java.time.InstantSource;
import muster.registry.agent.AgentControls;

/** Starts and ends a whole agent on free ports, so that the ahead-of-time cache holds what a start loads. */
final class Training {
    private Training() {}

    static int run() {
        AgentOptions usual = AgentOptions.usual("training");
        AgentOptions options = new AgentOptions(usual.parts(), true, usual.node(), usual.datacenter(), usual.region(), usual.host(),
                usual.advertise(), new AgentOptions.Ports(0, 0, 0, 0, 0), usual.dataDir(), AgentOptions.LogLevel.ERROR, usual.domain(),
                usual.recursors(), usual.registryAddress(), usual.scripts(), usual.services(), usual.checks(), usual.nodeMeta(),
                usual.client());
        Logging logging = new Logging(options.logLevel());
        try (Suite suite = Suite.start(options, new AgentControls(() -> {}, () -> {}, logging), InstantSource.system())) {
            Summary.text(options, suite.listening(), suite.startup());
            return 0;
        } catch (IOException | RuntimeException e) {
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
