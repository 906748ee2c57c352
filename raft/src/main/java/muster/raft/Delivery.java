package muster.raft;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import muster.raft.PeerConnection.Kind;
import muster.raft.PeerConnection.RefusedException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the entries of a server of several into the log, here or on the server that leads. Any thread may call.
 */
final class Delivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    /** Between two tries to reach a leader. Elections take some hundred milliseconds. */
    static final long RETRY_MILLIS = 15;

    private final ClusterSettings settings;
    private final Peers peers;
    private final Supplier<Optional<Member>> leader;
    /** For entries that the engine here gave back: at most {@link Proposals#PIPELINE}. */
    private final ExecutorService deliveries =
            Executors.newCachedThreadPool(Thread.ofPlatform().name("log-deliver-", 0).daemon().factory());
    private volatile Engine engine;
    private volatile boolean closed;

    /** @param leader who leads, as far as this server knows */
    Delivery(ClusterSettings settings, Peers peers, Supplier<Optional<Member>> leader) {
        this.settings = settings;
        this.peers = peers;
        this.leader = leader;
    }

    /** Before the first entry. */
    void use(Engine opened) {
        engine = opened;
    }

    /** Writes an entry here where this server leads, and answers whether it did. Does not block. */
    boolean write(Batch batch, byte[] entry, Proposals proposals) {
        if (engine.isLeader()) {
            try {
                engine.submit(batch.call(), entry).whenComplete((reply, error) -> {
                    if (error != null || !reply.isSuccess()) {
                        insistAside(batch, entry, proposals);
                    }
                });
                return true;
            } catch (IOException | RuntimeException e) {
                LOG.debug("entry not taken here call={} reason={}", batch.call(), e.toString());
            }
        }
        return false;
    }

    private void insistAside(Batch batch, byte[] entry, Proposals proposals) {
        try {
            deliveries.execute(() -> send(batch, entry, proposals));
        } catch (RejectedExecutionException e) {
            // Who closes the log fails what is under way.
            LOG.debug("entry not sent call={} reason=\"the log is being closed\"", batch.call());
        }
    }

    /**
     * Gets an entry into the log, whoever leads, within the hold time. It is sent again, under the same number, as often as its
     * fate is unknown: it is applied once. Then its batch is answered by applying it, or failed by the proposals' owner here. Blocks.
     */
    void send(Batch batch, byte[] entry, Proposals proposals) {
        long end = System.nanoTime() + settings.hold().toNanos();
        String trouble = "no server leads";
        try {
            while (!closed && !batch.answered().isDone()) {
                try {
                    if (tryOnce(batch, entry)) {
                        // What is left is to apply it here, which a server that is cut off now may not do soon.
                        batch.answered().get(Math.max(settings.hold().toNanos(), 1), TimeUnit.NANOSECONDS);
                        return;
                    }
                } catch (IOException | ExecutionException | RuntimeException e) {
                    // Also what nobody thought of: the thread is the proposers', and there are only a few.
                    trouble = e.getMessage();
                }
                if (System.nanoTime() - end > 0) {
                    break;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        } catch (TimeoutException e) {
            trouble = "it was written, but not applied here in " + settings.hold().toMillis() + " ms";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            trouble = "interrupted";
        }
        if (batch.answered().isDone()) {
            return;
        }
        proposals.fail(batch, batch.isWritten()
                ? new OutcomeUnknownException("no leader confirmed the command in " + settings.hold().toMillis() + " ms ("
                        + trouble + "); it may be applied later")
                : new NotLeaderException("the log did not take the command: " + trouble, leader.get().map(Member::address)));
    }

    /** True where the entry was taken. */
    private boolean tryOnce(Batch batch, byte[] entry)
            throws IOException, ExecutionException, InterruptedException, TimeoutException {
        Optional<String> leading = engine.leader();
        if (leading.isEmpty()) {
            return false;
        }
        if (leading.get().equals(peers.self().id())) {
            RaftClientReply reply = engine.submit(batch.call(), entry).get(settings.hold().toNanos(), TimeUnit.NANOSECONDS);
            return reply.isSuccess();
        }
        batch.written();
        try {
            peers.ask(leading.get(), Kind.PROPOSE, new Forwarded(engine.client(), batch.call(),
                    UnsafeByteOperations.unsafeWrap(entry)).bytes());
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    /** Tries nothing again. Who closes the log fails what is under way. */
    @Override
    public void close() {
        closed = true;
        deliveries.shutdown();
    }
}
