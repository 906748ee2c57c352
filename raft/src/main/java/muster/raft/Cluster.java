package muster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import muster.raft.PeerConnection.Kind;
import org.apache.ratis.protocol.RaftClientReply;

/**
 * What a server of several does with the other ones, beside what the engine does: it hands entries to the one that leads
 * ({@link Delivery}), asks it how far to have applied the log before a read, and answers the same questions of others. Any thread may
 * call.
 */
final class Cluster implements AutoCloseable {
    private final ClusterSettings settings;
    private final Peers peers;
    private final PeerListener listener;
    private final ReadLease lease;
    private final SharedRound<Long> confirmations = new SharedRound<>(this::confirm);
    private final Map<ReadMode, SharedRound<Long>> questions = new EnumMap<>(ReadMode.class);
    private final LongSupplier applied;
    private final AppliedWaits waits;
    private final Appenders appenders = new Appenders();
    private final Delivery delivery;
    private volatile Engine engine;
    private volatile Member self;
    private volatile long leaderHeard;
    private volatile boolean heard;
    private volatile boolean closed;

    /** @param applied the index of the newest command applied here */
    Cluster(ClusterSettings settings, LongSupplier applied) {
        this.settings = settings;
        Greeting greeting = new Greeting(Greeting.LOG, settings.secret());
        this.peers = new Peers(settings, greeting);
        this.listener = new PeerListener(settings, greeting, peers, this::answer);
        this.lease = new ReadLease(settings.election().toNanos());
        this.delivery = new Delivery(settings, peers, this::leader);
        this.applied = applied;
        this.waits = new AppliedWaits(applied);
        for (ReadMode mode : ReadMode.values()) {
            questions.put(mode, new SharedRound<>(() -> onThread(() -> askLeader(mode))));
        }
    }

    /** Listens, and returns this server as the others will know it. */
    Member open(String id) throws IOException {
        int port = listener.bind();
        String host = new Member(id, settings.listen()).host();
        self = settings.advertise().map(address -> new Member(id, address)).filter(member -> member.port() != 0)
                .orElseGet(() -> new Member(id, settings.advertise().map(address -> new Member(id, address).host()).orElse(host) + ":" + port));
        peers.be(self);
        listener.start();
        return self;
    }

    ClusterSettings settings() {
        return settings;
    }

    Peers peers() {
        return peers;
    }

    Appenders appenders() {
        return appenders;
    }

    void use(Engine opened) {
        delivery.use(opened);
        engine = opened;
    }

    /** See {@link RatisLogGroup#moved}. */
    void moved(Member member) {
        peers.moved(member);
    }

    Optional<Member> leader() {
        Engine running = engine;
        return running == null ? Optional.empty() : running.leader().flatMap(this::member);
    }

    List<Member> members() {
        Engine running = engine;
        return running == null ? List.of() : running.members().stream().map(this::located).toList();
    }

    private Optional<Member> member(String id) {
        return members().stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** With the newest address that is known. */
    private Member located(Member member) {
        return member.id().equals(self.id()) ? self : new Member(member.id(), peers.address(member.id(), member.address()));
    }

    /** How long ago the leader was heard; nothing before the first time, and on the leader itself. */
    Optional<Duration> lastContact() {
        return !heard || engine != null && engine.isLeader()
                ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - leaderHeard));
    }

    void lostLead() {
        lease.lost();
    }

    /** This server applied the log up to the index. */
    void advanced(long index) {
        waits.advanced(index);
    }

    Delivery delivery() {
        return delivery;
    }

    /** See {@link LogGroup#current}. */
    CompletableFuture<Void> current(ReadMode mode) {
        if (engine.isLeaderReady()) {
            return leaderIndex(mode).thenApply(index -> null);
        }
        return questions.get(mode).join().thenCompose(waits::until)
                .orTimeout(settings.hold().toMillis() + settings.request().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The index up to which a reader has to have applied the log; only on the leader. */
    private CompletableFuture<Long> leaderIndex(ReadMode mode) {
        if (mode == ReadMode.LEASE && lease.isHeld(System.nanoTime())) {
            if (!lease.isHeld(System.nanoTime() + lease.length() / 2)) {
                // Renewed while it is in use, so that readers seldom wait for a majority.
                confirmations.join();
            }
            return CompletableFuture.completedFuture(applied.getAsLong());
        }
        return confirmations.join();
    }

    private CompletableFuture<Long> confirm() {
        long askedAt = System.nanoTime();
        CompletableFuture<RaftClientReply> asked;
        try {
            asked = engine.confirm();
        } catch (UnsupportedOperationException e) {
            // The engine would pass the question on to the leader that it has by now.
            return CompletableFuture.failedFuture(leadsNoMore());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        return asked.orTimeout(settings.hold().toMillis(), TimeUnit.MILLISECONDS).thenApply(reply -> {
            if (!reply.isSuccess() || !engine.isLeader()) {
                throw new CompletionException(leadsNoMore());
            }
            lease.confirmed(askedAt);
            return applied.getAsLong();
        });
    }

    private NotLeaderException leadsNoMore() {
        return new NotLeaderException("this server does not lead any more", leader().map(Member::address));
    }

    private long askLeader(ReadMode mode) throws InterruptedException {
        long end = System.nanoTime() + settings.hold().toNanos();
        String trouble = "no server leads";
        while (!closed) {
            Optional<String> leader = engine.leader();
            try {
                if (leader.isPresent() && leader.get().equals(self.id())) {
                    return leaderIndex(mode).get(settings.hold().toMillis(), TimeUnit.MILLISECONDS);
                }
                if (leader.isPresent()) {
                    return ByteBuffer.wrap(peers.ask(leader.get(), Kind.READ, new byte[] {(byte) mode.ordinal()})).getLong();
                }
            } catch (IOException | ExecutionException | TimeoutException e) {
                trouble = e.getMessage();
            }
            if (System.nanoTime() - end > 0) {
                break;
            }
            Thread.sleep(Delivery.RETRY_MILLIS);
        }
        throw new NotLeaderException("the state can't be read consistently: " + trouble, leader().map(Member::address));
    }

    private interface Blocking<T> {
        T call() throws InterruptedException;
    }

    private static <T> CompletableFuture<T> onThread(Blocking<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().name("log-ask").start(() -> {
            try {
                result.complete(work.call());
            } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /**
     * Carries out a change where the leader is, and returns when it is committed. Throws {@link NotLeaderException} where
     * nobody leads, {@link IllegalArgumentException} or {@link IllegalStateException} with the leader's reason.
     */
    void change(Change change) {
        Optional<String> leader = engine.leader();
        if (leader.isEmpty()) {
            throw new NotLeaderException("no server leads, so the members can't be changed; try again", Optional.empty());
        }
        try {
            if (leader.get().equals(self.id())) {
                changeHere(change);
            } else {
                peers.ask(leader.get(), Kind.CHANGE, change.bytes());
            }
        } catch (IOException e) {
            throw new IllegalStateException("the members were not changed: " + e.getMessage(), e);
        }
    }

    private synchronized void changeHere(Change change) throws IOException {
        if (!engine.isLeaderReady()) {
            throw new IOException("this server does not lead");
        }
        List<Member> after = Change.apply(members(), change);
        RaftClientReply reply = switch (change) {
            case Change.Add(Member member) -> {
                peers.moved(member);
                yield engine.change(after);
            }
            case Change.Remove remove -> engine.change(after);
            case Change.Transfer(String id) -> {
                // The new leader is elected without waiting for an election time.
                lease.forbid(System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
                yield engine.transfer(id);
            }
        };
        if (!reply.isSuccess()) {
            throw new IOException(String.valueOf(reply.getException().getMessage()));
        }
    }

    private CompletionStage<byte[]> answer(Member from, PeerConnection.Request request) throws IOException {
        Engine running = engine;
        if (running == null || closed) {
            throw new IOException("this server is not running yet");
        }
        if (request.kind() == Kind.APPEND || request.kind() == Kind.SNAPSHOT) {
            leaderHeard = System.nanoTime();
            heard = true;
        }
        // These two hold no thread while they are synced and committed.
        return switch (request.kind()) {
            case APPEND -> running.append(request.body());
            case PROPOSE -> take(running, from, Forwarded.of(request.body()));
            case VOTE, SNAPSHOT, START_ELECTION, READ, CHANGE -> CompletableFuture.completedFuture(answer(running, request));
        };
    }

    /** An entry of another server; answered when it is committed and applied here. */
    private CompletionStage<byte[]> take(Engine running, Member from, Forwarded forwarded) throws IOException {
        return running.submit(forwarded.writer(), forwarded.call(), forwarded.entry())
                .copy().orTimeout(settings.hold().toMillis(), TimeUnit.MILLISECONDS).handle((reply, error) -> {
                    Throwable refusal = error == null ? reply.getException() : error instanceof CompletionException ? error.getCause() : error;
                    if (refusal != null) {
                        throw new CompletionException(new IOException(refusal instanceof TimeoutException ? late() : String.valueOf(refusal.getMessage())));
                    }
                    // Its writer answers when it has applied it, so it should hear at once that it may.
                    appenders.tell(from.id());
                    return new byte[0];
                });
    }

    private byte[] answer(Engine running, PeerConnection.Request request) throws IOException {
        return switch (request.kind()) {
            case SNAPSHOT, VOTE, START_ELECTION -> running.answer(request.kind(), request.body());
            case APPEND, PROPOSE -> throw new IllegalArgumentException(request.kind() + " is not waited for");
            case READ -> {
                if (!running.isLeaderReady()) {
                    throw new IOException("this server does not lead");
                }
                int mode = request.body().length == 1 ? request.body()[0] : -1;
                if (mode < 0 || mode >= ReadMode.values().length) {
                    throw new IOException("a read of mode " + mode + " is not known; a newer version asked for it");
                }
                yield ByteBuffer.allocate(Long.BYTES).putLong(await(leaderIndex(ReadMode.values()[mode]))).array();
            }
            case CHANGE -> {
                changeHere(Change.of(request.body()));
                yield new byte[0];
            }
        };
    }

    private String late() {
        return "no majority answered in " + settings.hold().toMillis() + " ms";
    }

    private <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(settings.hold().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(late(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("this server is being stopped", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        delivery.close();
        listener.close();
        peers.close();
        waits.fail(new NotLeaderException("the log is closed", Optional.empty()));
    }
}
