package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import muster.scheduler.driver.Driver;
import muster.scheduler.driver.DriverFingerprint;
import muster.scheduler.driver.Drivers;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the drivers again and again, and tells what became of them. A driver that takes long to look at holds up neither the
 * agent's start nor the others. One thread of its own for each driver; {@link #states} may be asked by any.
 */
final class DriverWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriverWatch.class);
    private static final Duration FIRST_LOOK = Duration.ofMillis(30);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final Duration pause;
    private final List<Thread> threads = new ArrayList<>();
    /** Guarded by this. */
    private final Map<String, DriverFingerprint> found = new LinkedHashMap<>();
    private final Map<String, DriverState> states = new TreeMap<>();
    /** Null until somebody listens. */
    private BiConsumer<Found, List<NodeEvent>> listener;

    /**
     * How the drivers stand.
     *
     * @param attributes what the node has because of them
     */
    record Found(Map<String, DriverState> states, Map<String, String> attributes) {
        /** The node with the drivers as they are. */
        Node on(Node node) {
            Map<String, String> all = new TreeMap<>(node.attributes());
            all.keySet().removeIf(key -> key.startsWith("driver."));
            all.putAll(attributes);
            return node.withDrivers(states).withAttributes(all);
        }
    }

    private DriverWatch(InstantSource clock, Duration pause) {
        this.clock = clock;
        this.pause = pause;
    }

    /** Looks at all of them at once, and waits for those that are quick. */
    static DriverWatch begin(Drivers drivers, InstantSource clock) {
        return begin(drivers, clock, PAUSE);
    }

    static DriverWatch begin(Drivers drivers, InstantSource clock, Duration pause) {
        DriverWatch watch = new DriverWatch(clock, pause);
        List<CompletableFuture<Void>> first = new ArrayList<>();
        for (Driver driver : drivers.all()) {
            watch.found.put(driver.name(), new DriverFingerprint(false, false, "not looked at yet", Map.of()));
            watch.states.put(driver.name(), state(driver.name(), watch.found.get(driver.name()), clock.instant()));
            CompletableFuture<Void> looked = new CompletableFuture<>();
            first.add(looked);
            watch.threads.add(Thread.ofVirtual().name("driver-" + driver.name()).unstarted(() -> watch.follow(driver, looked)));
        }
        watch.threads.forEach(Thread::start);
        CompletableFuture.allOf(first.toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS).join();
        return watch;
    }

    /** From now on tells of every change, in order; those since the beginning at once. */
    synchronized void listen(Found known, BiConsumer<Found, List<NodeEvent>> told) {
        listener = told;
        Found now = states();
        if (!now.equals(known)) {
            told.accept(now, List.of());
        }
    }

    synchronized Found states() {
        Map<String, String> attributes = new TreeMap<>();
        found.forEach((name, fingerprint) -> {
            if (fingerprint.detected()) {
                attributes.put("driver." + name, "1");
                attributes.putAll(fingerprint.attributes());
            }
        });
        return new Found(Map.copyOf(states), Map.copyOf(attributes));
    }

    private static DriverState state(String name, DriverFingerprint fingerprint, Instant now) {
        Map<String, String> own = new TreeMap<>(fingerprint.attributes());
        own.keySet().removeIf(attribute -> !attribute.startsWith("driver."));
        if (fingerprint.detected()) {
            own.put("driver." + name, "true");
        }
        return new DriverState(own, fingerprint.detected(), fingerprint.description(), fingerprint.healthy(), now);
    }

    private void follow(Driver driver, CompletableFuture<Void> looked) {
        try {
            boolean first = true;
            while (!Thread.currentThread().isInterrupted()) {
                DriverFingerprint now;
                try {
                    now = driver.fingerprint();
                } catch (RuntimeException e) {
                    LOG.warn("driver not looked at driver={} error={}", driver.name(), e.toString());
                    now = new DriverFingerprint(false, false, "looking at it failed: " + e, Map.of());
                }
                changed(driver.name(), now, !first);
                first = false;
                looked.complete(null);
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            looked.complete(null);
        }
    }

    private synchronized void changed(String name, DriverFingerprint now, boolean event) {
        DriverFingerprint before = found.put(name, now);
        if (now.equals(before)) {
            return;
        }
        Instant at = clock.instant();
        states.put(name, state(name, now, at));
        boolean health = event && !(before.healthy() == now.healthy() && before.description().equals(now.description()));
        if (health) {
            LOG.info("driver changed driver={} detected={} healthy={} description={}", name, now.detected(), now.healthy(),
                    now.description());
        }
        if (listener != null) {
            listener.accept(states(), health
                    ? List.of(new NodeEvent(0, Map.of("driver", name), now.description(), "Driver", at)) : List.of());
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
