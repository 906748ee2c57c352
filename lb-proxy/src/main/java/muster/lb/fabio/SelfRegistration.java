package muster.lb.fabio;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import muster.lb.route.Route;
import muster.lb.source.RouteSource;
import muster.registry.client.HealthCheck;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the balancer itself in the registry: a TTL check that it renews and an HTTP check of its {@code /health}; under its own name, and under
 * the names that routes ask for ({@code register=NAME}) while they are there. Every ten seconds it renews, and registers anew what the
 * registry has forgotten. One virtual thread does all that.
 */
final class SelfRegistration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SelfRegistration.class);
    private static final Duration TTL = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RegistryClient registry;
    private final FabioConfig.Register config;
    private final String hostName;
    private final Thread thread;
    /** Set before the thread starts. */
    private String address = "";
    private int port;
    /** Names that routes ask for, by route; the thread's that makes tables. */
    private final Map<String, Set<String>> wishes = new HashMap<>();
    private volatile Set<String> wanted;
    private final Semaphore changes = new Semaphore(0);
    /** What is registered, by name; the thread's, and the closer's after it has ended. */
    private final Map<String, ServiceRegistration> registered = new HashMap<>();

    SelfRegistration(RegistryClient registry, FabioConfig.Register config, String hostName) {
        this.registry = registry;
        this.config = config;
        this.hostName = hostName;
        this.wanted = Set.of(config.name());
        this.thread = Thread.ofVirtual().name("fabio-registration").unstarted(this::run);
    }

    /** @param ownAddress the balancer's own, reachable by the registry's agent */
    void start(String ownAddress, int ownPort) {
        address = ownAddress;
        port = ownPort;
        thread.start();
    }

    /** Registers the names that a table's routes ask for, and takes back those that none asks for any more. For one thread; returns at once. */
    void follow(RouteSource.Routing routing) {
        boolean isChanged = false;
        for (Set<String> changed : List.of(routing.byRegistry(), routing.byHand())) {
            for (String source : changed) {
                Set<String> names = routing.table().at(source).map(SelfRegistration::wishes).orElse(Set.of());
                Set<String> before = names.isEmpty() ? wishes.remove(source) : wishes.put(source, names);
                isChanged |= !names.equals(before == null ? Set.of() : before);
            }
        }
        if (isChanged) {
            Set<String> names = new TreeSet<>(Set.of(config.name()));
            wishes.values().forEach(names::addAll);
            wanted = Set.copyOf(names);
            changes.release();
        }
    }

    private static Set<String> wishes(Route route) {
        return route.targets().stream().map(target -> target.options().register()).filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private ServiceRegistration registration(String service) {
        String id = service + "-" + hostName + "-" + port;
        String name = "Service '" + service + "' check";
        Optional<Duration> forgotten = Optional.of(Duration.ofMinutes(1));
        // Addresses of version 4 in brackets too, as Fabio has it: its users' scripts look for the check's output.
        String health = "http://" + (address.matches("[0-9a-fA-F:.]+") ? "[" + address + "]" : address) + ":" + port + "/health";
        return new ServiceRegistration(id, service, config.tags(), address, port, Map.of(), ServiceInstance.Weights.DEFAULT, false, List.of(
                new ServiceRegistration.Check(id + "-ttl", name, new ServiceRegistration.Probe.Ttl(TTL), Optional.empty(), 0, 0, forgotten),
                new ServiceRegistration.Check("", name, new ServiceRegistration.Probe.Http(health, "GET", Map.of(), "", false,
                        config.interval(), config.timeout()), Optional.empty(), 0, 0, forgotten)));
    }

    /** Ends the renewals and removes all services; a registry that can't be reached forgets them by itself. */
    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(2));
            registered.values().forEach(registration -> registry.deregister(registration.id()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RegistryException e) {
            log.warn("not deregistered why=\"{}\"", e.getMessage());
        }
    }

    private void run() {
        try {
            while (true) {
                boolean isDone = renewAll();
                if (changes.tryAcquire((isDone ? RENEWAL : RETRY).toMillis(), TimeUnit.MILLISECONDS)) {
                    changes.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            log.debug("registration ends name={}", config.name());
        }
    }

    private boolean renewAll() {
        Set<String> names = wanted;
        boolean isDone = true;
        for (String name : List.copyOf(registered.keySet())) {
            if (!names.contains(name)) {
                isDone &= attempt(name, () -> {
                    registry.deregister(registered.get(name).id());
                    registered.remove(name);
                });
            }
        }
        for (String name : names) {
            isDone &= renew(name);
        }
        return isDone;
    }

    private boolean renew(String name) {
        boolean isRenewed = attempt(name, () -> {
            if (!registered.containsKey(name)) {
                ServiceRegistration registration = registration(name);
                registry.register(registration);
                registered.put(name, registration);
            }
            registry.updateCheck(registered.get(name).id() + "-ttl", HealthCheck.Status.PASSING, "");
        });
        if (!isRenewed) {
            registered.remove(name);
        }
        return isRenewed;
    }

    private static boolean attempt(String name, Runnable call) {
        try {
            call.run();
            return true;
        } catch (RegistryException e) {
            log.warn("registration not in step name={} why=\"{}\"", name, e.getMessage());
            return false;
        }
    }
}
