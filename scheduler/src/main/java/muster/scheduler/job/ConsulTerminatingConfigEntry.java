package muster.scheduler.job;

import java.util.List;

/** The services outside of the mesh that a gateway reaches. */
public record ConsulTerminatingConfigEntry(
        List<ConsulLinkedService> services) {
    public ConsulTerminatingConfigEntry {
        services = Values.list(services);
    }
}
