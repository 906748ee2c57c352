package muster.scheduler;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import muster.raft.LogGroup;
import muster.raft.ReplicatedLog;
import muster.scheduler.broker.Leader;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.broker.Nodes;
import muster.scheduler.broker.ThreadTimers;
import muster.scheduler.broker.Watches;
import muster.scheduler.broker.Writer;
import muster.scheduler.client.ServerApi;
import muster.scheduler.state.Command;
import muster.scheduler.state.JsonCommandCodec;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler server in this process. {@link #attach} before the log group starts, {@link #start} after it. Any thread may
 * call the parts it hands out.
 */
public final class SchedulerServer implements AutoCloseable {
    /** The part's name in the log. */
    public static final String PART = "scheduler";
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerServer.class);
    private static final long AGAIN_MILLIS = 200;
    private static final Duration FIRST_LEAD = Duration.ofSeconds(10);

    private final LogGroup group;
    private final Store store;
    private final Writer writer;
    private final ThreadTimers timers = new ThreadTimers();
    private final Watches watches;
    private final Leader leader;
    private final Nodes nodes;
    private final CountDownLatch led = new CountDownLatch(1);
    private volatile boolean closed;

    private SchedulerServer(LogGroup group, Store store, Writer writer, LeaderSettings settings, RandomGenerator random) {
        this.group = group;
        this.store = store;
        this.writer = writer;
        watches = new Watches(store);
        leader = new Leader(writer, timers, random, settings);
        leader.standsBy(group::isLeader);
        store.listen(leader);
        nodes = new Nodes(writer, leader, watches);
    }

    /**
     * Attaches to a log group that has not started yet.
     *
     * @param random safe for several threads; for ids, node order and ports
     */
    public static SchedulerServer attach(LogGroup group, LeaderSettings settings, InstantSource clock, RandomGenerator random) {
        Store store = new Store();
        ReplicatedLog<Command, Store.Result> log = group.attach(PART, new JsonCommandCodec(), store);
        return new SchedulerServer(group, store, new Writer(log, store, clock, random), settings, random);
    }

    /** Takes part from now on: leads whenever the log group does. Where that is so already, returns when it does. */
    public void start() {
        group.onLeadership(this::leads);
        try {
            if (group.isLeader() && !awaitLead(FIRST_LEAD)) {
                LOG.warn("lead not taken up yet time={}", FIRST_LEAD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until this server leads for the first time; false where it does not within the time. */
    public boolean awaitLead(Duration atMost) throws InterruptedException {
        return led.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** On the thread of the log that tells of it. */
    private void leads(boolean now) {
        if (!now) {
            leader.follow();
            return;
        }
        try {
            while (!closed && group.isLeader()) {
                try {
                    leader.lead();
                    led.countDown();
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("lead not taken up, trying again while this server has it reason={}", e.toString());
                    Thread.sleep(AGAIN_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For the client of a node in the same process. */
    public ServerApi clients() {
        return nodes;
    }

    public State state() {
        return store.state();
    }

    public Store store() {
        return store;
    }

    public Writer writer() {
        return writer;
    }

    public Leader leader() {
        return leader;
    }

    public Watches watches() {
        return watches;
    }

    @Override
    public void close() {
        closed = true;
        leader.close();
        timers.close();
    }
}
