package muster.lb.proxy;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Failure;
import muster.lb.exchange.Transport;

/** One event loop's connections to targets, by address and transport. */
final class TargetPools {
    private final Loop loop;
    private final ProxySettings settings;
    private final int loops;
    private final ClientTls tls;
    private final Map<Key, TargetPool> pools = new HashMap<>();
    private boolean isSweeping;

    /** Connections may only be shared by requests that want the same of them, verification included. */
    record Key(String host, int port, String scheme, Transport transport) {}

    /** Somebody who wants a connection. One of the two outcomes is told, perhaps before {@link #acquire} returns. */
    interface Waiter {
        void connected(TargetStream stream);

        void failed(Failure failure, Throwable cause);

        /** Whether it still wants one. */
        boolean isWaiting();
    }

    TargetPools(Loop loop, ProxySettings settings, int loops, ClientTls tls) {
        this.loop = loop;
        this.settings = settings;
        this.loops = loops;
        this.tls = tls;
    }

    void acquire(Attempt attempt, Waiter waiter) {
        Key key = new Key(attempt.target().host(), attempt.target().port(), attempt.target().scheme(), attempt.transport());
        TargetPool pool = pools.get(key);
        if (pool == null) {
            pool = new TargetPool(loop, key, settings, Math.max(1, settings.maxConnections() / loops), tls);
            pools.put(key, pool);
            sweepLater();
        }
        pool.acquire(waiter);
    }

    /** Closes what has been idle for too long, and forgets pools without connections. */
    private void sweepLater() {
        if (!isSweeping) {
            isSweeping = true;
            loop.executor.schedule(() -> {
                isSweeping = false;
                pools.values().removeIf(TargetPool::sweep);
                if (!pools.isEmpty()) {
                    sweepLater();
                }
            }, 1, TimeUnit.SECONDS);
        }
    }

    void close() {
        pools.values().forEach(TargetPool::close);
        pools.clear();
    }
}
