package muster.scheduler.job;

import java.util.List;

/** Paths that a proxy lets through without the mesh. */
public record ConsulExposeConfig(
        List<ConsulExposePath> path) {
    public ConsulExposeConfig {
        path = Values.list(path);
    }
}
