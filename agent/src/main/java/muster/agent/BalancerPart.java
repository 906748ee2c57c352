package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.lb.fabio.FabioBalancer;
import muster.lb.fabio.FabioConfig;
import muster.registry.client.RegistryClient;
import muster.ui.Apis;

/** The balancer in Fabio's manner, with round robin: an even share is what people look for when they try it. */
final class BalancerPart implements Part {
    private final String host;
    private final FabioBalancer balancer;

    private BalancerPart(String host, FabioBalancer balancer) {
        this.host = host;
        this.balancer = balancer;
    }

    /** How long requests wait for instances that have all left: a restart of everything at once takes a few seconds. */
    private static final Duration HOLD = Duration.ofSeconds(10);

    static BalancerPart start(AgentOptions options, RegistryClient registry, Vertx vertx, Apis pages)
            throws IOException, InterruptedException {
        FabioConfig config = FabioConfig.defaults().with(
                List.of(FabioConfig.Listen.http(options.host(), options.ports().balancer())),
                options.host(), options.ports().balancerApi(), "rr", false).holding(HOLD);
        return new BalancerPart(options.host(), FabioBalancer.start(config, registry, vertx, pages));
    }

    /** Requests sent so far to each target. */
    Map<String, Long> requests() {
        return balancer.requests();
    }

    @Override
    public List<Listening> listening() {
        return List.of(
                new Listening("load balancer", "http://" + Suite.hostPort(host, balancer.proxyPort())),
                new Listening("load balancer (API)", "http://" + Suite.hostPort(host, balancer.apiPort())));
    }

    @Override
    public void close() {
        balancer.close();
    }
}
