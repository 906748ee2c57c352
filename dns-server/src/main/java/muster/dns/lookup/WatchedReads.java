package muster.dns.lookup;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.View;

/**
 * Watches, the least lately used first to go: when nobody asked for a while, or when there are too many. Where all of so many
 * are in use, what is asked beyond them is read, and that answer holds for a moment.
 */
final class WatchedReads implements Reads {
    /**
     * Each is a connection to the registry, which gives a client 200 (limits.http_max_conns_per_client), and names that do
     * not exist are watched too.
     */
    static final int MOST = 100;
    static final Duration IDLE = Duration.ofMinutes(10);
    /** A watch used this lately is not given up for another. */
    static final Duration IN_USE = Duration.ofSeconds(10);
    /** How long an answer holds that was read. */
    static final Duration MOMENT = Duration.ofSeconds(1);
    /** A resolver asks again after a few seconds, so a longer wait for the first answer is in vain. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(2);
    private static final int MOST_READ = 10_000;
    private static final int MOST_READS_AT_ONCE = 50;

    /** An answer that was read, or is being read. */
    private record Momentary<T>(CompletableFuture<T> value, Instant at) {}

    /** Never one twice, so that a name that is watched again later has another. */
    private final AtomicLong revisions = new AtomicLong();

    private final class Watched<T> {
        private final CompletableFuture<View<T>> first = new CompletableFuture<>();
        private volatile View<T> newest;
        private volatile long revision;
        private RegistryClient.Watch watch;
        private Instant usedAt;

        /** Called by one thread at a time. */
        void changed(View<T> view) {
            newest = view;
            revision = revisions.incrementAndGet();
            first.complete(view);
        }
    }

    private final RegistryClient client;
    private final InstantSource clock;
    private final Object lock = new Object();
    private final Map<Query<?>, Watched<?>> watches = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Query<?>, Momentary<?>> momentary = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Query<?>, Momentary<?>> eldest) {
            return size() > MOST_READ;
        }
    };
    private final Semaphore reading = new Semaphore(MOST_READS_AT_ONCE);
    private boolean closed;

    WatchedReads(RegistryClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public <T> Found<T> read(Query<T> query) {
        Optional<Watched<T>> place = watched(query);
        if (place.isEmpty()) {
            return new Found<>(readForAMoment(query), Duration.ZERO);
        }
        Watched<T> watched = place.get();
        View<T> view = watched.newest == null ? await(query, watched.first) : watched.newest;
        T value = view.value().orElseThrow(() -> new RegistryException(view.failure().orElse("no answer yet"), 0, null));
        // What is watched without a failure is current, whenever it last changed.
        return new Found<>(value, view.failure().isEmpty() ? Duration.ZERO : Duration.between(view.readAt(), clock.instant()));
    }

    @Override
    public OptionalLong revision(Query<?> query) {
        synchronized (lock) {
            Watched<?> watched = watches.get(query);
            if (watched == null || watched.newest == null) {
                return OptionalLong.empty();
            }
            watched.usedAt = clock.instant();
            return OptionalLong.of(watched.revision);
        }
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

    /** The query's watch, perhaps a new one; empty where all there may be are in use. */
    private <T> Optional<Watched<T>> watched(Query<T> query) {
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
                makeRoom(now, ending);
                if (watches.size() < MOST) {
                    found = new Watched<>();
                    found.watch = client.watch(query, found::changed);
                    watches.put(query, found);
                }
            }
            if (found != null) {
                found.usedAt = now;
            }
            forgetUnused(now, ending);
        }
        ending.forEach(RegistryClient.Watch::close);
        return Optional.ofNullable(found);
    }

    /** For one more, unless the least lately used is in use still. */
    private void makeRoom(Instant now, List<RegistryClient.Watch> ending) {
        Iterator<Watched<?>> oldest = watches.values().iterator();
        if (watches.size() >= MOST) {
            Watched<?> watched = oldest.next();
            if (!watched.usedAt.plus(IN_USE).isAfter(now)) {
                oldest.remove();
                ending.add(watched.watch);
            }
        }
    }

    /** The map is in the order of use, so this looks at no more than it removes, and one. */
    private void forgetUnused(Instant now, List<RegistryClient.Watch> ending) {
        Iterator<Watched<?>> oldest = watches.values().iterator();
        while (oldest.hasNext()) {
            Watched<?> watched = oldest.next();
            if (watched.usedAt.plus(IDLE).isAfter(now)) {
                return;
            }
            oldest.remove();
            ending.add(watched.watch);
        }
    }

    /** Who asks the same meanwhile shares the answer; at most {@value #MOST_READS_AT_ONCE} are read at once. */
    @SuppressWarnings("unchecked") // an answer is only ever stored under its own query
    private <T> T readForAMoment(Query<T> query) {
        CompletableFuture<T> own = new CompletableFuture<>();
        Momentary<T> known;
        synchronized (lock) {
            Instant now = clock.instant();
            known = (Momentary<T>) momentary.get(query);
            if (known == null || known.value.isCompletedExceptionally() || !known.at.plus(MOMENT).isAfter(now)) {
                momentary.remove(query);
                momentary.put(query, new Momentary<>(own, now));
                known = null;
            }
        }
        if (known == null) {
            readInto(own, query);
        }
        return await(query, known == null ? own : known.value);
    }

    private <T> void readInto(CompletableFuture<T> answer, Query<T> query) {
        boolean mayRead = false;
        try {
            mayRead = reading.tryAcquire(FIRST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            if (mayRead) {
                answer.complete(client.read(query).value());
            } else {
                answer.completeExceptionally(new RegistryException("too many names are being read, " + query, 0, null));
            }
        } catch (RegistryException e) {
            answer.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(new RegistryException("interrupted while waiting for the registry", 0, e));
        } finally {
            if (mayRead) {
                reading.release();
            }
        }
    }

    private static <T> T await(Query<?> query, CompletableFuture<T> answer) {
        try {
            return answer.get(FIRST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RegistryException known ? known
                    : new RegistryException("can't read " + query + ": " + e.getCause(), 0, e.getCause());
        } catch (TimeoutException e) {
            throw new RegistryException("no answer of the registry in time for " + query, 0, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted while waiting for the registry", 0, e);
        }
    }
}
