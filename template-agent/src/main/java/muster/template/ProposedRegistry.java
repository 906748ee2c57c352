package muster.template;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.View;
import muster.registry.client.WatchStatus;

/**
 * A registry as it would be if some keys had other values: for looking at what would come of them. Nothing is written.
 *
 * @param proposed values by key
 */
record ProposedRegistry(RegistryClient real, Map<String, String> proposed) implements RegistryClient {
    ProposedRegistry {
        proposed = new TreeMap<>(proposed);
    }

    @Override
    public <T> Reading<T> read(Query<T> query) {
        Reading<T> reading = real.read(query);
        return new Reading<>(with(query, reading.value()), reading.index(), reading.knownLeader(), reading.lastContact());
    }

    @Override
    public <T> Watch watch(Query<T> query, Listener<T> listener) {
        if (query instanceof Query.Key key && proposed.containsKey(key.key())) {
            // Known already: the registry need not even be there.
            listener.changed(new View<>(Optional.of(with(query, null)), 1, Instant.EPOCH, Optional.empty()));
            return () -> { };
        }
        return real.watch(query, view -> listener.changed(
                new View<>(view.value().map(value -> with(query, value)), view.index(), view.readAt(), view.failure())));
    }

    @SuppressWarnings("unchecked")
    private <T> T with(Query<T> query, T value) {
        return switch (query) {
            case Query.Key key when proposed.containsKey(key.key()) -> (T) Optional.of(entry(key.key()));
            case Query.Entries entries -> {
                Map<String, KeyValue> all = new TreeMap<>(Comparator.naturalOrder());
                ((List<KeyValue>) value).forEach(entry -> all.put(entry.key(), entry));
                proposed.keySet().stream().filter(key -> key.startsWith(entries.prefix())).forEach(key -> all.put(key, entry(key)));
                yield (T) List.copyOf(all.values());
            }
            default -> value;
        };
    }

    private KeyValue entry(String key) {
        return new KeyValue(key, proposed.get(key).getBytes(StandardCharsets.UTF_8), 0, "", 0, 1, 1);
    }

    @Override
    public void register(ServiceRegistration registration) {
        throw new UnsupportedOperationException("a proposed registry is only read");
    }

    @Override
    public void deregister(String serviceId) {
        throw new UnsupportedOperationException("a proposed registry is only read");
    }

    @Override
    public void updateCheck(String checkId, HealthCheck.Status status, String output) {
        throw new UnsupportedOperationException("a proposed registry is only read");
    }

    @Override
    public boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
        throw new UnsupportedOperationException("a proposed registry is only read");
    }

    @Override
    public void delete(String key, boolean recurse) {
        throw new UnsupportedOperationException("a proposed registry is only read");
    }

    @Override
    public AgentSelf self() {
        return real.self();
    }

    @Override
    public List<WatchStatus> watches() {
        return real.watches();
    }

    @Override
    public void close() {
        real.close();
    }
}
