package muster.registry.replication;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import muster.registry.state.Changes;
import muster.registry.state.Command;
import muster.registry.state.Session;
import muster.registry.state.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link LeaderDuties} on a timer and guards it, and tells when the cluster lost its leader. Any thread may call.
 */
public final class Leadership implements AutoCloseable {
    private static final long FIRST_TICK_MILLIS = 10;
    private static final long TICK_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final LeaderDuties duties = new LeaderDuties();
    private final InstantSource clock;
    private final Supplier<State> snapshot;
    private final BooleanSupplier leads;
    private final BooleanSupplier leaderKnown;
    private final Consumer<Command> propose;
    private final Runnable leaderLost;
    private final BiFunction<State, Instant, List<Command>> further;
    /** Of the timer's thread. */
    private boolean wasKnown;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("registry-leader").daemon().factory());

    /**
     * @param leads whether this server is the leader
     * @param leaderKnown whether any is
     * @param propose hands a command to the log without waiting; what fails there is tried again when it is due again
     * @param further what else is due while this server leads
     * @param leaderLost called on the timer's thread when a known leader is known no more
     */
    public Leadership(
            InstantSource clock,
            Supplier<State> snapshot,
            BooleanSupplier leads,
            BooleanSupplier leaderKnown,
            Consumer<Command> propose,
            BiFunction<State, Instant, List<Command>> further,
            Runnable leaderLost) {
        this.clock = clock;
        this.snapshot = snapshot;
        this.leads = leads;
        this.leaderKnown = leaderKnown;
        this.propose = propose;
        this.further = further;
        this.leaderLost = leaderLost;
    }

    public void start() {
        timer.scheduleWithFixedDelay(this::tick, FIRST_TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Takes note of what a batch changed; called once the supplier gives the changed state. */
    public void changed(Changes changes) {
        if (changes.sessions().isEmpty() && changes.lockDelays().isEmpty() && !changes.everything()) {
            return;
        }
        Instant now = clock.instant();
        synchronized (duties) {
            duties.changed(changes, snapshot.get(), now);
        }
    }

    /** Starts the session's TTL again. */
    public void renew(Session session) {
        Instant now = clock.instant();
        synchronized (duties) {
            duties.renew(session, now);
        }
    }

    /** Whether a key that its session lost still refuses new holders. */
    public boolean isDelayed(String key) {
        Instant now = clock.instant();
        synchronized (duties) {
            return duties.isDelayed(key, now);
        }
    }

    private void tick() {
        try {
            boolean known = leaderKnown.getAsBoolean();
            if (wasKnown && !known) {
                leaderLost.run();
            }
            wasKnown = known;
            List<Command> due;
            Instant now = clock.instant();
            synchronized (duties) {
                due = duties.due(leads.getAsBoolean(), snapshot.get(), now);
            }
            due.forEach(propose);
            if (leads.getAsBoolean()) {
                further.apply(snapshot.get(), now).forEach(propose);
            }
        } catch (RuntimeException e) {
            // A tick that fails must not end the timer: the next one looks at everything again.
            LOG.error("leader duties failed", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
