package muster.registry.client.http;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.registry.client.HealthCheck;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.WatchStatus;
import muster.wire.Json;

/**
 * The registry over HTTP, at any Consul-compatible agent. KV writes and deregistrations go through the Orbitz client; reads,
 * blocking queries and what Orbitz can't say completely go over their own requests (the module's README says why). Equal
 * queries share one blocking query. Catalog rows read by {@link Query.CatalogService} carry no indexes of their node.
 */
public final class HttpRegistryClient implements RegistryClient {
    private final HttpRegistrySettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Exchange exchange;
    private final OrbitzWrites orbitz;
    private final Object lock = new Object();
    private final Map<Query<?>, PollLoop<?>> loops = new LinkedHashMap<>();
    private final List<Subscription<?>> subscriptions = new ArrayList<>();
    private boolean closed;

    /** Connects to nothing yet. The clock stamps views; the randomness, which must be safe for threads, spreads retries. */
    public HttpRegistryClient(HttpRegistrySettings settings, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.exchange = new Exchange(settings);
        this.orbitz = new OrbitzWrites(settings);
    }

    @Override
    public <T> Reading<T> read(Query<T> query) {
        return blocking(() -> exchange.read(query, 0, new ListMemory()).reading());
    }

    @Override
    public <T> Watch watch(Query<T> query, Listener<T> listener) {
        synchronized (lock) {
            if (closed) {
                throw new RegistryException("the client is closed", 0, null);
            }
            @SuppressWarnings("unchecked")
            PollLoop<T> running = (PollLoop<T>) loops.get(query);
            PollLoop<T> loop = running == null
                    ? new PollLoop<>(query, exchange, settings.pace(), new Pauses(settings.pace(), random), clock)
                    : running;
            Subscription<T> subscription = new Subscription<>(listener, ended -> remove(query, ended));
            subscriptions.add(subscription);
            loop.add(subscription);
            if (running == null) {
                loops.put(query, loop);
                loop.start();
            }
            return subscription;
        }
    }

    private void remove(Query<?> query, Subscription<?> subscription) {
        synchronized (lock) {
            subscriptions.remove(subscription);
            PollLoop<?> loop = loops.get(query);
            if (loop != null && loop.remove(subscription)) {
                loops.remove(query);
                loop.close();
            }
        }
    }

    @Override
    public void register(ServiceRegistration registration) {
        blocking(() -> {
            exchange.put("/v1/agent/service/register", Registrations.body(registration));
            return true;
        });
    }

    @Override
    public void deregister(String serviceId) {
        try {
            orbitz.deregister(serviceId);
        } catch (RegistryException e) {
            // With access control on, and in later versions, an unknown id is a 404 or a 500 that says so.
            boolean unknown = e.status() == 404 || String.valueOf(e.getMessage()).contains("Unknown service");
            if (!unknown) {
                throw e;
            }
        }
    }

    @Override
    public void updateCheck(String checkId, HealthCheck.Status status, String output) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Status", status.toString());
        body.put("Output", output);
        blocking(() -> {
            exchange.put("/v1/agent/check/update/" + QueryPath.segment(checkId), Json.write(body));
            return true;
        });
    }

    @Override
    public boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
        return orbitz.put(key, value, flags, cas);
    }

    @Override
    public void delete(String key, boolean recurse) {
        orbitz.delete(key, recurse);
    }

    @Override
    public AgentSelf self() {
        return blocking(() -> exchange.get("/v1/agent/self", Answers::self));
    }

    @Override
    public List<WatchStatus> watches() {
        synchronized (lock) {
            List<WatchStatus> all = new ArrayList<>();
            loops.values().forEach(loop -> all.add(loop.status()));
            return all;
        }
    }

    @Override
    public void close() {
        List<Subscription<?>> ending;
        synchronized (lock) {
            closed = true;
            ending = List.copyOf(subscriptions);
        }
        ending.forEach(Subscription::close);
        exchange.close();
        orbitz.close();
    }

    private interface Request<T> {
        T send() throws InterruptedException;
    }

    private static <T> T blocking(Request<T> request) {
        try {
            return request.send();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted while waiting for the registry", 0, e);
        }
    }
}
