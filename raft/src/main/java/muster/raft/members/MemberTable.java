package muster.raft.members;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.raft.members.AgentMember.Status;

/**
 * The agents that one agent knows of, itself among them. About each the word with the highest incarnation holds, and of two with
 * the same one the worse; only the agent itself raises its incarnation, so it can always answer a wrong word about it. Tables
 * that were told of each other are equal. Pure; guarded by its owner.
 */
final class MemberTable {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final Map<String, AgentMember> others = new TreeMap<>();
    private AgentMember self;
    private long digest;
    private boolean digested;

    MemberTable(AgentMember self) {
        this.self = self;
    }

    AgentMember self() {
        return self;
    }

    /** All, in the order of their names. */
    List<AgentMember> all() {
        Map<String, AgentMember> all = new TreeMap<>(others);
        all.put(self.name(), self);
        return List.copyOf(all.values());
    }

    Collection<AgentMember> others() {
        return List.copyOf(others.values());
    }

    Optional<AgentMember> find(String name) {
        return name.equals(self.name()) ? Optional.of(self) : Optional.ofNullable(others.get(name));
    }

    /** Takes a word of somebody's; whether it was news. A wrong word about this agent itself is answered by a newer incarnation. */
    boolean merge(AgentMember told) {
        if (told.name().equals(self.name())) {
            boolean wrong = told.incarnation() > self.incarnation()
                    || told.incarnation() == self.incarnation() && told.status() != self.status();
            if (wrong) {
                digested = false;
                self = self.with(self.status(), told.incarnation() + 1, self.since());
            }
            return wrong;
        }
        AgentMember known = others.get(told.name());
        if (known != null && !told.outweighs(known)) {
            return false;
        }
        others.put(told.name(), told);
        digested = false;
        return true;
    }

    /** What this agent says of itself from now on; the incarnation is raised beyond the former. */
    void be(AgentMember now) {
        digested = false;
        self = now.with(now.status(), Math.max(now.incarnation(), self.incarnation() + 1), now.since());
    }

    /** Gives another agent a status, at its own incarnation. False where it is unknown or has a worse one. */
    boolean judge(String name, Status status, long now) {
        AgentMember known = others.get(name);
        return known != null && merge(known.with(status, known.incarnation(), now));
    }

    /** Forgets those that failed or left long ago. */
    boolean forget(long now, Duration failed, Duration left) {
        digested = false;
        return others.values().removeIf(member -> switch (member.status()) {
            case ALIVE, LEAVING -> false;
            case FAILED -> now - member.since() > failed.toMillis();
            case LEFT, GONE -> now - member.since() > left.toMillis();
        });
    }

    /** A number that is the same for equal tables, and hardly ever for different ones. */
    long digest() {
        if (!digested) {
            digest = 1;
            for (AgentMember member : all()) {
                digest = digest * MIX + member.name().hashCode();
                digest = digest * MIX + member.incarnation();
                digest = digest * MIX + member.status().ordinal();
            }
            digested = true;
        }
        return digest;
    }
}
