package muster.raft.members;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for other agents at addresses: those that the configuration names, again and again until one is found, and those that a user
 * gives. Any thread may call.
 */
final class Search implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Search.class);
    private static final int MAX_ADDRESSES = 64;

    /** Whose search it is. Any thread calls. */
    interface Owner {
        /** What is told to an agent that is found. */
        Beat beat();

        /** What it answered. */
        void answered(Beat answer);

        /** Whether another agent is known to be there. */
        boolean knowsOthers();
    }

    private final MemberSettings settings;
    private final Calls calls;
    private final IntSupplier usualPort;
    private final Owner owner;
    private volatile boolean found;
    private volatile boolean closed;
    private volatile Thread joining;

    /** @param usualPort where agents are looked for that are given without one */
    Search(MemberSettings settings, Calls calls, IntSupplier usualPort, Owner owner) {
        this.settings = settings;
        this.calls = calls;
        this.usualPort = usualPort;
        this.owner = owner;
    }

    /** Looks for those of the configuration from now on. */
    void start() {
        if (!settings.join().addresses().isEmpty()) {
            joining = Thread.ofVirtual().name("members-join").start(this::keepJoining);
        }
    }

    /** Whether any was found since the start. */
    boolean hasFound() {
        return found;
    }

    /** Looks for agents at the addresses, hosts with or without a port. Blocks; several seconds where nobody answers. */
    Membership.Joined join(List<String> addresses) throws InterruptedException {
        int count = 0;
        List<String> problems = new ArrayList<>();
        for (String address : addresses) {
            for (InetSocketAddress target : resolved(address, problems)) {
                try {
                    joinOne(target);
                    count++;
                } catch (IOException e) {
                    problems.add("Failed to join " + target.getAddress().getHostAddress() + ": " + reason(target, e));
                } catch (ExecutionException e) {
                    problems.add("Failed to join " + target.getAddress().getHostAddress() + ": " + e.getCause().getMessage());
                } catch (TimeoutException e) {
                    problems.add("Failed to join " + target.getAddress().getHostAddress() + ": i/o timeout");
                }
            }
        }
        if (count > 0) {
            found = true;
        }
        return new Membership.Joined(count, List.copyOf(problems));
    }

    private static String reason(InetSocketAddress target, IOException e) {
        String dialed = "dial tcp " + target.getAddress().getHostAddress() + ":" + target.getPort() + ": ";
        return switch (e) {
            case ConnectException refused -> dialed + "connect: connection refused";
            case SocketTimeoutException timeout -> dialed + "i/o timeout";
            default -> e.getMessage();
        };
    }

    private List<InetSocketAddress> resolved(String address, List<String> problems) {
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon > 0 && address.substring(colon + 1).matches("\\d{1,5}")
                && (address.indexOf(':') == colon || address.charAt(colon - 1) == ']');
        String host = Calls.unbracketed(hasPort ? address.substring(0, colon) : address);
        int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : usualPort.getAsInt();
        try {
            List<InetSocketAddress> targets = new ArrayList<>();
            for (InetAddress each : InetAddress.getAllByName(host)) {
                if (targets.size() < MAX_ADDRESSES) {
                    targets.add(new InetSocketAddress(each, port));
                }
            }
            return targets;
        } catch (UnknownHostException | IllegalArgumentException e) {
            problems.add("Failed to resolve " + host + ": lookup " + host + ": no such host");
            return List.of();
        }
    }

    private void joinOne(InetSocketAddress target) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (Link link = calls.connect(target.getAddress().getHostAddress(), target.getPort())) {
            Beat answer = Beat.of(link.ask(Beat.KIND, owner.beat().bytes()).get(settings.times().answer().toMillis(), TimeUnit.MILLISECONDS));
            owner.answered(answer);
        }
    }

    private void keepJoining() {
        try {
            for (int round = 1; !closed; round++) {
                Membership.Joined joined = join(settings.join().addresses());
                if (joined.count() > 0 && owner.knowsOthers()) {
                    LOG.info("joined agents={}", joined.count());
                    return;
                }
                if (settings.join().most() > 0 && round >= settings.join().most()) {
                    LOG.error("no agent found rounds={} addresses={} problems={}", round, settings.join().addresses(), joined.problems());
                    return;
                }
                LOG.warn("no agent found yet, looking again in={} addresses={} problems={}", settings.join().interval(),
                        settings.join().addresses(), joined.problems());
                Thread.sleep(settings.join().interval());
            }
        } catch (InterruptedException e) {
            // The agent is being stopped, and this thread with it.
            return;
        }
    }

    @Override
    public void close() {
        closed = true;
        if (joining != null) {
            joining.interrupt();
        }
    }
}
