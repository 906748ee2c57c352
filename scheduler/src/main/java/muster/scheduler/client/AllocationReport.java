package muster.scheduler.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import muster.scheduler.driver.HandleState;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskState;

/**
 * Tells of an allocation whenever the client's part of it changed: the servers, and whoever goes on with it after this agent. Owned by the
 * thread of an {@link AllocationRunner}, but for {@link #newest}.
 */
final class AllocationReport {
    /** What the server is told; the rest of an allocation is the server's own. */
    private record Told(TaskOrder.Status status, Map<String, TaskState> states, Optional<AllocDeploymentStatus> verdict) {}

    private final Consumer<Allocation> servers;
    private final Consumer<AllocationRunner.Saved> saves;
    private volatile Allocation newest;
    private Told lastTold;

    AllocationReport(Allocation allocation, Consumer<Allocation> servers, Consumer<AllocationRunner.Saved> saves) {
        this.newest = allocation;
        this.servers = servers;
        this.saves = saves;
    }

    /** As it was told last. Any thread may ask. */
    Allocation newest() {
        return newest;
    }

    /** How it is now; nothing is told where that was told already. */
    void tell(Allocation allocation, Map<String, TaskState> states, Optional<AllocDeploymentStatus> verdict, Map<String, HandleState> handles) {
        TaskOrder.Status status = TaskOrder.status(states.values());
        Told told = new Told(status, Map.copyOf(states), verdict);
        if (told.equals(lastTold)) {
            return;
        }
        lastTold = told;
        newest = allocation
                .withClientStatus(status.status())
                .withClientDescription(status.description())
                .withTaskStates(new HashMap<>(states))
                .withDeploymentStatus(verdict.map(v -> v.withCanary(allocation.isCanary())).orElse(allocation.deploymentStatus()));
        saves.accept(new AllocationRunner.Saved(newest, handles));
        servers.accept(newest);
    }
}
