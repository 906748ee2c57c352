package muster.lb.fabio;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.HealthCheck;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the balancer itself in the registry: a TTL check that it renews and an HTTP check of its {@code /health}. Every ten
 * seconds it renews, and registers anew when the registry has forgotten it. One virtual thread does all that.
 */
final class SelfRegistration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SelfRegistration.class);
    private static final Duration TTL = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(10);

    private final RegistryClient registry;
    private final ServiceRegistration registration;
    private final String ttlCheck;
    private final Thread thread;

    /** @param address the balancer's own, reachable by the registry's agent */
    SelfRegistration(RegistryClient registry, FabioConfig.Register config, String hostName, String address, int port) {
        this.registry = registry;
        String id = config.name() + "-" + hostName + "-" + port;
        this.ttlCheck = id + "-ttl";
        String name = "Service '" + config.name() + "' check";
        Optional<Duration> forgotten = Optional.of(Duration.ofMinutes(1));
        this.registration = new ServiceRegistration(id, config.name(), config.tags(), address, port, Map.of(),
                ServiceInstance.Weights.DEFAULT, false, List.of(
                        new ServiceRegistration.Check(ttlCheck, name, new ServiceRegistration.Probe.Ttl(TTL), Optional.empty(), 0, 0, forgotten),
                        new ServiceRegistration.Check("", name, new ServiceRegistration.Probe.Http(
                                "http://" + (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port + "/health", "GET", Map.of(), "", false, config.interval(),
                                config.timeout()), Optional.empty(), 0, 0, forgotten)));
        this.thread = Thread.ofVirtual().name("fabio-registration").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Ends the renewals and removes the service; a registry that can't be reached forgets it by itself. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(2));
            registry.deregister(registration.id());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RegistryException e) {
            log.warn("not deregistered id={} why=\"{}\"", registration.id(), e.getMessage());
        }
    }

    private void run() {
        boolean isRegistered = false;
        try {
            while (true) {
                isRegistered = renew(isRegistered);
                Thread.sleep(isRegistered ? RENEWAL : Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            log.debug("registration ends id={}", registration.id());
        }
    }

    private boolean renew(boolean isRegistered) {
        try {
            if (!isRegistered) {
                registry.register(registration);
            }
            registry.updateCheck(ttlCheck, HealthCheck.Status.PASSING, "");
            return true;
        } catch (RegistryException e) {
            log.warn("registration not renewed id={} why=\"{}\"", registration.id(), e.getMessage());
            return false;
        }
    }
}
