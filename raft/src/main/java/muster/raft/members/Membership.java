package muster.raft.members;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import muster.raft.Greeting;
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
 * <p>What is known and judged is in the {@link Roster}; here it is wired to connections, a timer and a file. Any thread may call.
 */
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long TICK_MILLIS = 250;

    /** What came of looking for others: how many were found, and why the rest was not. */
    public record Joined(int count, List<String> problems) {}

    private final MemberSettings settings;
    private final InstantSource clock;
    private final MemberFile file;
    private final Calls calls;
    private final Doorway doorway;
    private final Questions questions = new Questions();
    private final Roster roster;
    private final Dialers dialers;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Function<AgentMember, Optional<String>>> admissions = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("members-timer").daemon().factory());
    private final Probes probes;
    private final Search search;

    /** When time was last let pass: the timer's alone, after the start. */
    private long ticked;
    private volatile boolean closed;

    /** @param self what the others are told first; host, port and incarnation are set at the start */
    public Membership(MemberSettings settings, AgentMember self, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        MemberSettings.Times times = settings.times();
        Greeting greeting = new Greeting(Greeting.MEMBERS, settings.secret());
        file = new MemberFile(settings.file());
        roster = new Roster(self, times);
        dialers = new Dialers(roster, times, new Dialing());
        calls = new Calls(settings, greeting, roster::self, questions::handler);
        doorway = new Doorway(settings, greeting, roster::self, questions::handler);
        search = new Search(settings, calls, () -> self().port(), new Searching());
        probes = new Probes(times.answer(), silent -> roster.refused(silent.name()));
        questions.answer(Beat.KIND, this::beat);
    }

    /** Answers questions of a kind from now on. */
    public void answer(String kind, RequestHandler handler) {
        questions.answer(kind, handler);
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
        roster.begin(host, port, file.load(), clock.millis());
        ticked = System.nanoTime();
        dialers.follow();
        doorway.start();
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        search.start();
        LOG.info("members found at address={} server={} known={}", self().address(), self().server(), members().size() - 1);
    }

    /** This agent. */
    public AgentMember self() {
        return roster.self();
    }

    /** All agents that are or were there, this one among them, by name. */
    public List<AgentMember> members() {
        return roster.members();
    }

    /** The servers that are there, those that answered this agent last in front. */
    public List<AgentMember> servers() {
        String own = self().name();
        List<AgentMember> answering = new ArrayList<>();
        List<AgentMember> silent = new ArrayList<>();
        for (AgentMember member : roster.members()) {
            if (member.server() && member.isAlive()) {
                (member.name().equals(own) || dialers.isConnected(member.name()) ? answering : silent).add(member);
            }
        }
        answering.addAll(silent);
        return List.copyOf(answering);
    }

    /** For how long a member was not heard, where this agent listens for it. */
    public Optional<Duration> silence(String name) {
        return roster.silenceOf(name);
    }

    /** Tells the others something of this agent; nothing happens where they know it. */
    public void tell(Map<String, String> tags) {
        if (roster.tell(tags)) {
            dialers.follow();
            changed(true);
        }
    }

    /** Asks another agent, or itself. Fails with {@link AskException}; cancelling the answer withdraws the question. */
    public CompletableFuture<byte[]> ask(String name, String kind, byte[] body) {
        Optional<AgentMember> member = roster.find(name);
        if (member.isEmpty()) {
            return CompletableFuture.failedFuture(new AskException(Reason.NOT_SENT, "no agent named \"" + name + "\" is known"));
        }
        if (name.equals(self().name())) {
            return questions.askSelf(name, kind, body);
        }
        return calls.ask(member.get(), kind, body);
    }

    /** Looks for agents at the addresses, hosts with or without a port. Blocks; several seconds where nobody answers. */
    public Joined join(List<String> addresses) throws InterruptedException {
        return search.join(addresses);
    }

    /** What one {@link Search} says and hears. */
    private final class Searching implements Search.Owner {
        @Override
        public Beat beat() {
            return roster.introduction();
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
        return CompletableFuture.completedFuture(roster.answer(beat).bytes());
    }

    private Optional<String> refusal(AgentMember sender) {
        Optional<String> unfit = roster.refusal(sender);
        if (unfit.isPresent()) {
            return unfit;
        }
        return admissions.stream().map(rule -> rule.apply(sender)).flatMap(Optional::stream).findFirst();
    }

    /** Takes in what another agent told, and that it is there. */
    private void take(Beat told) {
        Roster.Heard heard = roster.heard(told);
        if (heard.news()) {
            dialers.follow();
            changed(heard.own() || self().server());
        }
    }

    /** @param spread whether others should hear of it at once */
    private void changed(boolean spread) {
        if (spread) {
            dialers.wake();
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
            long now = System.nanoTime();
            Roster.Passed passed = roster.pass(now - ticked, clock.millis());
            ticked = now;
            for (AgentMember member : passed.failed()) {
                LOG.warn("agent failed name={} address={}", member.name(), member.address());
                calls.drop(member.name());
            }
            if (passed.news()) {
                dialers.follow();
                changed(true);
            }
            if (!passed.save().isEmpty()) {
                file.save(passed.save());
            }
            // Of those that are silent: whether anybody listens where they should be.
            roster.silentFor(settings.times().interval().toNanos() * 5 / 4).forEach(probes::probe);
        } catch (RuntimeException e) {
            // A tick that fails must not end the watch over the others.
            LOG.error("watch over members failed", e);
        }
    }

    /**
     * Says that an agent which failed will not come back. False where there is no agent of that name.
     *
     * @param prune whether it is not to be listed any more
     */
    public boolean forceLeave(String name, boolean prune) {
        Roster.Dismissed dismissed = roster.dismiss(name, prune, clock.millis());
        if (dismissed.news()) {
            dialers.follow();
            LOG.info("agent made to leave name={} prune={}", name, prune);
            changed(true);
        }
        return dismissed.known();
    }

    /**
     * Tells the others that this agent goes for good. Waits a little for them to hear it; {@link #close} is still due.
     *
     * @param rejoin whether it finds them again at its next start; otherwise it begins as one that knows nobody
     */
    public void leave(boolean rejoin) throws InterruptedException {
        Roster.Farewell farewell = roster.leave(clock.millis());
        byte[] last = farewell.last().bytes();
        List<CompletableFuture<byte[]>> answers = farewell.told().stream().map(server -> calls.ask(server, Beat.KIND, last)).toList();
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(settings.times().answer().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("not every server heard that this agent leaves reason={}", e.toString());
        }
        if (rejoin) {
            file.save(farewell.known());
        } else {
            file.forget();
        }
    }

    /** What one {@link Dialer} sees and tells. */
    private final class Dialing implements Dialer.Owner {
        @Override
        public Optional<AgentMember> target(String name) {
            return closed ? Optional.empty() : roster.dialed(name);
        }

        @Override
        public Beat beat(Optional<Long> lastDigest) {
            return roster.beat(lastDigest);
        }

        @Override
        public void answered(String server, Beat answer) {
            take(answer);
            roster.vouched(answer.names());
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
        dialers.close();
        doorway.close();
        calls.close();
    }
}
