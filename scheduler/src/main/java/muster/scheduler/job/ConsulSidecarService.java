package muster.scheduler.job;

import java.util.List;

/** The sidecar proxy's own registration. */
public record ConsulSidecarService(
        boolean disableDefaultTCPCheck,
        String port,
        ConsulProxy proxy,
        List<String> tags) {
    public ConsulSidecarService {
        port = Values.text(port);
        tags = Values.list(tags);
    }
}
