package muster.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import muster.raft.members.AgentMember;
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

    private static final long PAUSE_SECONDS = 3;

    private final RegistryClient registry;
    private final List<ServiceRegistration> services = new ArrayList<>();
    private final Thread trying = Thread.ofVirtual().name("scheduler-advertised").unstarted(this::run);

    /** @param member this agent as others meet it, where there may be any: they find its servers by these entries */
    Advertised(RegistryClient registry, AgentOptions options, int port, Optional<AgentMember> member) {
        this.registry = registry;
        if (options.scheduler().server()) {
            services.add(http("nomad", "_nomad-server-", "Nomad Server HTTP Check", "server", options, port));
            member.ifPresent(self -> {
                services.add(tcp("Nomad Server RPC Check", "rpc", options, Integer.parseInt(self.tag("port"))));
                services.add(tcp("Nomad Server Serf Check", "serf", options, self.port()));
            });
        }
        if (options.scheduler().client()) {
            services.add(http("nomad-client", "_nomad-client-", "Nomad Client HTTP Check", "client", options, port));
        }
    }

    private static ServiceRegistration http(
            String name, String idPrefix, String check, String type, AgentOptions options, int port) {
        Optional<Https> https = options.scheduler().https();
        String url = (https.isPresent() ? "https://" : "http://") + Suite.hostPort(options.advertise(), port) + "/v1/agent/health?type=" + type;
        String id = idPrefix + options.node() + "-" + port;
        if (https.filter(Https::clientCertificate).isPresent()) {
            // A check has no certificate to show, so it could only fail.
            return registration(name, id, "http", options.advertise(), port, List.of());
        }
        return service(name, id, "http", options.advertise(), port, check,
                new ServiceRegistration.Probe.Http(url, "GET", Map.of(), "", https.isPresent(), INTERVAL, TIMEOUT));
    }

    private static ServiceRegistration tcp(String check, String tag, AgentOptions options, int port) {
        return service("nomad", "_nomad-server-" + options.node() + "-" + tag + "-" + port, tag, options.advertise(), port, check,
                new ServiceRegistration.Probe.Tcp(Suite.hostPort(options.advertise(), port), INTERVAL, TIMEOUT));
    }

    private static ServiceRegistration service(String name, String id, String tag, String host, int port, String check, ServiceRegistration.Probe probe) {
        return registration(name, id, tag, host, port, List.of(new ServiceRegistration.Check("", check, probe, Optional.empty(), 0, 0, Optional.empty())));
    }

    private static ServiceRegistration registration(String name, String id, String tag, String host, int port, List<ServiceRegistration.Check> checks) {
        return new ServiceRegistration(id, name, List.of(tag), host, port, Map.of("external-source", "nomad"), ServiceInstance.Weights.DEFAULT, false,
                checks);
    }

    /** Registers; a registry that can't be reached is no reason not to start, and is tried again until it can. */
    void register() {
        if (!isRegistered()) {
            trying.start();
        }
    }

    private boolean isRegistered() {
        try {
            services.forEach(registry::register);
            return true;
        } catch (RegistryException e) {
            LOG.warn("the scheduler could not be registered, trying again reason={}", e.getMessage());
            return false;
        }
    }

    private void run() {
        try {
            do {
                TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            } while (!isRegistered());
        } catch (InterruptedException e) {
            LOG.debug("not registered before the end");
        }
    }

    void deregister() {
        trying.interrupt();
        try {
            services.forEach(service -> registry.deregister(service.id()));
        } catch (RegistryException e) {
            LOG.warn("the scheduler could not be deregistered reason={}", e.getMessage());
        }
    }
}
