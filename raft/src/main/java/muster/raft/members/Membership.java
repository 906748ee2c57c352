package muster.raft.members;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import muster.raft.Greeting;
import muster.raft.members.AgentMember.Status;
import muster.raft.members.AskException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This agent among the others: it finds them, keeps the list of all, and carries questions to them.
 *
 * <p>Each agent keeps a connection to each server, says over it every second that it is there, and gets what changed in the
 * list. Servers alone judge that an agent failed: when none of them heard it for a while. Servers dial each other the same way, so
 * any of them has the whole list. What an agent says of itself outweighs what others say of it.
 *
 * <p>Any thread may call. A lock guards the table and the watch over the others; nothing blocks while it is held.
 */
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long TICK_MILLIS = 250;
    private static final Duration KEEP_LEFT = Duration.ofHours(24);

    /** What came of looking for others: how many were found, and why the rest was not. */
    public record Joined(int count, List<String> problems) {}

    private final MemberSettings settings;
    private final InstantSource clock;
    private final Greeting greeting;
    private final MemberFile file;
    private final Calls calls;
    private final Doorway doorway;
    private final Map<String, RequestHandler> handlers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Function<AgentMember, Optional<String>>> admissions = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("members-timer").daemon().factory());
    private final Probes probes;
    private final Search search;

    private final Object lock = new Object();
    private final MemberTable table;
    private final Liveness liveness;
    private final Map<String, Dialer> dialers = new HashMap<>();
    private long ticked;
    private boolean unsaved;
    private volatile boolean closed;

    /** @param self what the others are told first; host, port and incarnation are set at the start */
    public Membership(MemberSettings settings, AgentMember self, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        greeting = new Greeting(Greeting.MEMBERS, settings.secret());
        file = new MemberFile(settings.file());
        table = new MemberTable(self);
        MemberSettings.Times times = settings.times();
        liveness = new Liveness(times.silence(), times.refusal(), times.doubt());
        Function<String, Optional<RequestHandler>> kinds = kind -> Optional.ofNullable(handlers.get(kind));
        calls = new Calls(settings, greeting, this::self, kinds);
        doorway = new Doorway(settings, greeting, this::self, kinds);
        search = new Search(settings, calls, () -> self().port(), new Searching());
        probes = new Probes(times.answer(), this::refused);
        handlers.put(Beat.KIND, this::beat);
    }

    /** Answers questions of a kind from now on. */
    public void answer(String kind, RequestHandler handler) {
        if (handlers.putIfAbsent(kind, handler) != null) {
            throw new IllegalArgumentException("questions of the kind " + kind + " are answered already");
        }
    }

    /** Is asked about each agent that comes: the text why it may not, or nothing. Must not block. */
    public void admit(Function<AgentMember, Optional<String>> rule) {
        admissions.add(rule);
    }

    /** Is called after changes of the list, on one thread; several changes may be one call. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Takes the join port, and looks for others from now on. Throws {@link IOException} naming the address that can't be had. */
    public void start() throws IOException {
        int port = doorway.bind();
        String listened = settings.listen().substring(0, settings.listen().lastIndexOf(':'));
        String host = Calls.unbracketed(settings.advertise().orElse(listened));
        synchronized (lock) {
            long began = clock.millis();
            AgentMember own = table.self().at(host, port);
            for (AgentMember known : file.load()) {
                if (known.name().equals(own.name())) {
                    began = Math.max(began, known.incarnation() + 1);
                } else {
                    table.merge(known);
                }
            }
            table.be(own.with(Status.ALIVE, began, clock.millis()));
            ticked = System.nanoTime();
            follow();
        }
        doorway.start();
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        search.start();
        LOG.info("members found at address={} server={} known={}", self().address(), self().server(), members().size() - 1);
    }

    /** This agent. */
    public AgentMember self() {
        synchronized (lock) {
            return table.self();
        }
    }

    /** All agents that are or were there, this one among them, by name. */
    public List<AgentMember> members() {
        synchronized (lock) {
            return table.all().stream().filter(member -> member.status() != Status.GONE).toList();
        }
    }

    /** The servers that are there, those that answered this agent last in front. */
    public List<AgentMember> servers() {
        synchronized (lock) {
            List<AgentMember> alive = table.all().stream().filter(member -> member.server() && member.isAlive()).toList();
            List<AgentMember> sorted = new ArrayList<>(alive.stream().filter(this::answers).toList());
            alive.stream().filter(member -> !answers(member)).forEach(sorted::add);
            return List.copyOf(sorted);
        }
    }

    private boolean answers(AgentMember member) {
        Dialer dialer = dialers.get(member.name());
        return member.name().equals(table.self().name()) || dialer != null && dialer.isConnected();
    }

    /** For how long a member was not heard, where this agent listens for it. */
    public Optional<Duration> silence(String name) {
        synchronized (lock) {
            return liveness.silenceOf(name);
        }
    }

    /** Tells the others something of this agent; nothing happens where they know it. */
    public void tell(Map<String, String> tags) {
        synchronized (lock) {
            if (table.self().tags().entrySet().containsAll(tags.entrySet())) {
                return;
            }
            table.be(table.self().withTags(tags));
            follow();
        }
        changed(true);
    }

    /** Asks another agent, or itself. Fails with {@link AskException}; cancelling the answer withdraws the question. */
    public CompletableFuture<byte[]> ask(String name, String kind, byte[] body) {
        Optional<AgentMember> member;
        synchronized (lock) {
            member = table.find(name);
        }
        if (member.isEmpty()) {
            return CompletableFuture.failedFuture(new AskException(Reason.NOT_SENT, "no agent named \"" + name + "\" is known"));
        }
        if (name.equals(self().name())) {
            return askSelf(name, kind, body);
        }
        return calls.ask(member.get(), kind, body);
    }

    private CompletableFuture<byte[]> askSelf(String name, String kind, byte[] body) {
        RequestHandler handler = handlers.get(kind);
        if (handler == null) {
            return CompletableFuture.failedFuture(new AskException(Reason.REFUSED, "questions of the kind " + kind + " are not answered here"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        answer.whenComplete((done, failure) -> gone.complete(null));
        Thread.ofVirtual().name("member-answer").start(() -> {
            try {
                handler.answer(name, body, gone).whenComplete((done, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(new AskException(Reason.REFUSED, String.valueOf(failure.getMessage())));
                    } else {
                        answer.complete(done);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(new AskException(Reason.REFUSED, String.valueOf(e.getMessage())));
            }
        });
        return answer;
    }

    /** Looks for agents at the addresses, hosts with or without a port. Blocks; several seconds where nobody answers. */
    public Joined join(List<String> addresses) throws InterruptedException {
        return search.join(addresses);
    }

    /** What one {@link Search} says and hears. */
    private final class Searching implements Search.Owner {
        @Override
        public Beat beat() {
            synchronized (lock) {
                return new Beat(table.self(), table.digest(), table.all(), List.of());
            }
        }

        @Override
        public void answered(Beat answer) {
            take(answer);
        }

        @Override
        public boolean knowsOthers() {
            return members().stream().anyMatch(member -> member.isAlive() && !member.name().equals(self().name()));
        }
    }

    /** Answers a {@link Beat} of another agent. */
    private CompletionStage<byte[]> beat(String from, byte[] body, CompletionStage<Void> gone) {
        Beat beat;
        try {
            beat = Beat.of(body);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        Optional<String> refusal = refusal(beat.sender());
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new AskException(Reason.REFUSED, refusal.get()));
        }
        take(beat);
        synchronized (lock) {
            long digest = table.digest();
            return CompletableFuture.completedFuture(new Beat(table.self(), digest, digest == beat.digest() ? List.of() : table.all(),
                    beat.names().stream().filter(liveness::vouches).toList()).bytes());
        }
    }

    private Optional<String> refusal(AgentMember sender) {
        AgentMember own = self();
        if (!sender.datacenter().equals(own.datacenter())) {
            return Optional.of("Member '" + sender.name() + "' part of wrong datacenter '" + sender.datacenter() + "'");
        }
        synchronized (lock) {
            Optional<AgentMember> known = table.find(sender.name());
            if (known.isPresent() && known.get().isAlive() && !known.get().id().equals(sender.id())) {
                return Optional.of("Member '" + sender.name() + "' has the name of another agent, which is at " + known.get().address()
                        + "; give each agent a name of its own");
            }
        }
        return admissions.stream().map(rule -> rule.apply(sender)).flatMap(Optional::stream).findFirst();
    }

    /** Takes in what another agent told, and that it is there. */
    private void take(Beat told) {
        boolean news;
        boolean own;
        synchronized (lock) {
            AgentMember before = table.self();
            news = table.merge(told.sender());
            for (AgentMember row : told.rows()) {
                news |= table.merge(row);
            }
            own = table.self() != before;
            if (news) {
                follow();
            }
            liveness.heard(told.sender().name());
        }
        if (news) {
            changed(own || self().server());
        }
    }

    /** After each change of the table, under the lock: whom to dial, whom to watch. */
    private void follow() {
        unsaved = true;
        Set<String> watched = new HashSet<>();
        for (AgentMember member : table.others()) {
            if (member.server() && member.isExpected() && !dialers.containsKey(member.name()) && !closed) {
                Dialer dialer = new Dialer(member.name(), settings.times(), new Dialing());
                dialers.put(member.name(), dialer);
                dialer.start();
            }
            if (table.self().server() && (member.status() == Status.ALIVE || member.status() == Status.LEAVING)) {
                watched.add(member.name());
            }
        }
        liveness.watch(watched);
        dialers.keySet().removeIf(name -> !isDialed(name));
    }

    private boolean isDialed(String name) {
        return table.find(name).filter(member -> member.server() && member.isExpected()).isPresent();
    }

    /** @param spread whether others should hear of it at once */
    private void changed(boolean spread) {
        if (spread) {
            synchronized (lock) {
                dialers.values().forEach(Dialer::wake);
            }
        }
        try {
            timer.execute(this::tellListeners);
        } catch (RejectedExecutionException e) {
            LOG.debug("change not told, the agent is being stopped");
        }
    }

    private void tellListeners() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("listener to members failed", e);
            }
        }
    }

    private void tick() {
        try {
            List<AgentMember> failed = new ArrayList<>();
            boolean news;
            List<AgentMember> save = List.of();
            synchronized (lock) {
                long now = System.nanoTime();
                for (String name : liveness.pass(now - ticked)) {
                    if (table.judge(name, Status.FAILED, clock.millis())) {
                        table.find(name).ifPresent(failed::add);
                    }
                }
                ticked = now;
                news = !failed.isEmpty() | table.forget(clock.millis(), settings.times().reconnect(), KEEP_LEFT);
                if (news) {
                    follow();
                }
                if (unsaved && table.self().status() == Status.ALIVE) {
                    unsaved = false;
                    save = table.all();
                }
            }
            for (AgentMember member : failed) {
                LOG.warn("agent failed name={} address={}", member.name(), member.address());
                calls.drop(member.name());
            }
            if (news) {
                changed(true);
            }
            if (!save.isEmpty()) {
                file.save(save);
            }
            probe();
        } catch (RuntimeException e) {
            // A tick that fails must not end the watch over the others.
            LOG.error("watch over members failed", e);
        }
    }

    /** Finds out of those that are silent whether anybody listens where they should be. */
    private void probe() {
        long late = settings.times().interval().toNanos() * 5 / 4;
        List<AgentMember> silent;
        synchronized (lock) {
            silent = table.others().stream()
                    .filter(member -> liveness.silenceOf(member.name()).filter(time -> time.toNanos() > late).isPresent()).toList();
        }
        silent.forEach(probes::probe);
    }

    private void refused(AgentMember member) {
        synchronized (lock) {
            liveness.refused(member.name());
        }
    }

    /**
     * Says that an agent which failed will not come back. False where there is no agent of that name.
     *
     * @param prune whether it is not to be listed any more
     */
    public boolean forceLeave(String name, boolean prune) {
        boolean known;
        boolean news = false;
        synchronized (lock) {
            Optional<AgentMember> member = table.find(name).filter(found -> found.status() != Status.GONE);
            known = member.isPresent();
            if (known && (prune || member.get().isExpected())) {
                news = table.judge(name, prune ? Status.GONE : Status.LEFT, clock.millis());
                follow();
            }
        }
        if (news) {
            LOG.info("agent made to leave name={} prune={}", name, prune);
            changed(true);
        }
        return known;
    }

    /**
     * Tells the others that this agent goes for good. Waits a little for them to hear it; {@link #close} is still due.
     *
     * @param rejoin whether it finds them again at its next start; otherwise it begins as one that knows nobody
     */
    public void leave(boolean rejoin) throws InterruptedException {
        List<AgentMember> told;
        List<AgentMember> known;
        byte[] last;
        synchronized (lock) {
            table.be(table.self().with(Status.LEFT, table.self().incarnation(), clock.millis()));
            told = table.others().stream().filter(member -> member.server() && member.isAlive()).toList();
            known = table.all();
            last = new Beat(table.self(), table.digest(), List.of(), List.of()).bytes();
        }
        List<CompletableFuture<byte[]>> answers = told.stream().map(server -> calls.ask(server, Beat.KIND, last)).toList();
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(settings.times().answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("not every server heard that this agent leaves reason={}", e.toString());
        }
        if (rejoin) {
            file.save(known);
        } else {
            file.forget();
        }
    }

    /** What one {@link Dialer} sees and tells. */
    private final class Dialing implements Dialer.Owner {
        @Override
        public Optional<AgentMember> target(String name) {
            synchronized (lock) {
                return closed || !isDialed(name) ? Optional.empty() : table.find(name);
            }
        }

        @Override
        public Beat beat(Optional<Long> lastDigest) {
            synchronized (lock) {
                boolean differs = lastDigest.isEmpty() || lastDigest.get() != table.digest();
                return new Beat(table.self(), table.digest(), differs ? table.all() : List.of(),
                        table.self().server() ? liveness.suspects() : List.of());
            }
        }

        @Override
        public void answered(String server, Beat answer) {
            take(answer);
            synchronized (lock) {
                answer.names().forEach(liveness::heard);
            }
        }

        @Override
        public void missed(String server, String reason) {
            LOG.debug("server does not answer name={} reason={}", server, reason);
            calls.drop(server);
        }

        @Override
        public Link connect(AgentMember server) throws IOException {
            return calls.connect(server.host(), server.port());
        }
    }

    /** Whether {@link #join} or the configuration found anybody since the start. */
    public boolean hasJoined() {
        return search.hasFound();
    }

    /** Stops without a word: the others will find that this agent failed. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        search.close();
        synchronized (lock) {
            dialers.values().forEach(Dialer::close);
            dialers.clear();
        }
        doorway.close();
        calls.close();
    }
}
