package muster.scheduler.state;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Values;

/**
 * What the allocations of one node that are not over hold of it together, so that nobody has to walk them. Immutable; changes
 * cost as much as the node has ports, cores and device instances given out. What two hold at once is in it twice.
 *
 * @param cpu MHz, tasks that never meet counted once
 * @param memory MB, likewise
 * @param disk MB
 * @param allocations how many there are
 * @param ports for each address the ports in use, ascending
 * @param cores the ids of the cores in use, ascending
 * @param devices the instances in use, as {@link #instance} names them, ascending
 */
public record NodeUse(long cpu, long memory, long disk, int allocations, Map<String, int[]> ports, int[] cores,
        String[] devices) {
    public static final NodeUse NONE = new NodeUse(0, 0, 0, 0, Map.of(), new int[0], new String[0]);

    /** Of these together. */
    public static NodeUse of(Iterable<Allocation> allocations) {
        NodeUse use = NONE;
        for (Allocation allocation : allocations) {
            use = use.with(allocation);
        }
        return use;
    }

    public NodeUse with(Allocation allocation) {
        return changed(allocation, 1);
    }

    /** Without an allocation that is a part of this. */
    public NodeUse without(Allocation allocation) {
        return changed(allocation, -1);
    }

    /** The name of an instance of a device. */
    public static String instance(AllocatedDevice device, String id) {
        return device.vendor() + '/' + device.type() + '/' + device.name() + '#' + id;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeUse use && cpu == use.cpu && memory == use.memory && disk == use.disk
                && allocations == use.allocations && Arrays.equals(cores, use.cores) && Arrays.equals(devices, use.devices)
                && ports.keySet().equals(use.ports.keySet())
                && ports.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), use.ports.get(e.getKey())));
    }

    @Override
    public int hashCode() {
        return Objects.hash(cpu, memory, disk, allocations);
    }

    private NodeUse changed(Allocation allocation, int sign) {
        AllocatedResources held = allocation.allocatedResources();
        if (held == null) {
            return new NodeUse(cpu, memory, disk, allocations + sign, ports, cores, devices);
        }
        Change change = new Change(sign, ports, cores, devices);
        long heldDisk = 0;
        if (held.shared() != null) {
            heldDisk = held.shared().diskMB();
            for (AllocatedPort port : Values.orEmpty(held.shared().ports())) {
                change.port(port.hostIP(), port.value());
            }
        }
        for (AllocatedTaskResources task : Values.orEmpty(held.tasks()).values()) {
            change.task(task);
        }
        return new NodeUse(cpu + sign * held.cpu(), memory + sign * held.memory(), disk + sign * heldDisk, allocations + sign,
                change.ports, change.cores, change.devices);
    }

    /** The sorted parts in the making; each array is copied when it changes. */
    private static final class Change {
        private final int sign;
        private Map<String, int[]> ports;
        private boolean own;
        private int[] cores;
        private String[] devices;

        Change(int sign, Map<String, int[]> ports, int[] cores, String[] devices) {
            this.sign = sign;
            this.ports = ports;
            this.cores = cores;
            this.devices = devices;
        }

        void port(String address, int port) {
            if (!own) {
                ports = new HashMap<>(ports);
                own = true;
            }
            int[] now = changed(ports.getOrDefault(address, new int[0]), port);
            if (now.length == 0) {
                ports.remove(address);
            } else {
                ports.put(address, now);
            }
        }

        void task(AllocatedTaskResources task) {
            for (NetworkResource network : Values.orEmpty(task.networks())) {
                for (Port port : Values.orEmpty(network.reservedPorts())) {
                    port(network.ip(), port.value());
                }
                for (Port port : Values.orEmpty(network.dynamicPorts())) {
                    port(network.ip(), port.value());
                }
            }
            for (int core : Values.orEmpty(task.cpu().reservedCores())) {
                cores = changed(cores, core);
            }
            for (AllocatedDevice device : Values.orEmpty(task.devices())) {
                for (String id : Values.orEmpty(device.deviceIDs())) {
                    devices = changed(devices, instance(device, id));
                }
            }
        }

        private int[] changed(int[] sorted, int value) {
            int at = Arrays.binarySearch(sorted, value);
            int place = at < 0 ? -at - 1 : at;
            if (sign < 0 && at < 0) {
                return sorted;
            }
            int[] copy = new int[sorted.length + sign];
            System.arraycopy(sorted, 0, copy, 0, place);
            if (sign > 0) {
                copy[place] = value;
                System.arraycopy(sorted, place, copy, place + 1, sorted.length - place);
            } else {
                System.arraycopy(sorted, place + 1, copy, place, sorted.length - place - 1);
            }
            return copy;
        }

        private String[] changed(String[] sorted, String value) {
            int at = Arrays.binarySearch(sorted, value);
            int place = at < 0 ? -at - 1 : at;
            if (sign < 0 && at < 0) {
                return sorted;
            }
            String[] copy = new String[sorted.length + sign];
            System.arraycopy(sorted, 0, copy, 0, place);
            if (sign > 0) {
                copy[place] = value;
                System.arraycopy(sorted, place, copy, place + 1, sorted.length - place);
            } else {
                System.arraycopy(sorted, place + 1, copy, place, sorted.length - place - 1);
            }
            return copy;
        }
    }
}
