package muster.scheduler.job;

import java.util.List;
import muster.wire.Key;

/** What a task asks for; null where the job file leaves it out. */
public record Resources(
        @Key("CPU") Integer cpu,
        Integer cores,
        List<RequestedDevice> devices,
        Integer diskMB,
        @Key("IOPS") Integer iops,
        Integer memoryMB,
        Integer memoryMaxMB,
        List<NetworkResource> networks) {
    public Resources {
        devices = Values.list(devices);
        networks = Values.list(networks);
    }

    /** A copy with another Networks. */
    public Resources withNetworks(List<NetworkResource> networks) {
        return new Resources(cpu, cores, devices, diskMB, iops, memoryMB, memoryMaxMB, networks);
    }
}
