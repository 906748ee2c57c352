package muster.scheduler.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The nodes' signs of life: each promises the next one within its time to live, which grows with the number of nodes so that
 * they make no more than a number of beats a second together. One that is late by more than the grace is reported. Any thread.
 */
final class Heartbeats {
    private final Duration min;
    private final Duration grace;
    private final double maxPerSecond;
    private final Timers timers;
    private final RandomGenerator random;
    private final Consumer<String> missed;
    private final Map<String, Runnable> alarms = new HashMap<>();

    Heartbeats(Duration min, Duration grace, double maxPerSecond, Timers timers, RandomGenerator random,
            Consumer<String> missed) {
        this.min = min;
        this.grace = grace;
        this.maxPerSecond = maxPerSecond;
        this.timers = timers;
        this.random = random;
        this.missed = missed;
    }

    /** Notes a beat; answers within which time the next one is due. */
    synchronized Duration beat(String nodeId) {
        Duration shared = Duration.ofNanos((long) (alarms.size() / maxPerSecond * 1e9));
        Duration base = shared.compareTo(min) > 0 ? shared : min;
        Duration ttl = base.plusNanos((long) (random.nextDouble() * base.toNanos()));
        arm(nodeId, ttl.plus(grace));
        return ttl;
    }

    /** Expects a beat within a time, from a node that beat with another server so far. */
    synchronized void arm(String nodeId, Duration within) {
        Runnable[] alarm = new Runnable[1];
        Runnable old = alarms.put(nodeId, alarm[0] = timers.after(within, () -> late(nodeId)));
        if (old != null) {
            old.run();
        }
    }

    private void late(String nodeId) {
        synchronized (this) {
            alarms.remove(nodeId);
        }
        missed.accept(nodeId);
    }

    synchronized void forget(String nodeId) {
        Runnable alarm = alarms.remove(nodeId);
        if (alarm != null) {
            alarm.run();
        }
    }

    synchronized void clear() {
        alarms.values().forEach(Runnable::run);
        alarms.clear();
    }
}
