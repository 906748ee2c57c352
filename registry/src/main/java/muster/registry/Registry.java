package muster.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import muster.raft.Applied;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.ReadMode;
import muster.raft.ReplicatedLog;
import muster.registry.acl.AccessControl;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AclDuties;
import muster.registry.acl.StateTokens;
import muster.registry.acl.TokenRights;
import muster.registry.query.Answer;
import muster.registry.query.BlockingQueries;
import muster.registry.query.HeldAnswers;
import muster.registry.query.StateQuery;
import muster.registry.replication.Commands;
import muster.registry.replication.Leadership;
import muster.registry.replication.Pieces;
import muster.registry.replication.Snapshots;
import muster.registry.replication.StateStore;
import muster.registry.state.Changes;
import muster.registry.state.Command;
import muster.registry.state.Result;
import muster.registry.state.Session;
import muster.registry.state.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's registry: commands go in through {@link #propose}, readers take a {@link #snapshot} or wait for a newer
 * answer. Any thread may call; nothing here blocks. Made before the log group starts.
 */
public final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    /** Leaves room for more log entries than there will be. */
    private static final int HISTORY_SHIFT = 48;

    private final String datacenter;
    private final InstantSource clock;
    private final LogGroup group;
    private final StateStore store;
    private final ReplicatedLog<Command, Result> log;
    private final HeldAnswers answers;
    private final BlockingQueries queries;
    private final Leadership leadership;
    private volatile Runnable restored = () -> {};
    private final StateTokens tokens;
    private final AccessControl access;
    private final AclDuties duties;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final Instant begun;
    private volatile BiFunction<State, Instant, List<Command>> further = (state, now) -> List.of();
    private volatile Function<String, CompletableFuture<Void>> relay = id -> CompletableFuture.failedFuture(
            new NotLeaderException("session " + id + " is renewed by the leader, and there is none", Optional.empty()));

    /**
     * Attaches the registry to a log group that has not been started.
     *
     * @param datacenter its name, {@code dc1} unless configured
     * @param random for the jitter of waits; used by one thread of the registry alone
     */
    public Registry(String datacenter, LogGroup group, InstantSource clock, RandomGenerator random) {
        this(datacenter, group, clock, random, AccessSettings.OFF);
    }

    /** The same with access control. */
    public Registry(
            String datacenter, LogGroup group, InstantSource clock, RandomGenerator random, AccessSettings access) {
        this.datacenter = datacenter;
        this.clock = clock;
        this.begun = clock.instant();
        this.group = group;
        store = new StateStore(this::changed);
        tokens = new StateTokens(access.allowByDefault(), datacenter, () -> store.snapshot().acl(), clock);
        this.access = new AccessControl(access, tokens, clock);
        duties = new AclDuties(access, UUID::randomUUID);
        answers = new HeldAnswers(store::snapshot, store::restorations);
        queries = new BlockingQueries(answers, random);
        leadership = new Leadership(clock, store::snapshot, group::isLeader, this::isLed,
                this::proposeOnce, this::due, () -> queries.changed(Changes.EVERYTHING));
        log = group.attach("registry", new Commands(), store);
        leadership.start();
    }

    /** The time that goes into commands. */
    public InstantSource clock() {
        return clock;
    }

    /** The datacenter's name. */
    public String datacenter() {
        return datacenter;
    }

    /** Completes once the state holds what every cluster begins with, so that tokens of the configuration are known. */
    public CompletableFuture<Void> ready() {
        if (duties.isBegun(snapshot().acl())) {
            ready.complete(null);
        }
        return ready;
    }

    /**
     * Completes once the state here was as new as the leader's for the first time since the start. Before, a server that was started
     * again reads its log, and shows less than it knew: what draws conclusions from what is missing has to wait for this.
     */
    public CompletableFuture<Void> settled() {
        settle();
        return settled.copy();
    }

    /** Whether it is settled; asks the leader where it may be, and does not wait for the answer. */
    private boolean settle() {
        if (!settled.isDone() && group.hasLeader()) {
            group.current(ReadMode.LEASE).thenRun(() -> settled.complete(null));
        }
        return settled.isDone();
    }

    /** Whether the state holds less than this server knows, or nothing at all: an answer from it would be wrong, not only old. */
    public boolean isUnsettled() {
        return !settle() && (group.hasLeader() || snapshot().index() == 0);
    }

    /** Who may do what. */
    public AccessControl access() {
        return access;
    }

    /** What the token with this secret says, for an agent that looks at rights itself; empty where no token has it. */
    public Optional<TokenRights> rights(String secret) {
        return access.isOn() ? tokens.rights(secret) : Optional.of(TokenRights.ALL);
    }

    /**
     * Proposes a command. The result may be a refusal; the future fails only if the log can't take the command
     * ({@link muster.raft.NotLeaderException}). What was applied is in {@link #snapshot} before the future completes.
     */
    public CompletableFuture<Applied<Result>> propose(Command command) {
        return log.propose(command);
    }

    /** The newest state that was applied here. */
    public State snapshot() {
        return store.snapshot();
    }

    /**
     * A number that moves whenever a query's answer may have changed, without computing it; empty where only the answer tells.
     * Two equal ones, the first taken before an answer, say that the answer still holds.
     */
    public OptionalLong revision(StateQuery<?> query) {
        long history = store.restorations();
        OptionalLong index = query.index(store.snapshot());
        return index.isEmpty() ? index : OptionalLong.of(history << HISTORY_SHIFT ^ index.getAsLong());
    }

    /** A number that moves with every change of the state. */
    public long moment() {
        long history = store.restorations();
        return history << HISTORY_SHIFT ^ store.snapshot().index();
    }

    /** Whether a query gives the same object as long as its answer is the same. */
    public boolean holds(StateQuery<?> query) {
        return answers.holds(query);
    }

    /** Answers from the newest state, at once. */
    public <T> Answer<T> read(StateQuery<T> query) {
        return answers.answer(query);
    }

    /**
     * Answers when the answer's index is greater than the given one, at once for index 0, at the latest after the wait.
     * See {@link BlockingQueries#await}.
     */
    public <T> CompletableFuture<Answer<T>> query(
            StateQuery<T> query, long index, Duration wait, CompletionStage<?> gone) {
        return queries.await(query, index, wait, gone);
    }

    /** Pushes each new answer to the listener. See {@link BlockingQueries#subscribe}. */
    public <T> BlockingQueries.Subscription subscribe(StateQuery<T> query, Consumer<Answer<T>> listener) {
        return queries.subscribe(query, listener);
    }

    /** Writes a state as {@link #readState} reads it. */
    public static void writeState(State state, OutputStream out) throws IOException {
        Snapshots.write(state, out);
    }

    /** Reads what any version's {@link #writeState} wrote; throws {@link IOException} saying what is wrong with it. */
    public static State readState(InputStream in) throws IOException {
        return Snapshots.read(in);
    }

    /**
     * The commands that replace everything by a state, to be proposed one after the other: several where it is larger than an entry
     * of the log may be. (snapshot, PUT)
     *
     * @param id of this restoration, new
     */
    public static List<Command> restoration(State state, String id) {
        return Pieces.of(state, id, Pieces.SIZE);
    }

    /** Asked about twice a second. */
    private boolean isLed() {
        settle();
        return group.hasLeader();
    }

    private List<Command> due(State state, Instant now) {
        List<Command> due = new ArrayList<>(duties.due(state.acl(), now));
        due.addAll(further.apply(state, now));
        return due;
    }

    /** What else this server has to write while it leads; asked about twice a second. */
    public void onDuty(BiFunction<State, Instant, List<Command>> commands) {
        further = commands;
    }

    /** Who renews a session, by its id, where another server leads. */
    public void relayRenewals(Function<String, CompletableFuture<Void>> toLeader) {
        relay = toLeader;
    }

    /** Completes when the state here holds all that was answered anywhere before the call; see {@link LogGroup#current}. */
    public CompletableFuture<Void> current(ReadMode mode) {
        return group.current(mode);
    }

    /** How long ago this server heard from the leader; nothing on the leader. */
    public Optional<Duration> lastContact() {
        return group.lastContact();
    }

    public boolean hasLeader() {
        return group.hasLeader();
    }

    /** Starts a session's TTL again, where the leader is; fails with {@link NotLeaderException} where it can't be asked. */
    public CompletableFuture<Void> renew(Session session) {
        if (!group.isLeader()) {
            return relay.apply(session.id());
        }
        leadership.renew(session);
        return CompletableFuture.completedFuture(null);
    }

    /** Whether a key that an ended session lost still refuses new holders. */
    public boolean isLockDelayed(String key) {
        return leadership.isDelayed(key);
    }

    public boolean isLeader() {
        return group.isLeader();
    }

    /** The address of the leader's server port, where one is known. */
    public Optional<String> leader() {
        return group.leader();
    }

    /**
     * How old the state may be: zero while there is a leader that sends what is new, else how long ago one was heard of, or how long
     * this server has run without one.
     */
    public Duration age() {
        if (group.leader().isPresent()) {
            return Duration.ZERO;
        }
        Duration silence = group.lastContact().orElseGet(() -> Duration.between(begun, clock.instant()));
        return silence.isNegative() ? Duration.ZERO : silence;
    }

    /** How many blocking queries wait at present. */
    public int waiting() {
        return queries.waiting();
    }

    /** Ends all waits and timers; the log group is its owner's to close. */
    @Override
    public void close() {
        leadership.close();
        queries.close();
    }

    /** Whom to tell, on the log's thread, that the whole state was replaced; must not block. */
    public void onRestore(Runnable listener) {
        restored = listener;
    }

    private void changed(Changes changes) {
        if (changes.everything()) {
            restored.run();
        }
        leadership.changed(changes);
        queries.changed(changes);
        if (!ready.isDone() && duties.isBegun(store.snapshot().acl())) {
            ready.complete(null);
        }
    }

    private void proposeOnce(Command command) {
        log.propose(command).whenComplete((applied, failure) -> {
            if (failure != null) {
                LOG.warn("leader command failed command={} error={}", command, failure.toString());
            }
        });
    }
}
