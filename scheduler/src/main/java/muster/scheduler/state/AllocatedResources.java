package muster.scheduler.state;

import java.util.Map;
import muster.scheduler.job.TaskLifecycle;
import muster.scheduler.job.Values;

/** What an allocation holds of its node. */
public record AllocatedResources(
        AllocatedSharedResources shared,
        Map<String, TaskLifecycle> taskLifecycles,
        Map<String, AllocatedTaskResources> tasks) {
    public AllocatedResources {
        taskLifecycles = Values.map(taskLifecycles);
        tasks = Values.map(tasks);
    }

    /** CPU shares in MHz that its tasks hold together: the tasks of a lifecycle phase that never meet share theirs. */
    public long cpu() {
        return tasks.values().stream().mapToLong(t -> t.cpu().cpuShares()).sum();
    }

    /** Memory in MB that its tasks hold together. */
    public long memory() {
        return tasks.values().stream().mapToLong(t -> t.memory().memoryMB()).sum();
    }
}
