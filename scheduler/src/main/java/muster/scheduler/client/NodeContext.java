package muster.scheduler.client;

import java.time.InstantSource;
import muster.registry.client.RegistryClient;
import muster.scheduler.artifact.Artifacts;
import muster.scheduler.driver.Drivers;

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
        ClientSettings settings) {}
