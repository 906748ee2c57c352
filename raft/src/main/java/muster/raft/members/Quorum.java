package muster.raft.members;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import muster.raft.Member;
import muster.raft.NotLeaderException;
import muster.raft.RatisLogGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes servers that know each other the members of one log. A server without a log begins one, or is added to one, by its {@link
 * Founder}; the one that leads gives and takes seats as its {@link Seating} decides. One thread looks at everything again and again.
 */
public final class Quorum implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Quorum.class);
    private static final long ROUND_MILLIS = 250;

    /**
     * By what rules servers get and lose their seats.
     *
     * @param cleanupDeadServers whether one that failed loses its seat to one that came
     * @param minQuorum the number of seats below which none is taken for that
     * @param stabilization for how long a server that waits for a seat has to be there without a break
     */
    public record Rules(boolean cleanupDeadServers, int minQuorum, Duration stabilization) {}

    private final RatisLogGroup group;
    private final Membership members;
    private final int expect;
    private final Supplier<Rules> rules;
    private final Runnable removed;
    private final Semaphore wake = new Semaphore(0);
    private final Founder founder;
    private final Seating seating = new Seating();
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
        founder = new Founder(group, members, wake::release);
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
            founder.found(self, others.stream().filter(AgentMember::isExpected).flatMap(other -> LogSeat.of(other).stream()).toList());
        } else if (self.leads()) {
            lead(self, others);
        } else {
            seating.follows();
            lookForRemoval(self, others);
        }
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
        Rules now = rules.get();
        for (Seating.Seat seat : seating.steady(self, others, now, System.nanoTime())) {
            if (seating.isDue(seat.member().id(), System.nanoTime())) {
                group.add(seat.member());
                LOG.info("server added to the log name={} address={}", seat.agent().name(), seat.member().address());
            }
        }
        for (Seating.Seat seat : Seating.vacant(self, group.members(), others, now)) {
            if (seating.isDue(seat.member().id(), System.nanoTime())) {
                group.remove(seat.member().id());
                LOG.info("server removed from the log name={} address={} status={}", seat.agent().name(), seat.member().address(),
                        seat.agent().status());
                return;
            }
        }
    }

    private void lookForRemoval(LogSeat self, List<AgentMember> others) {
        if (seating.isRemoved(self, others, System.nanoTime())) {
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
        log.stream().filter(member -> !member.id().equals(id) && Seating.holder(member, agents).filter(AgentMember::isAlive).isPresent())
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
