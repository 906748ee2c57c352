package muster.scheduler;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import muster.scheduler.job.Job;
import muster.scheduler.state.Node;
import muster.wire.Json;

/** Jobs and nodes for tests, from short texts. */
public final class Samples {
    private Samples() {}

    /** A complete service job with one group "web" and one task "main". */
    public static Job job(String id, int count) {
        return read(Job.class, """
                {"ID": "%s", "Name": "%s", "Namespace": "default", "Region": "global", "Type": "service", "Priority": 50,
                 "AllAtOnce": false, "Datacenters": ["dc1"], "Stop": false, "Stable": false, "Version": 0, "Status": "",
                 "CreateIndex": 0, "ModifyIndex": 0, "JobModifyIndex": 0, "ParentID": "",
                 "Update": {"MaxParallel": 1, "Stagger": 30000000000},
                 "TaskGroups": [{"Name": "web", "Count": %d, "EphemeralDisk": {"SizeMB": 10},
                   "Networks": [{"DynamicPorts": [{"Label": "http", "HostNetwork": "default"}]}],
                   "ReschedulePolicy": {"Unlimited": true, "Delay": 30000000000, "DelayFunction": "exponential",
                                        "MaxDelay": 3600000000000, "Attempts": 0, "Interval": 0},
                   "RestartPolicy": {"Attempts": 2, "Interval": 1800000000000, "Delay": 15000000000, "Mode": "fail"},
                   "Update": {"MaxParallel": 1, "HealthCheck": "checks", "MinHealthyTime": 0, "HealthyDeadline": 300000000000,
                              "ProgressDeadline": 600000000000, "AutoRevert": false, "AutoPromote": false, "Canary": 0,
                              "Stagger": 30000000000},
                   "Migrate": {"MaxParallel": 1},
                   "Tasks": [{"Name": "main", "Driver": "raw_exec", "Config": {"command": "sleep"},
                              "Resources": {"CPU": 100, "MemoryMB": 64, "Cores": 0, "DiskMB": 0, "IOPS": 0,
                                            "MemoryMaxMB": 0}}]}]}""".formatted(id, id, count));
    }

    /** A ready node with raw_exec. */
    public static Node node(int number, int cpu, int memory) {
        String id = UUID.nameUUIDFromBytes(("node" + number).getBytes(StandardCharsets.UTF_8)).toString();
        return read(Node.class, """
                {"ID": "%s", "Name": "node-%d", "Datacenter": "dc1", "Status": "ready", "SchedulingEligibility": "eligible",
                 "Attributes": {"driver.raw_exec": "1", "kernel.name": "linux", "unique.hostname": "node-%d"},
                 "Drivers": {"raw_exec": {"Detected": true, "Healthy": true}},
                 "NodeResources": {"Cpu": {"CpuShares": %d}, "Memory": {"MemoryMB": %d}, "Disk": {"DiskMB": 10000},
                   "Networks": [{"Mode": "host", "Device": "lo", "IP": "127.0.0.1"}],
                   "NodeNetworks": [{"Mode": "host", "Device": "lo", "Addresses":
                      [{"Alias": "default", "Address": "127.0.0.1", "Family": "ipv4"}]}]}}"""
                .formatted(id, number, number, cpu, memory));
    }

    public static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.getBytes(StandardCharsets.UTF_8), Json.Unknown.IGNORE);
    }
}
