package muster.scheduler.state;

import java.util.Map;
import java.util.function.ToLongFunction;
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

    /** CPU shares in MHz: tasks of lifecycle phases that never meet share theirs. */
    public long cpu() {
        return together(task -> task.cpu().cpuShares());
    }

    /** Memory in MB: tasks of lifecycle phases that never meet share theirs. */
    public long memory() {
        return together(task -> task.memory().memoryMB());
    }

    private long together(ToLongFunction<AllocatedTaskResources> amount) {
        long sidecars = 0;
        long before = 0;
        long main = 0;
        long after = 0;
        for (Map.Entry<String, AllocatedTaskResources> entry : Values.orEmpty(tasks).entrySet()) {
            TaskLifecycle lifecycle = Values.orEmpty(taskLifecycles).get(entry.getKey());
            long own = amount.applyAsLong(entry.getValue());
            if (lifecycle == null || lifecycle.hook().equals("poststart")) {
                main += own;
            } else if (lifecycle.hook().equals("poststop")) {
                after += own;
            } else if (lifecycle.sidecar()) {
                sidecars += own;
            } else {
                before += own;
            }
        }
        return sidecars + Math.max(before, Math.max(main, after));
    }
}
