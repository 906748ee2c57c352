package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.driver.TaskUsage;

/** What tasks and the node use, in the API's shape (API page "Client": stats). */
final class UsageReport {
    private static final List<String> CPU = List.of("Percent", "System Mode", "User Mode");
    private static final List<String> MEMORY = List.of("RSS", "Swap");

    private UsageReport() {}

    /** The tasks of an allocation and their sum; without tasks, all is zero. */
    static Map<String, Object> allocation(Map<String, TaskUsage> tasks, double mhz) {
        Map<String, Object> shown = new TreeMap<>();
        double percent = 0;
        double user = 0;
        double system = 0;
        long resident = 0;
        long swap = 0;
        long newest = 0;
        for (Map.Entry<String, TaskUsage> task : tasks.entrySet()) {
            TaskUsage usage = task.getValue();
            long at = nanos(usage.at());
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("Pids", null);
            one.put("ResourceUsage", usage(usage.percent(), usage.userPercent(), usage.systemPercent(), usage.residentBytes(), usage.swapBytes(), mhz, true));
            one.put("Timestamp", at);
            shown.put(task.getKey(), one);
            percent += usage.percent();
            user += usage.userPercent();
            system += usage.systemPercent();
            resident += usage.residentBytes();
            swap += usage.swapBytes();
            newest = Math.max(newest, at);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("ResourceUsage", usage(percent, user, system, resident, swap, mhz, !tasks.isEmpty()));
        all.put("Tasks", shown);
        all.put("Timestamp", newest);
        return all;
    }

    private static long nanos(Instant at) {
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }

    private static Map<String, Object> usage(double percent, double user, double system, long resident, long swap,
            double mhz, boolean measured) {
        Map<String, Object> cpu = new LinkedHashMap<>();
        cpu.put("Measured", measured ? CPU : null);
        cpu.put("Percent", percent);
        cpu.put("SystemMode", system);
        cpu.put("ThrottledPeriods", 0);
        cpu.put("ThrottledTime", 0);
        cpu.put("TotalTicks", percent / 100 * mhz);
        cpu.put("UserMode", user);
        Map<String, Object> memory = new LinkedHashMap<>();
        for (String name : List.of("Cache", "KernelMaxUsage", "KernelUsage", "MaxUsage")) {
            memory.put(name, 0);
        }
        memory.put("Measured", measured ? MEMORY : null);
        memory.put("RSS", resident);
        memory.put("Swap", swap);
        memory.put("Usage", 0);
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("CpuStats", cpu);
        usage.put("DeviceStats", List.of());
        usage.put("MemoryStats", memory);
        return usage;
    }

    /** The machine: memory and disk as they are now; the processors' times since the machine's start. */
    static Map<String, Object> node(Path dataDir, double totalMhz, Instant now) throws IOException {
        Map<String, Long> memory = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            String[] parts = line.split("[: ]+");
            if (parts.length > 1) {
                memory.put(parts[0], Long.parseLong(parts[1]) << 10);
            }
        }
        long total = memory.getOrDefault("MemTotal", 0L);
        long free = memory.getOrDefault("MemFree", 0L);
        long available = memory.getOrDefault("MemAvailable", free);
        double busy = 0;
        List<Map<String, Object>> cores = new java.util.ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
            if (line.startsWith("cpu")) {
                String[] parts = line.split(" +");
                double user = Double.parseDouble(parts[1]) + Double.parseDouble(parts[2]);
                double system = Double.parseDouble(parts[3]);
                double idle = Double.parseDouble(parts[4]);
                double share = 100 / Math.max(1, user + system + idle);
                if (parts[0].equals("cpu")) {
                    busy = (user + system) * share;
                } else {
                    Map<String, Object> core = new LinkedHashMap<>();
                    core.put("CPU", parts[0]);
                    core.put("Idle", idle * share);
                    core.put("System", system * share);
                    core.put("Total", (user + system) * share);
                    core.put("User", user * share);
                    cores.add(core);
                }
            }
        }
        Map<String, Object> disk = disk(dataDir);
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("AllocDirStats", disk);
        stats.put("CPU", cores);
        stats.put("CPUTicksConsumed", busy / 100 * totalMhz);
        stats.put("DeviceStats", List.of());
        stats.put("DiskStats", List.of(disk));
        stats.put("Memory", new TreeMap<>(Map.of("Available", available, "Free", free, "Total", total, "Used", total - available)));
        stats.put("Timestamp", nanos(now));
        stats.put("Uptime", (long) Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]));
        return stats;
    }

    private static Map<String, Object> disk(Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        long size = store.getTotalSpace();
        long available = store.getUsableSpace();
        long used = size - store.getUnallocatedSpace();
        Map<String, Object> disk = new LinkedHashMap<>();
        disk.put("Available", available);
        disk.put("Device", store.name());
        disk.put("InodesUsedPercent", DiskUse.of(folder).inodePercent());
        disk.put("Mountpoint", store.toString().replaceFirst(" \\(.*", ""));
        disk.put("Size", size);
        disk.put("Used", used);
        disk.put("UsedPercent", size == 0 ? 0.0 : 100.0 * used / size);
        return disk;
    }
}
