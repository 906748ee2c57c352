package muster.template.source;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Sessions and locks by Consul's HTTP API (pages: sessions, KV store). */
public final class ConsulLocks implements Locks {
    private final JsonApi api;

    public ConsulLocks(BlockingSource.Settings settings) {
        api = new JsonApi(settings.system(), settings.address(), settings.tls(), settings::headers);
    }

    @Override
    public String create(Duration ttl) throws InterruptedException {
        Map<String, String> session = new TreeMap<>(Map.of("Name", "template de-duplication", "Behavior", "delete", "LockDelay", "1ms",
                "TTL", ttl.toSeconds() + "s"));
        Object answer = api.put("session/create", session).json().orElse(null);
        if (answer instanceof Map<?, ?> map && map.get("ID") instanceof String id) {
            return id;
        }
        throw new ApiException("session/create answered without an ID", 0, null);
    }

    @Override
    public boolean renew(String session) throws InterruptedException {
        return api.put("session/renew/" + session, Map.of()).json().isPresent();
    }

    @Override
    public void destroy(String session) throws InterruptedException {
        api.put("session/destroy/" + session, Map.of());
    }

    @Override
    public boolean acquire(String key, byte[] value, String session) throws InterruptedException {
        String path = Arrays.stream(key.split("/", -1)).map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        return api.put("kv/" + path + "?acquire=" + session, value).json().filter(Boolean.TRUE::equals).isPresent();
    }

    @Override
    public void close() {
        api.close();
    }
}
