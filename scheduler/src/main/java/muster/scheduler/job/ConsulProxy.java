package muster.scheduler.job;

import java.util.List;
import java.util.Map;

/** The configuration of a sidecar proxy. */
public record ConsulProxy(
        Map<String, Object> config,
        ConsulExposeConfig exposeConfig,
        String localServiceAddress,
        int localServicePort,
        List<ConsulUpstream> upstreams) {
    public ConsulProxy {
        config = Values.map(config);
        localServiceAddress = Values.text(localServiceAddress);
        upstreams = Values.list(upstreams);
    }
}
