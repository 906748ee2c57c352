package muster.raft.members;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import muster.raft.Member;

/**
 * Who gets a seat in the log and who loses one, as the server that leads decides it, and whether this server lost its own. Each change
 * is due again after a while, in case it failed. Pure: the time is passed in, in nanoseconds of any clock that only goes forward. One
 * thread.
 */
final class Seating {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REMOVED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A seat, and the agent that waits for it or has it. */
    record Seat(Member member, AgentMember agent) {}

    private final Map<String, Long> tried = new HashMap<>();
    /** Since when servers without a seat are there, as this leader saw it. */
    private final Map<String, Long> steadySince = new HashMap<>();
    private Optional<Long> strangerSince = Optional.empty();

    /**
     * Servers that wait for a seat, once they were there for the stabilization time without a break: one that comes and goes would only
     * slow the others. Asked in each round, or the time begins anew.
     */
    List<Seat> steady(LogSeat self, List<AgentMember> others, Quorum.Rules rules, long now) {
        Map<String, Seat> waits = new HashMap<>();
        for (AgentMember other : others) {
            LogSeat.of(other).filter(seat -> other.isAlive() && seat.state() == LogSeat.State.WAITING && !self.knows(seat.self().id()))
                    .ifPresent(seat -> waits.put(seat.self().id(), new Seat(seat.self(), other)));
        }
        steadySince.keySet().retainAll(waits.keySet());
        List<Seat> steady = new ArrayList<>();
        waits.forEach((id, seat) -> {
            if (now - steadySince.computeIfAbsent(id, each -> now) >= rules.stabilization().toNanos()) {
                steady.add(seat);
            }
        });
        return steady;
    }

    /** This server does not lead: what it saw while it did counts no more. */
    void follows() {
        steadySince.clear();
    }

    /** Seats of others that left, and of those that failed once another took their place. */
    static List<Seat> vacant(LogSeat self, List<Member> log, List<AgentMember> others, Quorum.Rules rules) {
        List<Seat> vacant = new ArrayList<>();
        for (Member member : log) {
            if (member.id().equals(self.self().id())) {
                continue;
            }
            holder(member, others).filter(agent -> switch (agent.status()) {
                case ALIVE, LEAVING -> false;
                case LEFT, GONE -> true;
                case FAILED -> isReplaced(log, others, rules);
            }).ifPresent(agent -> vacant.add(new Seat(member, agent)));
        }
        return vacant;
    }

    /**
     * Whether the log does better without a failed member: an even number of members bears the loss of no more than the odd number
     * below it. So a dead server keeps its seat until a new one came, and may come back to it.
     */
    private static boolean isReplaced(List<Member> log, List<AgentMember> others, Quorum.Rules rules) {
        long alive = 1 + log.stream().filter(member -> holder(member, others).filter(AgentMember::isAlive).isPresent()).count();
        return rules.cleanupDeadServers() && log.size() % 2 == 0 && log.size() > 2 && log.size() - 1 >= rules.minQuorum()
                && alive > log.size() / 2;
    }

    /** The agent that has a seat; of several that had it, the one that is there. */
    static Optional<AgentMember> holder(Member member, List<AgentMember> agents) {
        return agents.stream().filter(agent -> LogSeat.of(agent).filter(seat -> seat.self().id().equals(member.id())).isPresent())
                .min(Comparator.comparing(AgentMember::status));
    }

    /** Whether a change of a server's seat may be tried now, which counts as a try. */
    boolean isDue(String id, long now) {
        Long last = tried.get(id);
        if (last != null && now - last < AGAIN_NANOS) {
            return false;
        }
        tried.put(id, now);
        return true;
    }

    /**
     * Whether this server lost its seat: a leader among the others does not count it any more, for a while now. It can't take part
     * again with what it has.
     */
    boolean isRemoved(LogSeat self, List<AgentMember> others, long now) {
        boolean stranger = self.state() == LogSeat.State.SEATED && others.stream().filter(AgentMember::isAlive)
                .flatMap(agent -> LogSeat.of(agent).stream())
                .anyMatch(seat -> seat.leads() && seat.state() == LogSeat.State.SEATED && !seat.knows(self.self().id()));
        strangerSince = stranger ? Optional.of(strangerSince.orElse(now)) : Optional.empty();
        return strangerSince.filter(since -> now - since > REMOVED_NANOS).isPresent();
    }
}
