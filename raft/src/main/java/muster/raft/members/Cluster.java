package muster.raft.members;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The others, as an agent sees them. Any thread may call. */
public interface Cluster {
    /**
     * A server of the log.
     *
     * @param id of its node; of its place in the log where no agent is known that has it
     * @param node its name; "(unknown)" where there is none
     * @param address its server port's
     */
    record Server(String id, String node, String address, boolean leader) {}

    /**
     * How a server does.
     *
     * @param status in the words of the list of members
     * @param lastContact since it heard the leader; none on the leader
     */
    record Health(Server server, String status, Optional<Duration> lastContact, long term, long index, boolean healthy, long stableSinceMillis) {
        private Health unwell() {
            return new Health(server, status, lastContact, term, index, false, stableSinceMillis);
        }
    }

    /** What came of looking for other agents. */
    record Joined(int count, List<String> problems) {}

    /** This agent. */
    AgentMember self();

    /** All agents that are or were there, by name. */
    List<AgentMember> members();

    /** The servers of the log. */
    List<Server> servers();

    /** How each server does, as far as it answers within a second or two. */
    CompletableFuture<List<Health>> health();

    /** Looks for agents. Blocks. */
    Joined join(List<String> addresses) throws InterruptedException;

    /** Says that a failed agent does not come back; false where there is none of that name. */
    boolean forceLeave(String name, boolean prune);

    /** Takes a server out of the log. Blocks. Throws {@link IllegalStateException} with the reason why not. */
    void remove(Server server);

    /** Hands the lead to a server. Blocks. Throws {@link IllegalStateException} with the reason why not. */
    void transfer(Server server);

    /** The same, but for those who lack more commands of the log than that: they are not well. What nobody leads has no measure. */
    static List<Health> behindAtMost(long commands, List<Health> servers) {
        long newest = servers.stream().filter(health -> health.server().leader()).mapToLong(Health::index).findFirst().orElse(0);
        return servers.stream().map(health -> newest - health.index() <= commands ? health : health.unwell()).toList();
    }

    /** An agent whose server is alone: nobody can join it. */
    static Cluster alone(AgentMember self, String address, BooleanSupplier leads, LongSupplier index) {
        return new Alone(self, address, leads, index);
    }
}
