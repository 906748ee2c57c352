package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import muster.lb.fabio.FabioBalancer;
import muster.lb.fabio.FabioConfig;
import muster.registry.client.RegistryClient;

/** The balancer in Fabio's manner, with round robin: an even share is what people look for when they try it. */
final class BalancerPart implements Part {
    private final String host;
    private final FabioBalancer balancer;

    private BalancerPart(String host, FabioBalancer balancer) {
        this.host = host;
        this.balancer = balancer;
    }

    static BalancerPart start(AgentOptions options, RegistryClient registry, Vertx vertx, int eventLoops)
            throws IOException, InterruptedException {
        FabioConfig config = FabioConfig.defaults().with(
                List.of(new FabioConfig.Listen(options.host(), options.ports().balancer(), "http", Map.of())),
                options.host(), options.ports().balancerApi(), "rr", false);
        return new BalancerPart(options.host(), FabioBalancer.start(config, registry, vertx, eventLoops));
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
