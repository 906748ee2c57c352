package muster.dns.lookup;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.View;

/** Watches, the least lately used first to go: when there are too many, or when nobody asked for a while. */
final class WatchedReads implements Reads {
    /**
     * Each is a connection to the registry, which gives a client 200 (limits.http_max_conns_per_client), and names that do
     * not exist are watched too.
     */
    static final int MOST = 100;
    static final Duration IDLE = Duration.ofMinutes(10);
    /** A resolver asks again after a few seconds, so a longer wait for the first answer is in vain. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(2);

    private static final class Watched<T> {
        private final CompletableFuture<View<T>> first = new CompletableFuture<>();
        private volatile View<T> newest;
        private RegistryClient.Watch watch;
        private Instant usedAt;

        void changed(View<T> view) {
            newest = view;
            first.complete(view);
        }
    }

    private final RegistryClient client;
    private final InstantSource clock;
    private final Object lock = new Object();
    private final Map<Query<?>, Watched<?>> watches = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    WatchedReads(RegistryClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public <T> T read(Query<T> query) {
        Watched<T> watched = watched(query);
        View<T> view = watched.newest == null ? await(query, watched) : watched.newest;
        return view.value().orElseThrow(() -> new RegistryException(view.failure().orElse("no answer yet"), 0, null));
    }

    @Override
    public void close() {
        List<RegistryClient.Watch> ending;
        synchronized (lock) {
            closed = true;
            ending = watches.values().stream().map(watched -> watched.watch).toList();
            watches.clear();
        }
        ending.forEach(RegistryClient.Watch::close);
    }

    private <T> Watched<T> watched(Query<T> query) {
        List<RegistryClient.Watch> ending = new ArrayList<>();
        Watched<T> found;
        synchronized (lock) {
            if (closed) {
                throw new RegistryException("the DNS server is closed", 0, null);
            }
            Instant now = clock.instant();
            @SuppressWarnings("unchecked")
            Watched<T> running = (Watched<T>) watches.get(query);
            found = running;
            if (found == null) {
                found = new Watched<>();
                found.watch = client.watch(query, found::changed);
                watches.put(query, found);
            }
            found.usedAt = now;
            forgetUnused(now, ending);
        }
        ending.forEach(RegistryClient.Watch::close);
        return found;
    }

    /** The map is in the order of use, so this looks at no more than it removes, and one. */
    private void forgetUnused(Instant now, List<RegistryClient.Watch> ending) {
        Iterator<Watched<?>> oldest = watches.values().iterator();
        while (oldest.hasNext()) {
            Watched<?> watched = oldest.next();
            if (watches.size() <= MOST && watched.usedAt.plus(IDLE).isAfter(now)) {
                return;
            }
            oldest.remove();
            ending.add(watched.watch);
        }
    }

    private static <T> View<T> await(Query<T> query, Watched<T> watched) {
        try {
            return watched.first.get(FIRST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new RegistryException("no answer of the registry in time for " + query, 0, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted while waiting for the registry", 0, e);
        }
    }
}
