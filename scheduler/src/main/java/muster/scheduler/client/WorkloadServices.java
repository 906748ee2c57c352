package muster.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import muster.registry.client.HealthCheck;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.scheduler.state.NativeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of this node's tasks and groups, in the registry or, for the provider {@code nomad}, at the servers. Thread-safe. */
final class WorkloadServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkloadServices.class);
    private static final String WORKLOAD_PREFIX = "_nomad-task-";

    private final RegistryClient registry;
    private final ServiceSync<ServiceRegistration> inRegistry;
    private final ServiceSync<NativeService> atServers;

    WorkloadServices(RegistryClient registry, ServerApi servers, String nodeId) {
        this.registry = registry;
        inRegistry = new ServiceSync<>("registry-sync", new InRegistry(registry));
        atServers = new ServiceSync<>("native-services-sync", new AtServers(servers, nodeId));
    }

    /** Lists these, or replaces what is there under their ids. Does not wait. */
    void put(ServicePlan plan) {
        // One whose provider changed leaves the other place.
        inRegistry.drop(plan.natives().stream().map(NativeService::id).toList());
        atServers.drop(plan.registrations().stream().map(ServiceRegistration::id).toList());
        inRegistry.put(byId(plan.registrations(), ServiceRegistration::id));
        atServers.put(byId(plan.natives(), NativeService::id));
    }

    private static <R> Map<String, R> byId(List<R> registrations, Function<R, String> id) {
        Map<String, R> byId = new LinkedHashMap<>();
        registrations.forEach(registration -> byId.put(id.apply(registration), registration));
        return byId;
    }

    /** Takes these out and waits until they are listed no more, or for the given time. Whether they are not. */
    boolean remove(Collection<String> ids, Duration atMost) throws InterruptedException {
        return inRegistry.remove(ids, atMost) & atServers.remove(ids, atMost);
    }

    /** Takes everything out, for an agent that ends; does not wait. */
    void withdraw() {
        inRegistry.withdraw();
        atServers.withdraw();
    }

    /** Reports a check's result; a lost one is made up for by the next. */
    void report(String checkId, HealthCheck.Status status, String output) {
        try {
            registry.updateCheck(checkId, status, output);
        } catch (RegistryException e) {
            LOG.debug("check result not reported check={} error={}", checkId, e.getMessage());
        }
    }

    /** Ends after what is pending went out, at most two seconds for each of the two. */
    @Override
    public void close() {
        inRegistry.close();
        atServers.close();
    }

    /** The registry's agent beside this node. */
    static final class InRegistry implements ServiceSync.Directory<ServiceRegistration> {
        private final RegistryClient registry;
        private volatile Optional<RegistryClient.Watch> watch = Optional.empty();

        InRegistry(RegistryClient registry) {
            this.registry = registry;
        }

        @Override
        public void register(ServiceRegistration registration) {
            registry.register(registration);
        }

        @Override
        public void deregister(String id) {
            registry.deregister(id);
        }

        private Query<Optional<NodeWithServices>> query() {
            return new Query.NodeServices(registry.self().nodeName(), Query.Scope.LOCAL);
        }

        private static Set<String> ids(Optional<NodeWithServices> found) {
            return found.stream().flatMap(node -> node.services().stream()).map(ServiceInstance::id)
                    .filter(id -> id.startsWith(WORKLOAD_PREFIX)).collect(Collectors.toSet());
        }

        @Override
        public Set<String> present() {
            return ids(registry.read(query()).value());
        }

        /** An answer that can't be had says nothing of what is listed. */
        @Override
        public void follow(Consumer<Set<String>> present) {
            watch = Optional.of(registry.watch(query(), view -> {
                if (view.failure().isEmpty()) {
                    view.value().ifPresent(found -> present.accept(ids(found)));
                }
            }));
        }

        @Override
        public void close() {
            watch.ifPresent(RegistryClient.Watch::close);
        }
    }

    /** The scheduler's own state. */
    private record AtServers(ServerApi servers, String nodeId) implements ServiceSync.Directory<NativeService> {
        @Override
        public void register(NativeService service) {
            servers.registerServices(List.of(service));
        }

        @Override
        public void deregister(String id) {
            servers.deregisterServices(List.of(id));
        }

        @Override
        public Set<String> present() {
            return servers.services(nodeId);
        }
    }
}
