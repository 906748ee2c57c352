package muster.raft.members;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import muster.raft.Member;

/**
 * What a server without a log should do, by what it knows of the other servers. A log is begun once: by the servers with the lowest
 * ids among as many as each of them expects, and by nobody who knows of a log that is there, even of one that is unreachable.
 */
sealed interface Founding {
    /** Not yet. */
    record Wait(String reason) implements Founding {}

    /** Begin with the members that another one began with. */
    record Take(List<Member> members) implements Founding {}

    /** Begin with none, and wait to be added. */
    record Join() implements Founding {}

    /** Ask these to begin together; this server is the one who asks. */
    record Found(List<Member> members) implements Founding {}

    /** @param others the other servers that are or may come back */
    static Founding decide(LogSeat self, Collection<LogSeat> others) {
        for (LogSeat other : others) {
            if (other.state() == LogSeat.State.SEATED && other.knows(self.self().id())) {
                return new Take(other.members());
            }
        }
        if (others.stream().anyMatch(other -> other.state() == LogSeat.State.SEATED)) {
            return new Join();
        }
        if (self.expect() == 0) {
            return new Wait("no server with a log is known, and this one was not told with how many others to begin one");
        }
        List<Member> candidates = new ArrayList<>(List.of(self.self()));
        others.stream().filter(other -> other.state() == LogSeat.State.NEW && other.expect() == self.expect())
                .forEach(other -> candidates.add(other.self()));
        if (candidates.size() < self.expect()) {
            return new Wait(candidates.size() + " of " + self.expect() + " expected servers are there");
        }
        candidates.sort(Comparator.comparing(Member::id));
        List<Member> chosen = List.copyOf(candidates.subList(0, self.expect()));
        return chosen.getFirst().id().equals(self.self().id()) ? new Found(chosen)
                : new Wait("the server at " + chosen.getFirst().address() + " begins the log");
    }
}
