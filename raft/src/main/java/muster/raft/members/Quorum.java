package muster.raft.members;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import muster.raft.Member;
import muster.raft.NotLeaderException;
import muster.raft.RatisLogGroup;
import muster.raft.members.AgentMember.Status;
import muster.raft.members.AskException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes servers that know each other the members of one log. A server without a log does what {@link Founding} decides; the one
 * that leads adds servers that wait, removes those that left, and those that failed once another took their seat.
 *
 * <p>To begin a log, one server asks the others for a promise, which each gives to one at a time, and begins when all gave it: so
 * two groups of servers can't both begin one. The rest is done by one thread.
 */
public final class Quorum implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Quorum.class);
    private static final String PROMISE = "log.promise";
    private static final String RELEASE = "log.release";
    private static final String BEGIN = "log.begin";
    private static final long ROUND_MILLIS = 250;
    private static final long ANSWER_MILLIS = 3_000;
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PROMISED_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REMOVED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * By what rules servers get and lose their seats.
     *
     * @param cleanupDeadServers whether one that failed loses its seat to one that came
     * @param minQuorum the number of seats below which none is taken for that
     * @param stabilization for how long a server that waits for a seat has to be there without a break
     */
    public record Rules(boolean cleanupDeadServers, int minQuorum, Duration stabilization) {}

    /** To whom this server promised to begin a log, and since when. */
    private record Promise(String founder, long at) {}

    private final RatisLogGroup group;
    private final Membership members;
    private final int expect;
    private final Supplier<Rules> rules;
    private final Runnable removed;
    private final Semaphore wake = new Semaphore(0);
    private final Map<String, Long> tried = new HashMap<>();
    /** Since when servers without a seat are there, as this leader saw it. */
    private final Map<String, Long> steadySince = new HashMap<>();
    private Optional<Promise> promise = Optional.empty();
    private String waiting = "";
    private long strangerSince;
    private volatile boolean leaving;
    private volatile Thread thread;

    /**
     * @param group started, with a port
     * @param expect with how many servers a log is begun; 0 waits for one that is there
     * @param rules asked while this server leads
     * @param removed called once when the others go on without this server: its log is worth nothing any more
     */
    public Quorum(RatisLogGroup group, Membership members, int expect, Supplier<Rules> rules, Runnable removed) {
        this.group = group;
        this.members = members;
        this.expect = expect;
        this.rules = rules;
        this.removed = removed;
        members.answer(PROMISE, (from, body, gone) -> done(promised(from)));
        members.answer(RELEASE, (from, body, gone) -> done(released(from)));
        members.answer(BEGIN, (from, body, gone) -> done(begun(body)));
        members.admit(this::conflict);
    }

    public void start() {
        members.onChange(wake::release);
        members.tell(seat().tags());
        thread = Thread.ofPlatform().name("log-quorum").daemon().start(this::run);
    }

    private void run() {
        try {
            while (true) {
                try {
                    round();
                } catch (NotLeaderException e) {
                    LOG.debug("members not changed reason={}", e.getMessage());
                } catch (RuntimeException e) {
                    // The next round looks at everything again.
                    LOG.warn("members of the log not looked after reason={}", e.toString(), e);
                }
                if (wake.tryAcquire(ROUND_MILLIS, TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // The agent is being stopped, and this thread with it.
            return;
        }
    }

    private LogSeat seat() {
        List<Member> log = group.members();
        LogSeat.State state = group.isNew() ? LogSeat.State.NEW
                : log.stream().anyMatch(member -> member.id().equals(group.self().id())) ? LogSeat.State.SEATED : LogSeat.State.WAITING;
        return new LogSeat(group.self(), state, expect, log, group.isLeader());
    }

    private void round() throws InterruptedException {
        if (leaving) {
            return;
        }
        LogSeat self = seat();
        members.tell(self.tags());
        List<AgentMember> others = members.members().stream()
                .filter(member -> member.server() && !member.name().equals(members.self().name())).toList();
        for (AgentMember other : others) {
            LogSeat.of(other).filter(seat -> other.isExpected()).ifPresent(seat -> group.moved(seat.self()));
        }
        if (self.state() == LogSeat.State.NEW) {
            found(self, others.stream().filter(AgentMember::isExpected).flatMap(other -> LogSeat.of(other).stream()).toList());
        } else if (self.leads()) {
            lead(self, others);
        } else {
            steadySince.clear();
            lookForRemoval(self, others);
        }
    }

    private void found(LogSeat self, List<LogSeat> others) throws InterruptedException {
        switch (Founding.decide(self, others)) {
            case Founding.Wait(String reason) -> {
                if (!reason.equals(waiting)) {
                    LOG.info("no log yet reason=\"{}\"", reason);
                    waiting = reason;
                }
            }
            case Founding.Take(List<Member> log) -> begin(log);
            case Founding.Join() -> begin(List.of());
            case Founding.Found(List<Member> log) -> foundWith(log);
        }
    }

    private synchronized void begin(List<Member> log) {
        if (group.isNew()) {
            group.begin(log);
            LOG.info("log begun members={}", log);
        }
    }

    private void foundWith(List<Member> log) throws InterruptedException {
        if (log.size() == 1) {
            begin(log);
            return;
        }
        String own = members.self().name();
        Optional<String> refusal = promised(own);
        List<String> names = new ArrayList<>();
        for (Member member : log) {
            if (!member.id().equals(group.self().id())) {
                nameOf(member).ifPresent(names::add);
            }
        }
        for (int i = 0; i < names.size() && refusal.isEmpty(); i++) {
            refusal = asked(names.get(i), PROMISE, new byte[0]);
        }
        if (refusal.isPresent()) {
            LOG.info("log not begun yet reason=\"{}\"", refusal.get());
            released(own);
            names.forEach(name -> members.ask(name, RELEASE, new byte[0]));
            return;
        }
        begin(log);
        names.forEach(name -> members.ask(name, BEGIN, LogSeat.bytes(log)));
    }

    private Optional<String> nameOf(Member member) {
        return members.members().stream().filter(agent -> LogSeat.of(agent).filter(seat -> seat.self().id().equals(member.id())).isPresent())
                .filter(AgentMember::isAlive).map(AgentMember::name).findFirst();
    }

    private Optional<String> asked(String name, String kind, byte[] body) throws InterruptedException {
        try {
            members.ask(name, kind, body).get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(name + ": " + e.getCause().getMessage());
        } catch (TimeoutException e) {
            return Optional.of(name + " does not answer");
        }
    }

    /** Why this server can't promise, or nothing where it did. */
    private synchronized Optional<String> promised(String founder) {
        if (!group.isNew()) {
            return Optional.of("it has a log already");
        }
        long now = System.nanoTime();
        if (promise.isPresent() && !promise.get().founder().equals(founder) && now - promise.get().at() < PROMISED_NANOS) {
            return Optional.of("it has promised " + promise.get().founder() + " to begin a log");
        }
        promise = Optional.of(new Promise(founder, now));
        return Optional.empty();
    }

    private synchronized Optional<String> released(String founder) {
        promise = promise.filter(given -> !given.founder().equals(founder));
        return Optional.empty();
    }

    private Optional<String> begun(byte[] body) {
        try {
            begin(LogSeat.members(body));
            wake.release();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static CompletionStage<byte[]> done(Optional<String> refusal) {
        return refusal.<CompletionStage<byte[]>>map(text -> CompletableFuture.failedFuture(new AskException(Reason.REFUSED, text)))
                .orElseGet(() -> CompletableFuture.completedFuture(new byte[0]));
    }

    /** Two logs can't become one. */
    private Optional<String> conflict(AgentMember agent) {
        List<Member> own = group.members();
        Optional<LogSeat> seat = LogSeat.of(agent).filter(told -> told.state() == LogSeat.State.SEATED);
        if (own.isEmpty() || seat.isEmpty() || own.stream().anyMatch(member -> seat.get().knows(member.id()))) {
            return Optional.empty();
        }
        return Optional.of("Member '" + agent.name() + "' has a log of its own, which can't become part of this cluster's; "
                + "start it with an empty data folder");
    }

    private void lead(LogSeat self, List<AgentMember> others) {
        add(self, others);
        List<Member> log = group.members();
        for (Member member : log) {
            if (member.id().equals(self.self().id())) {
                continue;
            }
            Optional<AgentMember> agent = holder(member, others);
            boolean goes = agent.isPresent() && switch (agent.get().status()) {
                case ALIVE, LEAVING -> false;
                case LEFT, GONE -> true;
                case FAILED -> isReplaced(log, others);
            };
            if (goes && isDue(member.id())) {
                group.remove(member.id());
                LOG.info("server removed from the log name={} address={} status={}", agent.get().name(), member.address(), agent.get().status());
                return;
            }
        }
    }

    /** Gives seats to servers that wait for one, once they were there for long enough: one that comes and goes would only slow the others. */
    private void add(LogSeat self, List<AgentMember> others) {
        Map<String, AgentMember> waits = new HashMap<>();
        for (AgentMember other : others) {
            LogSeat.of(other).filter(seat -> other.isAlive() && seat.state() == LogSeat.State.WAITING && !self.knows(seat.self().id()))
                    .ifPresent(seat -> waits.put(seat.self().id(), other));
        }
        steadySince.keySet().retainAll(waits.keySet());
        if (waits.isEmpty()) {
            return;
        }
        long stabilization = rules.get().stabilization().toNanos();
        long now = System.nanoTime();
        waits.forEach((id, agent) -> {
            if (now - steadySince.computeIfAbsent(id, each -> now) >= stabilization && isDue(id)) {
                Member member = seatOf(agent).orElseThrow();
                group.add(member);
                LOG.info("server added to the log name={} address={}", agent.name(), member.address());
            }
        });
    }

    /**
     * Whether the log does better without a failed member: an even number of members bears the loss of no more than the odd number
     * below it. So a dead server keeps its seat until a new one came, and may come back to it.
     */
    private boolean isReplaced(List<Member> log, List<AgentMember> others) {
        Rules now = rules.get();
        long alive = 1 + log.stream().filter(member -> holder(member, others).filter(AgentMember::isAlive).isPresent()).count();
        return now.cleanupDeadServers() && log.size() % 2 == 0 && log.size() > 2 && log.size() - 1 >= now.minQuorum()
                && alive > log.size() / 2;
    }

    /** The agent that has a seat; of several that had it, the one that is there. */
    private static Optional<AgentMember> holder(Member member, List<AgentMember> agents) {
        return agents.stream().filter(agent -> LogSeat.of(agent).filter(seat -> seat.self().id().equals(member.id())).isPresent())
                .min(Comparator.comparing(AgentMember::status));
    }

    /** Each change is tried again after a while. */
    private boolean isDue(String id) {
        long now = System.nanoTime();
        Long last = tried.get(id);
        if (last != null && now - last < AGAIN_NANOS) {
            return false;
        }
        tried.put(id, now);
        return true;
    }

    /** A server that a leader among the others does not count any more can't take part again with what it has. */
    private void lookForRemoval(LogSeat self, List<AgentMember> others) {
        boolean stranger = self.state() == LogSeat.State.SEATED && others.stream().filter(AgentMember::isAlive)
                .flatMap(agent -> LogSeat.of(agent).stream())
                .anyMatch(seat -> seat.leads() && seat.state() == LogSeat.State.SEATED && !seat.knows(self.self().id()));
        if (!stranger) {
            strangerSince = 0;
        } else if (strangerSince == 0) {
            strangerSince = System.nanoTime();
        } else if (System.nanoTime() - strangerSince > REMOVED_NANOS) {
            leaving = true;
            LOG.warn("this server was removed from the log, which goes on without it id={}", self.self().id());
            removed.run();
        }
    }

    /**
     * Gives up this server's seat before it goes for good: hands over the lead, and has itself removed. True where it was, so that
     * its log is worth nothing any more. The last server keeps its seat. Blocks, at most for the given time.
     */
    public boolean leave(Duration time) throws InterruptedException {
        leaving = true;
        long end = System.nanoTime() + time.toNanos();
        String id = group.self().id();
        while (System.nanoTime() - end < 0) {
            List<Member> log = group.members();
            if (log.stream().noneMatch(member -> member.id().equals(id)) || log.size() == 1) {
                return log.size() > 1;
            }
            try {
                if (group.isLeader()) {
                    handOver(log, id);
                } else {
                    group.remove(id);
                    return true;
                }
            } catch (NotLeaderException | IllegalStateException e) {
                LOG.info("seat not given up yet reason={}", e.getMessage());
            }
            TimeUnit.MILLISECONDS.sleep(ROUND_MILLIS);
        }
        LOG.warn("this server leaves without giving up its seat in the log; remove it there id={}", id);
        return false;
    }

    private void handOver(List<Member> log, String id) {
        List<AgentMember> agents = members.members();
        log.stream().filter(member -> !member.id().equals(id) && holder(member, agents).filter(AgentMember::isAlive).isPresent())
                .findFirst().ifPresent(next -> group.transfer(next.id()));
    }

    /** The seat of an agent in the log: its id there and its address; nothing where it has none. */
    public static Optional<Member> seatOf(AgentMember agent) {
        return LogSeat.of(agent).map(LogSeat::self);
    }

    @Override
    public void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
