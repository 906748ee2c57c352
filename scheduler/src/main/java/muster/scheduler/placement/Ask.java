package muster.scheduler.placement;

import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.TaskLifecycle;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedCpu;
import muster.scheduler.state.AllocatedMemory;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.AllocatedSharedResources;
import muster.scheduler.state.AllocatedTaskResources;
import muster.scheduler.state.Node;

/**
 * What an instance of a group asks of a node, worked out once for many nodes.
 *
 * @param plain the resources as they are on every node, where the group asks for no ports, cores or devices
 * @param cores of all tasks
 */
record Ask(TaskGroup group, boolean oversubscription, AllocatedResources plain, long cpu, long memory, long disk, int cores,
        boolean ports, boolean devices) {
    static Ask of(TaskGroup group, boolean oversubscription) {
        Map<String, AllocatedTaskResources> tasks = new TreeMap<>();
        Map<String, TaskLifecycle> lifecycles = new TreeMap<>();
        boolean ports = !Values.orEmpty(group.networks()).isEmpty();
        boolean devices = false;
        int cores = 0;
        for (Task task : group.tasks()) {
            ports |= !Values.orEmpty(task.resources().networks()).isEmpty();
            devices |= !Values.orEmpty(task.resources().devices()).isEmpty();
            cores += number(task.resources().cores());
            tasks.put(task.name(), new AllocatedTaskResources(new AllocatedCpu(number(task.resources().cpu()), null), null,
                    new AllocatedMemory(task.resources().memoryMB(), oversubscription ? number(task.resources().memoryMaxMB()) : 0),
                    null));
            lifecycles.put(task.name(), task.lifecycle());
        }
        long disk = group.ephemeralDisk() == null ? 0 : number(group.ephemeralDisk().sizeMB());
        AllocatedResources plain = new AllocatedResources(new AllocatedSharedResources(disk, null, null), lifecycles, tasks);
        return new Ask(group, oversubscription, plain, plain.cpu(), plain.memory(), disk, cores, ports, devices);
    }

    /** MHz on this node: those of reserved cores depend on how fast they are there. */
    long cpuOn(Node node) {
        return cores == 0 ? cpu : withCores(node).cpu();
    }

    private AllocatedResources withCores(Node node) {
        Map<String, AllocatedTaskResources> tasks = new TreeMap<>();
        for (Task task : group.tasks()) {
            tasks.put(task.name(), new AllocatedTaskResources(new AllocatedCpu(cpu(task, node), null), null,
                    new AllocatedMemory(0, 0), null));
        }
        return new AllocatedResources(plain.shared(), plain.taskLifecycles(), tasks);
    }

    /** MHz of one task. */
    static long cpu(Task task, Node node) {
        int cores = number(task.resources().cores());
        return cores == 0 ? number(task.resources().cpu()) : cores * perCore(node);
    }

    private static long perCore(Node node) {
        int total = node.nodeResources().cpu().totalCpuCores();
        return total <= 0 ? 0 : node.nodeResources().cpu().cpuShares() / total;
    }

    /** Whether every node that can take it gives the same. */
    boolean isPlain() {
        return !ports && !devices && cores == 0;
    }

    static int number(Integer value) {
        return value == null ? 0 : value;
    }
}
