package muster.registry.client.http;

import com.orbitz.consul.Consul;
import com.orbitz.consul.ConsulException;
import com.orbitz.consul.option.DeleteOptions;
import com.orbitz.consul.option.ImmutableDeleteOptions;
import com.orbitz.consul.option.ImmutablePutOptions;
import java.util.Optional;
import java.util.function.Supplier;
import muster.registry.client.RegistryException;

/**
 * Writes through the Orbitz client: KV and deregistration. The client is made on the first write, since it brings classes
 * (Retrofit, OkHttp, databind) that a program which only watches need not load. Any thread may call; calls block.
 */
final class OrbitzWrites implements AutoCloseable {
    private final HttpRegistrySettings settings;
    private final Object lock = new Object();
    private Consul made;
    private boolean closed;

    OrbitzWrites(HttpRegistrySettings settings) {
        this.settings = settings;
    }

    boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
        ImmutablePutOptions.Builder options = ImmutablePutOptions.builder();
        cas.ifPresent(options::cas);
        if (!settings.datacenter().isEmpty()) {
            options.dc(settings.datacenter());
        }
        return call("PUT kv/" + key, () -> consul().keyValueClient().putValue(key, value, flags, options.build()));
    }

    void delete(String key, boolean recurse) {
        ImmutableDeleteOptions.Builder options = ImmutableDeleteOptions.builder();
        if (recurse) {
            options.from(DeleteOptions.RECURSE);
        }
        if (!settings.datacenter().isEmpty()) {
            options.datacenter(settings.datacenter());
        }
        call("DELETE kv/" + key, () -> {
            consul().keyValueClient().deleteKey(key, options.build());
            return true;
        });
    }

    void deregister(String serviceId) {
        call("PUT agent/service/deregister/" + serviceId, () -> {
            consul().agentClient().deregister(serviceId);
            return true;
        });
    }

    @Override
    public void close() {
        Consul ending;
        synchronized (lock) {
            closed = true;
            ending = made;
            made = null;
        }
        if (ending != null) {
            ending.destroy();
        }
    }

    private Consul consul() {
        synchronized (lock) {
            if (closed) {
                throw new RegistryException("the client is closed", 0, null);
            }
            if (made == null) {
                Consul.Builder builder = Consul.builder()
                        .withUrl(AgentAddress.parse(settings.address()).url())
                        .withPing(false)
                        .withConnectTimeoutMillis(settings.connectTimeout().toMillis())
                        .withWriteTimeoutMillis(settings.requestTimeout().toMillis())
                        // Above the wait: the client refuses to be made otherwise as soon as anything of it blocks.
                        .withReadTimeoutMillis(settings.waitTime().plus(settings.requestTimeout()).toMillis());
                if (!settings.token().isEmpty()) {
                    builder.withTokenAuth(settings.token());
                }
                settings.tls().ifPresent(builder::withSslContext);
                made = builder.build();
            }
            return made;
        }
    }

    private <T> T call(String what, Supplier<T> write) {
        try {
            return write.get();
        } catch (ConsulException e) {
            int status = Math.max(e.getCode(), 0);
            throw new RegistryException(what + " at " + settings.address() + " failed: " + e.getMessage(), status, e);
        } catch (IllegalArgumentException e) {
            // The URL builder refuses names that are "." or "..", which no server would take either.
            throw new RegistryException(what + " can't be sent: " + e.getMessage(), 0, e);
        }
    }
}
