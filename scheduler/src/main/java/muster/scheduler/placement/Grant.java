package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.TaskLifecycle;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedCpu;
import muster.scheduler.state.AllocatedMemory;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.AllocatedSharedResources;
import muster.scheduler.state.AllocatedTaskResources;

/** What a group gets on a node: ports of the group and of its tasks, CPU, memory and disk; or what stands against it. */
record Grant(AllocatedResources resources, String refusal) {
    static Grant of(TaskGroup group, Ports ports, boolean oversubscription, RandomGenerator random) {
        List<NetworkResource> networks = null;
        List<AllocatedPort> granted = null;
        for (NetworkResource asked : Values.orEmpty(group.networks())) {
            Ports.Granted network = ports.group(asked, random);
            if (!network.refusal().isEmpty()) {
                return new Grant(null, "network: " + network.refusal());
            }
            networks = networks == null ? new ArrayList<>() : networks;
            granted = granted == null ? new ArrayList<>() : granted;
            networks.add(network.network());
            granted.addAll(network.ports());
        }
        Map<String, AllocatedTaskResources> tasks = new TreeMap<>();
        Map<String, TaskLifecycle> lifecycles = new TreeMap<>();
        for (Task task : group.tasks()) {
            Resources asked = task.resources();
            List<NetworkResource> own = null;
            for (NetworkResource network : Values.orEmpty(asked.networks())) {
                Ports.Granted g = ports.task(network, random);
                if (!g.refusal().isEmpty()) {
                    return new Grant(null, "network: " + g.refusal());
                }
                own = own == null ? new ArrayList<>() : own;
                own.add(g.network());
            }
            tasks.put(task.name(), new AllocatedTaskResources(new AllocatedCpu(asked.cpu(), null), null,
                    new AllocatedMemory(asked.memoryMB(), oversubscription ? number(asked.memoryMaxMB()) : 0), own));
            lifecycles.put(task.name(), task.lifecycle());
        }
        long disk = group.ephemeralDisk() == null ? 0 : number(group.ephemeralDisk().sizeMB());
        return new Grant(new AllocatedResources(new AllocatedSharedResources(disk, networks, granted), lifecycles, tasks), "");
    }

    private static int number(Integer value) {
        return value == null ? 0 : value;
    }
}
