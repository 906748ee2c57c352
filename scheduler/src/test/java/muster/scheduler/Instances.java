package muster.scheduler;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import muster.scheduler.job.Job;
import muster.scheduler.job.Resources;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.AllocatedCpu;
import muster.scheduler.state.AllocatedMemory;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.AllocatedSharedResources;
import muster.scheduler.state.AllocatedTaskResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.TaskState;

/** Allocations for tests: running, and with what the group "web" of their job asks for, unless changed. */
public final class Instances {
    private Instances() {}

    /** Instance {@code web[index]} on a node; its id tells job, version, number and node. */
    public static Allocation of(Job job, int index, String nodeId) {
        String id = UUID.nameUUIDFromBytes((job.id() + job.version() + index + nodeId).getBytes()).toString();
        Resources asked = job.group("web").tasks().getFirst().resources();
        AllocatedResources held = new AllocatedResources(new AllocatedSharedResources(10, null, List.of()), Map.of(),
                Map.of("main", new AllocatedTaskResources(new AllocatedCpu(asked.cpu(), null), null,
                        new AllocatedMemory(asked.memoryMB(), 0), null)));
        return new Allocation(0, held, "", Allocation.RUNNING, 1, 0, "", null, "", Allocation.RUN, DesiredTransition.NONE,
                "first", "", id, job, job.id(), null, 1, 0, job.id() + ".web[" + index + "]", job.namespace(), null, "", nodeId,
                nodeId, null, "", "", null, "web", Map.of("main", task(TaskState.RUNNING, false, null)));
    }

    public static Allocation failed(Allocation allocation, Instant at) {
        return allocation.withClientStatus(Allocation.FAILED).withTaskStates(Map.of("main", task(TaskState.DEAD, true, at)));
    }

    public static Allocation completed(Allocation allocation, Instant at) {
        return allocation.withClientStatus(Allocation.COMPLETE)
                .withTaskStates(Map.of("main", task(TaskState.DEAD, false, at)));
    }

    /** As a part of a deployment; the health may be null. */
    public static Allocation deployed(Allocation allocation, String deployment, boolean canary, Boolean healthy) {
        return allocation.withDeploymentId(deployment)
                .withDeploymentStatus(new AllocDeploymentStatus(canary, healthy, 1, null));
    }

    public static Allocation migrating(Allocation allocation) {
        return allocation.withDesiredTransition(new DesiredTransition(null, true, null, null));
    }

    /** With a host port of 127.0.0.1. */
    public static Allocation withPort(Allocation allocation, int port) {
        AllocatedResources held = allocation.allocatedResources();
        return allocation.withAllocatedResources(new AllocatedResources(
                new AllocatedSharedResources(held.shared().diskMB(), null, List.of(new AllocatedPort("127.0.0.1", "http", 0, port))),
                held.taskLifecycles(), held.tasks()));
    }

    private static TaskState task(String state, boolean failed, Instant finished) {
        return new TaskState(List.of(), failed, finished, null, 0, null, state, null);
    }
}
