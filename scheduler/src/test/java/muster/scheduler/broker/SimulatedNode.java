package muster.scheduler.broker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.scheduler.state.TaskState;

/**
 * A client as servers see it, and what runs on its machine whether they see it or not: it does what the newest orders that it has
 * heard say, and reports when a server takes it.
 */
final class SimulatedNode {
    private static final int FAILS = 60;
    private static final int UNWELL = 40;

    private final SimulatedServers servers;
    private final RandomGenerator random;
    private final Node node;
    private final Set<String> running = new TreeSet<>();
    private final Set<String> failed = new HashSet<>();
    private long heard;
    private long silentUntil;

    SimulatedNode(SimulatedServers servers, RandomGenerator random, Node node) {
        this.servers = servers;
        this.random = random;
        this.node = node;
    }

    /** The allocations that run here. */
    Set<String> running() {
        return running;
    }

    String id() {
        return node.id();
    }

    /** Is cut off for a while; what runs goes on. */
    void silence(long millis) {
        silentUntil = Math.max(silentUntil, servers.millis() + millis);
    }

    /** Ends all that is not well; its servers are not in doubt about anything then. */
    void speak() {
        silentUntil = 0;
    }

    /** Asks a server for orders, carries them out, and tells the leader. Whether there was something to tell. */
    boolean act(boolean mayFail) {
        Optional<SimulatedServers.Server> asked = servers.any();
        Optional<SimulatedServers.Server> leader = servers.leader();
        if (servers.millis() < silentUntil || asked.isEmpty()) {
            return false;
        }
        State state = asked.get().state();
        if (state.index() >= heard) {
            heard = state.index();
            follow(state, mayFail);
        }
        if (leader.isEmpty()) {
            return false;
        }
        try {
            if (leader.get().state().nodes().contains(node.id())) {
                leader.get().nodes.updateStatus(node.id(), Node.READY);
            } else {
                leader.get().nodes.register(node);
            }
            List<Allocation> reports = reports(leader.get().state());
            if (!reports.isEmpty()) {
                leader.get().nodes.updateAllocations(reports);
            }
            return !reports.isEmpty();
        } catch (RuntimeException e) {
            // It asks and tells again.
            return true;
        }
    }

    private void follow(State state, boolean mayFail) {
        Set<String> wanted = new HashSet<>();
        for (Allocation allocation : state.allocationsOn(node.id())) {
            if (!allocation.isServerTerminal() && !allocation.isClientTerminal() && !failed.contains(allocation.id())) {
                wanted.add(allocation.id());
            }
        }
        running.retainAll(wanted);
        running.addAll(wanted);
        if (mayFail && random.nextInt(FAILS) == 0 && !running.isEmpty()) {
            String broken = running.iterator().next();
            running.remove(broken);
            failed.add(broken);
        }
    }

    private List<Allocation> reports(State state) {
        List<Allocation> reports = new ArrayList<>();
        for (Allocation allocation : state.allocationsOn(node.id())) {
            if (allocation.isClientTerminal()) {
                continue;
            }
            if (failed.contains(allocation.id())) {
                reports.add(report(allocation, Allocation.FAILED, false));
            } else if (running.contains(allocation.id())) {
                boolean told = allocation.clientStatus().equals(Allocation.RUNNING)
                        && (allocation.deploymentId().isEmpty() || allocation.isHealthy() || allocation.isUnhealthy());
                if (!told) {
                    reports.add(report(allocation, Allocation.RUNNING, random.nextInt(UNWELL) > 0));
                }
            } else if (allocation.isServerTerminal()) {
                reports.add(report(allocation, Allocation.COMPLETE, true));
            }
        }
        return reports;
    }

    private Allocation report(Allocation allocation, String status, boolean healthy) {
        Instant now = Instant.EPOCH.plusMillis(servers.millis());
        boolean runs = status.equals(Allocation.RUNNING);
        TaskState task = new TaskState(List.of(), status.equals(Allocation.FAILED), runs ? null : now, null, 0, now,
                runs ? TaskState.RUNNING : TaskState.DEAD, null);
        return allocation.withClientStatus(status).withTaskStates(Map.of("main", task))
                .withDeploymentStatus(new AllocDeploymentStatus(false, healthy, 0, now));
    }
}
