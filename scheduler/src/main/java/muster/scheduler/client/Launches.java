package muster.scheduler.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import muster.scheduler.driver.Isolation;
import muster.scheduler.driver.TaskGrants;
import muster.scheduler.driver.TaskLaunch;
import muster.scheduler.job.Job;
import muster.scheduler.job.LogConfig;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Task;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.AllocatedTaskResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/** Turns an allocation's task into what a driver starts. Pure. */
final class Launches {
    private static final long MEGABYTE = 1 << 20;

    private Launches() {}

    /**
     * One start of a task.
     *
     * @param variables what templates set
     * @param progress takes what the driver says of a long start
     */
    static TaskLaunch of(NodeContext node, Allocation allocation, Task task, AllocationFolder folder, Isolation isolation,
            Map<String, String> variables, Consumer<String> progress) {
        TaskEnvironment environment =
                TaskEnvironment.of(node.ground(), allocation, task, folder, isolation).with(variables);
        LogConfig logs = task.logConfig();
        int maxFiles = logs == null || logs.maxFiles() == null ? 10 : logs.maxFiles();
        long maxBytes = (logs == null || logs.maxFileSizeMB() == null ? 10 : logs.maxFileSizeMB()) * MEGABYTE;
        Job job = allocation.job();
        TaskLaunch.Owner owner = new TaskLaunch.Owner(allocation.id(), job.id(), Values.text(job.name()), allocation.namespace(),
                allocation.taskGroup(), node.ground().node().id());
        TaskGrants grants = new TaskGrants(environment.interpolate(Values.text(task.user())),
                limits(allocation, task.name(), node.ground().node()), ports(allocation, task.name()),
                Volumes.of(node.settings().rules().hostVolumes(), allocation, task, environment), progress);
        return new TaskLaunch(task.name(), environment.interpolate(Values.orEmpty(task.config())),
                new LinkedHashMap<>(environment.variables()), folder.task(task.name()),
                new TaskLaunch.LogTarget(folder.logs(), maxFiles, maxBytes), owner, grants);
    }

    private static AllocatedTaskResources resources(Allocation allocation, String task) {
        return allocation.allocatedResources() == null ? null
                : Values.orEmpty(allocation.allocatedResources().tasks()).get(task);
    }

    private static TaskGrants.Limits limits(Allocation allocation, String task, Node node) {
        AllocatedTaskResources own = resources(allocation, task);
        if (own == null) {
            return TaskGrants.Limits.NONE;
        }
        long mhz = own.cpu() == null ? 0 : own.cpu().cpuShares();
        List<Integer> cpus = own.cpu() == null ? List.of() : Values.orEmpty(own.cpu().reservedCores());
        long memory = own.memory() == null ? 0 : own.memory().memoryMB() * MEGABYTE;
        long most = own.memory() == null ? 0 : own.memory().memoryMaxMB() * MEGABYTE;
        return new TaskGrants.Limits(mhz, cores(mhz, node), cpus, memory, most);
    }

    /** How many of the node's processors a share in MHz is; 0 where the node does not say what it has. */
    private static double cores(long mhz, Node node) {
        Map<String, String> known = Values.orEmpty(node.attributes());
        double total = Double.parseDouble(known.getOrDefault("cpu.totalcompute", "0"));
        double count = Double.parseDouble(known.getOrDefault("cpu.numcores", "0"));
        return total > 0 ? mhz * count / total : 0;
    }

    private static List<TaskGrants.PortGrant> ports(Allocation allocation, String task) {
        List<TaskGrants.PortGrant> ports = new ArrayList<>();
        if (allocation.allocatedResources() != null && allocation.allocatedResources().shared() != null) {
            for (AllocatedPort port : Values.orEmpty(allocation.allocatedResources().shared().ports())) {
                ports.add(new TaskGrants.PortGrant(port.label(), port.hostIP(), port.value(), port.to()));
            }
        }
        AllocatedTaskResources own = resources(allocation, task);
        for (NetworkResource network : own == null ? List.<NetworkResource>of() : Values.orEmpty(own.networks())) {
            for (Port port : TaskEnvironment.ports(network)) {
                ports.add(new TaskGrants.PortGrant(port.label(), network.ip(), port.value(), port.to()));
            }
        }
        return ports;
    }
}
