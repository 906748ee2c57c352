package muster.raft.members;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.raft.members.AgentMember.Status;

/**
 * What this agent knows of all agents, and for how long it did not hear those that it watches: the {@link MemberTable} and the
 * {@link Liveness} as one, so that a word about an agent changes both at once. It decides who counts as what; who is dialed, asked or
 * told of it is the business of others. No I/O and no clock: times come from outside, instants in milliseconds since 1970. Thread-safe.
 */
final class Roster {
    private static final Duration KEEP_LEFT = Duration.ofHours(24);

    /**
     * What a word of another agent's brought.
     *
     * @param news whether the list changed
     * @param own whether it said something wrong of this agent, which the others have to hear
     */
    record Heard(boolean news, boolean own) {}

    /**
     * What time brought.
     *
     * @param failed who counts as failed from now on
     * @param news whether the list changed
     * @param save the list where it is to be kept, or nobody
     */
    record Passed(List<AgentMember> failed, boolean news, List<AgentMember> save) {}

    /** What is said at the end: to whom, and the list as it was left. */
    record Farewell(Beat last, List<AgentMember> told, List<AgentMember> known) {}

    private final MemberTable table;
    private final Liveness liveness;
    private final Duration reconnect;
    private boolean unsaved;

    Roster(AgentMember self, MemberSettings.Times times) {
        table = new MemberTable(self);
        liveness = new Liveness(times.silence(), times.refusal(), times.doubt());
        reconnect = times.reconnect();
    }

    /** This agent is at an address from now on, and these are known from earlier. */
    synchronized void begin(String host, int port, List<AgentMember> known, long now) {
        long began = now;
        AgentMember own = table.self().at(host, port);
        for (AgentMember member : known) {
            if (member.name().equals(own.name())) {
                began = Math.max(began, member.incarnation() + 1);
            } else {
                table.merge(member);
            }
        }
        table.be(own.with(Status.ALIVE, began, now));
        changed();
    }

    /** After each change of the table. */
    private void changed() {
        unsaved = true;
        Set<String> watched = new HashSet<>();
        if (table.self().server()) {
            table.others().stream().filter(member -> member.status() == Status.ALIVE || member.status() == Status.LEAVING)
                    .forEach(member -> watched.add(member.name()));
        }
        liveness.watch(watched);
    }

    synchronized AgentMember self() {
        return table.self();
    }

    /** All that are or were there, this one among them, by name. */
    synchronized List<AgentMember> members() {
        return table.all().stream().filter(member -> member.status() != Status.GONE).toList();
    }

    synchronized Optional<AgentMember> find(String name) {
        return table.find(name);
    }

    /** The servers that are or may come back, without this one: those to stay in touch with. */
    synchronized List<AgentMember> dialed() {
        return table.others().stream().filter(Roster::isDialed).toList();
    }

    /** One of {@link #dialed}. */
    synchronized Optional<AgentMember> dialed(String name) {
        return table.find(name).filter(Roster::isDialed);
    }

    private static boolean isDialed(AgentMember member) {
        return member.server() && member.isExpected();
    }

    synchronized Optional<Duration> silenceOf(String name) {
        return liveness.silenceOf(name);
    }

    /** Those that are watched and silent for longer. */
    synchronized List<AgentMember> silentFor(long nanos) {
        return table.others().stream()
                .filter(member -> liveness.silenceOf(member.name()).filter(time -> time.toNanos() > nanos).isPresent()).toList();
    }

    /** Has this agent say more of itself; false where it says that already. */
    synchronized boolean tell(Map<String, String> tags) {
        if (table.self().tags().entrySet().containsAll(tags.entrySet())) {
            return false;
        }
        table.be(table.self().withTags(tags));
        changed();
        return true;
    }

    /** What is told to an agent that is looked for: the whole list. */
    synchronized Beat introduction() {
        return new Beat(table.self(), table.digest(), table.all(), List.of());
    }

    /** What is told to a server, given what its last answer's table stood for; from a server to another also whom it suspects. */
    synchronized Beat beat(Optional<Long> lastDigest) {
        boolean differs = lastDigest.isEmpty() || lastDigest.get() != table.digest();
        return new Beat(table.self(), table.digest(), differs ? table.all() : List.of(),
                table.self().server() ? liveness.suspects() : List.of());
    }

    /** What is answered to another's beat that was heard. */
    synchronized Beat answer(Beat heard) {
        long digest = table.digest();
        return new Beat(table.self(), digest, digest == heard.digest() ? List.of() : table.all(),
                heard.names().stream().filter(liveness::vouches).toList());
    }

    /** Why an agent can't be one of the others, as far as the list tells. */
    synchronized Optional<String> refusal(AgentMember sender) {
        AgentMember own = table.self();
        if (!sender.datacenter().equals(own.datacenter())) {
            return Optional.of("Member '" + sender.name() + "' part of wrong datacenter '" + sender.datacenter() + "'");
        }
        return table.find(sender.name()).filter(known -> known.isAlive() && !known.id().equals(sender.id()))
                .map(known -> "Member '" + sender.name() + "' has the name of another agent, which is at " + known.address()
                        + "; give each agent a name of its own");
    }

    /** Takes in what another agent told, and that it is there. */
    synchronized Heard heard(Beat told) {
        AgentMember before = table.self();
        boolean news = table.merge(told.sender());
        for (AgentMember row : told.rows()) {
            news |= table.merge(row);
        }
        boolean own = table.self() != before;
        if (news) {
            changed();
        }
        liveness.heard(told.sender().name());
        return new Heard(news, own);
    }

    /** A server heard these lately. */
    synchronized void vouched(List<String> names) {
        names.forEach(liveness::heard);
    }

    /** Where an agent should be, nobody listens. */
    synchronized void refused(String name) {
        liveness.refused(name);
    }

    /** @param nanos how much time passed since the last call */
    synchronized Passed pass(long nanos, long now) {
        List<AgentMember> failed = new ArrayList<>();
        for (String name : liveness.pass(nanos)) {
            if (table.judge(name, Status.FAILED, now)) {
                table.find(name).ifPresent(failed::add);
            }
        }
        boolean news = !failed.isEmpty() | table.forget(now, reconnect, KEEP_LEFT);
        if (news) {
            changed();
        }
        List<AgentMember> save = List.of();
        if (unsaved && table.self().status() == Status.ALIVE) {
            unsaved = false;
            save = table.all();
        }
        return new Passed(failed, news, save);
    }

    /** Whether an agent of that name is known, and whether it counts as one that left only now. */
    record Dismissed(boolean known, boolean news) {}

    /** See {@link Membership#forceLeave}. */
    synchronized Dismissed dismiss(String name, boolean prune, long now) {
        Optional<AgentMember> member = table.find(name).filter(found -> found.status() != Status.GONE);
        boolean news = false;
        if (member.isPresent() && (prune || member.get().isExpected())) {
            news = table.judge(name, prune ? Status.GONE : Status.LEFT, now);
            changed();
        }
        return new Dismissed(member.isPresent(), news);
    }

    /** This agent goes for good. */
    synchronized Farewell leave(long now) {
        table.be(table.self().with(Status.LEFT, table.self().incarnation(), now));
        return new Farewell(new Beat(table.self(), table.digest(), List.of(), List.of()),
                table.others().stream().filter(member -> member.server() && member.isAlive()).toList(), table.all());
    }
}
