package muster.registry.local;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.raft.NotLeaderException;
import muster.registry.Registry;
import muster.registry.acl.Access;
import muster.registry.acl.Caller;
import muster.registry.acl.CatalogRights;
import muster.registry.acl.DeniedException;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.LocalCheck;
import muster.registry.agent.RefusedException;
import muster.registry.client.HealthCheck;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.WatchStatus;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Operation;
import muster.registry.state.Result;
import muster.registry.state.Service;
import muster.registry.state.State;

/**
 * The registry of the same process, for the parts that run beside it. Reads look at the newest state and return at once.
 * Watches are told of changes by the state itself; each has a virtual thread of its own, so a slow listener holds up
 * nobody and sees the newest state when it comes to look.
 */
public final class LocalRegistryClient implements RegistryClient {
    /** How long a write may take while there is no leader. (rpc_hold_timeout) */
    private static final long WRITE_SECONDS = 7;

    private final Registry registry;
    private final LocalAgent agent;
    private final InstantSource clock;
    private final String secret;
    private final Map<Query<?>, SharedWatch<?>> watches = new LinkedHashMap<>();

    /** With the agent's default token's rights, as somebody who sends none has them. */
    public LocalRegistryClient(Registry registry, LocalAgent agent, InstantSource clock) {
        this(registry, agent, clock, "");
    }

    /** @param secret of the token whose rights it has; "" for the agent's default token */
    public LocalRegistryClient(Registry registry, LocalAgent agent, InstantSource clock, String secret) {
        this.secret = secret;
        this.registry = registry;
        this.agent = agent;
        this.clock = clock;
    }

    @Override
    public <T> Reading<T> read(Query<T> query) {
        return read(query, registry.snapshot());
    }

    @Override
    public Reader now() {
        State state = registry.snapshot();
        return new Reader() {
            @Override
            public <T> Reading<T> read(Query<T> query) {
                return LocalRegistryClient.this.read(query, state);
            }
        };
    }

    private <T> Reading<T> read(Query<T> query, State state) {
        if (registry.isUnsettled()) {
            throw new RegistryException("No cluster leader", 500, null);
        }
        Translation.refusal(query, registry.datacenter()).ifPresent(message -> {
            throw new RegistryException(message, 500, null);
        });
        try {
            return Translation.of(query, registry.datacenter(), registry.access()).read(state, registry.age(), caller());
        } catch (DeniedException e) {
            throw new RegistryException(e.getMessage() + ": " + e.reason(), e.status(), e);
        }
    }

    @Override
    public OptionalLong revision(Query<?> query) {
        return registry.access().isOn() || !registry.age().isZero() || Translation.refusal(query, registry.datacenter()).isPresent()
                ? OptionalLong.empty()
                : registry.revision(Translation.of(query, registry.datacenter(), registry.access()).query());
    }

    @Override
    public OptionalLong moment() {
        return registry.access().isOn() || !registry.age().isZero() ? OptionalLong.empty() : OptionalLong.of(registry.moment());
    }

    @Override
    @SuppressWarnings("unchecked") // a shared watch is only ever stored under its own query
    public <T> Watch watch(Query<T> query, Listener<T> listener) {
        synchronized (watches) {
            SharedWatch<T> shared = (SharedWatch<T>) watches.computeIfAbsent(
                    query, q -> new SharedWatch<>((Query<T>) q, registry, clock, this::caller));
            WatchThread<T> thread = shared.add(listener);
            return () -> close(shared, thread);
        }
    }

    private <T> void close(SharedWatch<T> shared, WatchThread<T> thread) {
        thread.close();
        synchronized (watches) {
            if (shared.remove(thread)) {
                watches.remove(shared.query(), shared);
            }
        }
    }

    @Override
    public void register(ServiceRegistration registration) {
        refusing(() -> {
            require(Resource.SERVICE, registration.name());
            requireOwner(registration.id());
            agent.register(registration, secret);
        });
    }

    @Override
    public void deregister(String serviceId) {
        refusing(() -> {
            requireOwner(serviceId);
            agent.deregisterService(serviceId);
        });
    }

    @Override
    public void updateCheck(String checkId, HealthCheck.Status status, String output) {
        if (status == HealthCheck.Status.MAINTENANCE) {
            throw new RegistryException("Invalid check status: 'maintenance'", 400, null);
        }
        refusing(() -> {
            LocalCheck check = agent.state().checks().get(checkId);
            if (check != null) {
                if (check.serviceId().isEmpty()) {
                    require(Resource.NODE, agent.settings().nodeName());
                }
                requireOwner(check.serviceId());
            }
            agent.report(checkId, status, output);
        });
    }

    private Caller caller() {
        return registry.access().caller(secret);
    }

    private void require(Resource resource, String name) {
        caller().require(Need.of(Access.WRITE, resource, name));
    }

    /** A service that is there may only be touched by who may write it. */
    private void requireOwner(String serviceId) {
        Service service = agent.state().services().get(serviceId);
        if (service != null) {
            require(Resource.SERVICE, service.name());
        }
    }

    private static void refusing(Runnable action) {
        try {
            action.run();
        } catch (DeniedException e) {
            throw new RegistryException(e.getMessage() + ": " + e.reason(), e.status(), e);
        } catch (RefusedException e) {
            throw new RegistryException(e.getMessage(), e.status(), e);
        }
    }

    @Override
    public boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
        KeyOperation operation = cas.isPresent()
                ? KeyOperation.compareAndSet(key, value, flags, cas.get())
                : KeyOperation.set(key, value, flags);
        return write(operation);
    }

    @Override
    public void delete(String key, boolean recurse) {
        write(recurse ? KeyOperation.deleteTree(key) : KeyOperation.delete(key));
    }

    /** Whether the operation was done. */
    private boolean write(KeyOperation operation) {
        refusing(() -> new CatalogRights(caller(), registry.snapshot().catalog()).require(new Operation.OnKey(operation)));
        try {
            Result result = registry.propose(new Command.WriteKey(operation)).get(WRITE_SECONDS, TimeUnit.SECONDS).result();
            return switch (result) {
                case Result.Done done -> true;
                case Result.Decided(boolean held) -> held;
                case Result.Refused(String message) -> throw new RegistryException(message, 500, null);
                case Result.Committed committed -> true;
                case Result.Failed failed -> throw new RegistryException(failed.failures().toString(), 409, null);
            };
        } catch (ExecutionException e) {
            String message = e.getCause() instanceof NotLeaderException ? "No cluster leader" : String.valueOf(e.getCause());
            throw new RegistryException(message, 500, e.getCause());
        } catch (TimeoutException e) {
            throw new RegistryException("No cluster leader", 500, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted while writing " + operation.key(), 0, e);
        }
    }

    @Override
    public AgentSelf self() {
        return new AgentSelf(agent.settings().nodeName(), registry.datacenter());
    }

    @Override
    public List<WatchStatus> watches() {
        List<WatchStatus> all = new ArrayList<>();
        synchronized (watches) {
            watches.values().forEach(shared -> all.add(shared.status()));
        }
        return all;
    }

    @Override
    public void close() {
        List<SharedWatch<?>> open;
        synchronized (watches) {
            open = List.copyOf(watches.values());
            watches.clear();
        }
        open.forEach(SharedWatch::close);
    }
}
