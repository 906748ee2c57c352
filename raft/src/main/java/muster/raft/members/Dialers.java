package muster.raft.members;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A {@link Dialer} for each server that this agent stays in touch with, as the {@link Roster} has them. Any thread may call. */
final class Dialers implements AutoCloseable {
    private final Roster roster;
    private final MemberSettings.Times times;
    private final Dialer.Owner owner;
    private final Map<String, Dialer> dialers = new HashMap<>();
    private boolean closed;

    /** @param owner of each dialer */
    Dialers(Roster roster, MemberSettings.Times times, Dialer.Owner owner) {
        this.roster = roster;
        this.times = times;
        this.owner = owner;
    }

    /** After each change of the roster. Whoever comes last sees the newest one, so the order of calls does not matter. */
    synchronized void follow() {
        if (closed) {
            return;
        }
        Set<String> dialed = new HashSet<>();
        for (AgentMember server : roster.dialed()) {
            dialed.add(server.name());
            if (!dialers.containsKey(server.name())) {
                Dialer dialer = new Dialer(server.name(), times, owner);
                dialers.put(server.name(), dialer);
                dialer.start();
            }
        }
        // They end by themselves, since they find no target any more.
        dialers.keySet().retainAll(dialed);
    }

    /** Tells all servers at once what there is to tell. */
    synchronized void wake() {
        dialers.values().forEach(Dialer::wake);
    }

    /** Whether a server answered last time. */
    synchronized boolean isConnected(String server) {
        Dialer dialer = dialers.get(server);
        return dialer != null && dialer.isConnected();
    }

    @Override
    public synchronized void close() {
        closed = true;
        dialers.values().forEach(Dialer::close);
        dialers.clear();
    }
}
