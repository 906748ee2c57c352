package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.RequestedDevice;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Task;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedCpu;
import muster.scheduler.state.AllocatedDevice;
import muster.scheduler.state.AllocatedMemory;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.AllocatedSharedResources;
import muster.scheduler.state.AllocatedTaskResources;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeUse;

/**
 * What a group gets on a node: ports of the group and of its tasks, devices, cores, CPU, memory and disk; or what stands
 * against it, looked for in this order.
 *
 * @param deviceScore how much the group likes the devices, not a number when it does not care
 */
record Grant(AllocatedResources resources, double deviceScore, String refusal) {
    static Grant of(Ask ask, Node node, NodeUse use, RandomGenerator random) {
        Capacity capacity = Capacity.of(node);
        Grant special = ask.isPlain() ? new Grant(ask.plain(), Double.NaN, "") : special(ask, node, use, random);
        if (!special.refusal().isEmpty()) {
            return special;
        }
        String exhausted = capacity.exhausted(use.cpu() + ask.cpuOn(node), use.memory() + ask.memory(), use.disk() + ask.disk());
        return exhausted.isEmpty() ? special : refused(exhausted);
    }

    private static Grant refused(String dimension) {
        return new Grant(null, Double.NaN, dimension);
    }

    private static Grant special(Ask ask, Node node, NodeUse use, RandomGenerator random) {
        Ports ports = new Ports(node);
        ports.add(use);
        List<NetworkResource> networks = null;
        List<AllocatedPort> granted = null;
        for (NetworkResource asked : Values.orEmpty(ask.group().networks())) {
            Ports.Granted network = ports.group(asked, random);
            if (!network.refusal().isEmpty()) {
                return refused("network: " + network.refusal());
            }
            networks = networks == null ? new ArrayList<>() : networks;
            granted = granted == null ? new ArrayList<>() : granted;
            networks.add(network.network());
            granted.addAll(network.ports());
        }
        Devices devices = new Devices(node, use);
        List<Integer> cores = freeCores(node, use);
        Map<String, AllocatedTaskResources> tasks = new TreeMap<>();
        for (Task task : ask.group().tasks()) {
            Resources asked = task.resources();
            List<NetworkResource> own = null;
            for (NetworkResource network : Values.orEmpty(asked.networks())) {
                Ports.Granted g = ports.task(network, random);
                if (!g.refusal().isEmpty()) {
                    return refused("network: " + g.refusal());
                }
                own = own == null ? new ArrayList<>() : own;
                own.add(g.network());
            }
            List<AllocatedDevice> given = null;
            for (RequestedDevice wanted : Values.orEmpty(asked.devices())) {
                Optional<AllocatedDevice> device = devices.take(wanted);
                if (device.isEmpty()) {
                    return refused("devices: no devices match request");
                }
                given = given == null ? new ArrayList<>() : given;
                given.add(device.get());
            }
            int count = Ask.number(asked.cores());
            if (count > cores.size()) {
                return refused("cores");
            }
            List<Integer> reserved = count == 0 ? null : List.copyOf(cores.subList(0, count));
            cores = cores.subList(count, cores.size());
            tasks.put(task.name(), new AllocatedTaskResources(new AllocatedCpu(Ask.cpu(task, node), reserved), given,
                    new AllocatedMemory(asked.memoryMB(), ask.oversubscription() ? Ask.number(asked.memoryMaxMB()) : 0), own));
        }
        return new Grant(new AllocatedResources(new AllocatedSharedResources(ask.disk(), networks, granted),
                ask.plain().taskLifecycles(), tasks), devices.score(), "");
    }

    /** The cores that a node may give out and has not, ascending. */
    static List<Integer> freeCores(Node node, NodeUse use) {
        List<Integer> free = new ArrayList<>(Values.orEmpty(node.nodeResources().cpu().reservableCpuCores()));
        if (node.reservedResources() != null && node.reservedResources().cpu() != null) {
            free.removeAll(Values.orEmpty(node.reservedResources().cpu().reservedCpuCores()));
        }
        free.removeIf(core -> Arrays.binarySearch(use.cores(), core) >= 0);
        free.sort(null);
        return free;
    }
}
