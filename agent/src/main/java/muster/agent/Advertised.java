package muster.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduler's own entries in the registry, {@code nomad} and {@code nomad-client}, under which others look for its API.
 * (Nomad agent configuration: consul.auto_advertise)
 */
final class Advertised {
    private static final Logger LOG = LoggerFactory.getLogger(Advertised.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final RegistryClient registry;
    private final List<ServiceRegistration> services;

    Advertised(RegistryClient registry, AgentOptions options, int port) {
        this.registry = registry;
        services = List.of(
                service("nomad", "_nomad-server-", "Nomad Server HTTP Check", "server", options, port),
                service("nomad-client", "_nomad-client-", "Nomad Client HTTP Check", "client", options, port));
    }

    private static ServiceRegistration service(
            String name, String idPrefix, String check, String type, AgentOptions options, int port) {
        String url = "http://" + Suite.hostPort(options.advertise(), port) + "/v1/agent/health?type=" + type;
        return new ServiceRegistration(idPrefix + options.node() + "-" + port, name, List.of("http"), options.advertise(), port,
                Map.of("external-source", "nomad"), ServiceInstance.Weights.DEFAULT, false,
                List.of(new ServiceRegistration.Check("", check,
                        new ServiceRegistration.Probe.Http(url, "GET", Map.of(), "", false, INTERVAL, TIMEOUT),
                        Optional.empty(), 0, 0, Optional.empty())));
    }

    /** Registers; a registry that can't be reached is no reason not to start. */
    void register() {
        try {
            services.forEach(registry::register);
        } catch (RegistryException e) {
            LOG.warn("the scheduler could not be registered reason={}", e.getMessage());
        }
    }

    void deregister() {
        try {
            services.forEach(service -> registry.deregister(service.id()));
        } catch (RegistryException e) {
            LOG.warn("the scheduler could not be deregistered reason={}", e.getMessage());
        }
    }
}
