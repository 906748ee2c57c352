package muster.agent;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import muster.raft.NotLeaderException;
import muster.registry.Registry;
import muster.registry.mesh.ConfigEntry;
import muster.registry.state.Command;
import muster.registry.state.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the config entries that a configuration begins with, once there is a leader; those that exist stay as they are.
 * (Consul agent configuration: config_entries.bootstrap) One virtual thread, which ends when they are set.
 */
final class EntryBeginning implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EntryBeginning.class);
    private static final int TRIES = 600;
    private static final long PAUSE_MILLIS = 100;

    private final Registry registry;
    private final List<ConfigEntry> entries;
    private final CountDownLatch closed = new CountDownLatch(1);

    private EntryBeginning(Registry registry, List<ConfigEntry> entries) {
        this.registry = registry;
        this.entries = entries;
    }

    /** Begins; empty where there is nothing to set. */
    static Optional<EntryBeginning> start(Registry registry, List<ConfigEntry> entries) {
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        EntryBeginning beginning = new EntryBeginning(registry, entries);
        Thread.ofVirtual().name("config-entries").start(beginning::run);
        return Optional.of(beginning);
    }

    private void run() {
        try {
            for (int i = 0; i < TRIES; i++) {
                if (registry.isLeader()) {
                    entries.forEach(this::set);
                    return;
                }
                if (closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void set(ConfigEntry entry) {
        registry.propose(new Command.SetConfigEntry(entry, Optional.of(0L))).whenComplete((applied, failure) -> {
            if (failure != null && !(failure.getCause() instanceof NotLeaderException)) {
                LOG.warn("config entry not set kind={} name={} error={}", entry.kind(), entry.name(), failure.toString());
            } else if (failure == null && applied.result() instanceof Result.Refused(String message)) {
                LOG.warn("config entry not set kind={} name={} reason={}", entry.kind(), entry.name(), message);
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
