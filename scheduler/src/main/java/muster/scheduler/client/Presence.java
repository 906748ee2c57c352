package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the servers that a node is there and what it has: registers it, again where it is not known any more, and beats for as long as it
 * lives. Thread-safe; one virtual thread beats.
 */
final class Presence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration MIN_BEAT = Duration.ofMillis(100);

    private final ServerApi servers;
    private final String node;
    private final InstantSource clock;
    private final Runnable known;
    private final Consumer<Duration> silence;
    private final Thread beating;
    /** As it was registered last, or is to be next. */
    private volatile Node newest;
    private volatile boolean registered;
    private volatile boolean closed;
    /** When a server last answered; the beating thread's. */
    private Instant heard;

    /**
     * @param known is run by the beating thread after every registration
     * @param silence is told by it for how long no server has answered, after each attempt
     */
    Presence(ServerApi servers, Node node, InstantSource clock, Runnable known, Consumer<Duration> silence) {
        this.servers = servers;
        this.node = node.id();
        this.newest = node;
        this.clock = clock;
        this.known = known;
        this.silence = silence;
        this.heard = clock.instant();
        this.beating = Thread.ofVirtual().name("client-heartbeat").unstarted(this::beat);
    }

    void begin() {
        beating.start();
    }

    private void beat() {
        try {
            while (!closed) {
                Duration pause = RETRY;
                try {
                    Node told = newest;
                    boolean fresh = !registered;
                    ServerApi.Heartbeat answer = fresh
                            ? servers.register(told.withStatus(Node.READY))
                            : servers.updateStatus(node, Node.READY);
                    heard = clock.instant();
                    if (fresh) {
                        registered = true;
                        LOG.info("node registered node={} ttl={}", node, answer.ttl());
                        known.run();
                        if (told != newest) {
                            // Something changed meanwhile, when the node was not registered yet.
                            registered = false;
                            continue;
                        }
                    }
                    Duration half = answer.ttl().dividedBy(2);
                    pause = half.compareTo(MIN_BEAT) < 0 ? MIN_BEAT : half;
                } catch (ServerUnreachableException e) {
                    LOG.warn("heartbeat missed, trying again node={} error={}", node, e.getMessage());
                    silence.accept(Duration.between(heard, clock.instant()));
                } catch (RuntimeException e) {
                    // Most likely the server does not know this node (any more).
                    LOG.warn("node refused, registering again node={} error={}", node, e.toString());
                    registered = false;
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The node is another now: what the servers know of it decides what they place here. What can't be told now goes with the next registration. */
    void change(UnaryOperator<Node> change, List<NodeEvent> events) {
        synchronized (this) {
            newest = change.apply(newest);
        }
        if (!registered || closed) {
            return;
        }
        try {
            servers.register(newest.withStatus(Node.READY));
            if (!events.isEmpty()) {
                servers.addEvents(node, events);
            }
        } catch (RuntimeException e) {
            LOG.warn("node's state not told node={} error={}", node, e.toString());
            registered = false;
        }
    }

    @Override
    public void close() {
        closed = true;
        beating.interrupt();
    }
}
