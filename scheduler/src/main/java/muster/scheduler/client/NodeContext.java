package muster.scheduler.client;

import java.time.InstantSource;
import muster.registry.client.RegistryClient;
import muster.scheduler.artifact.Artifacts;
import muster.scheduler.driver.Drivers;
import muster.scheduler.state.Node;

/** What all allocations of a node share. Thread-safe, as its parts are. */
record NodeContext(
        TaskEnvironment.Ground ground,
        Drivers drivers,
        RegistryClient registry,
        WorkloadServices services,
        Templating templates,
        Artifacts artifacts,
        ServerApi servers,
        InstantSource clock,
        ClientSettings settings) {
    /** For allocations that come when the node has changed. */
    NodeContext on(Node node) {
        TaskEnvironment.Ground now = new TaskEnvironment.Ground(node, ground.region(), ground.agentEnvironment(), ground.registryAddress());
        return new NodeContext(now, drivers, registry, services, templates, artifacts, servers, clock, settings);
    }
}
