package muster.raft.members;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether anybody listens where a silent agent should be. Its machine refuses the connection where the agent is gone; where
 * the machine is gone too, or cut off, nothing is heard. Any thread may call; nothing blocks the caller.
 */
final class Probes {
    private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

    private final Duration patience;
    private final Consumer<AgentMember> refused;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /** @param refused told of an agent where nobody listens */
    Probes(Duration patience, Consumer<AgentMember> refused) {
        this.patience = patience;
        this.refused = refused;
    }

    /** Begins, unless one to the same agent is under way. */
    void probe(AgentMember member) {
        if (underWay.add(member.name())) {
            Thread.ofVirtual().name("members-probe").start(() -> run(member));
        }
    }

    private void run(AgentMember member) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(member.host(), member.port()), (int) patience.toMillis());
        } catch (ConnectException e) {
            refused.accept(member);
        } catch (IOException e) {
            LOG.debug("no sign of agent name={} reason={}", member.name(), e.toString());
        } finally {
            underWay.remove(member.name());
        }
    }
}
