package muster.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoDuration;
import muster.wire.GoFlags;

/** One node, as {@code node status} prints it. What the node itself has to be asked for is left out where it does not answer. */
final class NodeDetails {
    private static final double MIB = 1024.0 * 1024.0;

    private final Api api;
    private final GoFlags flags;
    private final Console console;
    private final Doc node;
    private final List<Doc> allocations;
    private final boolean verbose;

    NodeDetails(Api api, GoFlags flags, Console console, Doc node, List<Doc> allocations) {
        this.api = api;
        this.flags = flags;
        this.console = console;
        this.node = node;
        this.allocations = allocations;
        verbose = flags.on("verbose");
    }

    static List<Doc> running(List<Doc> allocations) {
        return allocations.stream().filter(allocation -> allocation.text("ClientStatus").equals("running")).toList();
    }

    void print() {
        Doc stats = flags.on("short") ? new Doc(null) : stats();
        console.out().println(Layout.values(head(stats)));
        if (!flags.on("short")) {
            if (verbose) {
                volumes();
                drivers();
            }
            events();
            resources(stats);
            if (flags.on("stats") && !stats.isNull()) {
                measured(stats);
            }
        }
        section("Allocations", placed());
        if (verbose) {
            section("Attributes", pairs(node.at("Attributes")));
            section("Meta", pairs(node.at("Meta")));
        }
    }

    private void section(String title, String text) {
        console.out().println("\n" + title + (text.isEmpty() ? "" : "\n" + text));
    }

    private Doc stats() {
        try {
            return api.get(NomadApi.target("/v1/client/stats", flags, console, "node_id=" + node.text("ID")));
        } catch (ApiException e) {
            console.err().println("error fetching node stats: " + e.getMessage());
            return new Doc(null);
        }
    }

    private List<String> head(Doc stats) {
        List<String> rows = new ArrayList<>(List.of(
                "ID|" + node.text("ID"),
                "Name|" + node.text("Name"),
                "Class|" + node.text("NodeClass"),
                "DC|" + node.text("Datacenter"),
                "Drain|" + drain(),
                "Eligibility|" + node.text("SchedulingEligibility"),
                "Status|" + node.text("Status"),
                "CSI Controllers|" + names(node.at("CSIControllerPlugins")),
                "CSI Drivers|" + names(node.at("CSINodePlugins"))));
        if (!node.text("NodePool").isEmpty() && !node.text("NodePool").equals("default")) {
            rows.add(3, "Node Pool|" + node.text("NodePool"));
        }
        if (!stats.isNull()) {
            rows.add("Uptime|" + GoDuration.format(Duration.ofSeconds(stats.number("Uptime"))));
        }
        if (!verbose || flags.on("short")) {
            rows.add("Host Volumes|" + names(node.at("HostVolumes")));
            rows.add("CSI Volumes|");
            List<String> healthy = new ArrayList<>();
            new TreeMap<>(node.at("Drivers").members()).forEach((name, driver) -> {
                if (driver.is("Detected")) {
                    healthy.add(driver.is("Healthy") ? name : name + " (unhealthy)");
                }
            });
            rows.add("Driver Status|" + String.join(",", healthy));
        }
        return rows;
    }

    private static String names(Doc of) {
        return String.join(",", new TreeMap<>(of.members()).keySet());
    }

    /** Whether the node is drained, and until when. */
    private String drain() {
        Doc strategy = node.at("DrainStrategy");
        if (strategy.isNull()) {
            return String.valueOf(node.is("Drain"));
        }
        String until = strategy.number("Deadline") < 0 ? "force drain"
                : strategy.time("ForceDeadline") == null ? "no deadline" : Layout.time(strategy.time("ForceDeadline"), console.zone()) + " deadline";
        return "true; " + until + (strategy.is("IgnoreSystemJobs") ? "; ignoring system jobs" : "");
    }

    private void volumes() {
        List<String> rows = new ArrayList<>();
        new TreeMap<>(node.at("HostVolumes").members()).forEach((name, volume) ->
                rows.add(name + "|" + volume.is("ReadOnly") + "|" + volume.text("Path")));
        if (!rows.isEmpty()) {
            rows.addFirst("Name|ReadOnly|Source");
            section("Host Volumes", Layout.table(rows));
        }
    }

    private void drivers() {
        List<String> rows = new ArrayList<>(List.of("Driver|Detected|Healthy|Message|Time"));
        new TreeMap<>(node.at("Drivers").members()).forEach((name, driver) -> rows.add(name + "|" + driver.is("Detected") + "|" + driver.is("Healthy") + "|"
                + driver.text("HealthDescription").replace('|', '/') + "|" + Layout.time(driver.time("UpdateTime"), console.zone())));
        section("Drivers", Layout.table(rows));
    }

    private void events() {
        List<Doc> events = new ArrayList<>(node.list("Events"));
        Collections.reverse(events);
        List<String> rows = new ArrayList<>(List.of("Time|Subsystem|Message" + (verbose ? "|Details" : "")));
        for (Doc event : events) {
            Map<String, Doc> details = new TreeMap<>(event.at("Details").members());
            String subsystem = details.containsKey("driver") ? "Driver: " + details.get("driver").text() : event.text("Subsystem");
            List<String> pairs = details.entrySet().stream().map(detail -> detail.getKey() + ": " + detail.getValue().text()).toList();
            rows.add(Layout.time(event.time("Timestamp"), console.zone()) + "|" + subsystem + "|" + event.text("Message")
                    + (verbose ? "|" + String.join(", ", pairs) : ""));
        }
        section("Node Events", Layout.table(rows));
    }

    private void resources(Doc stats) {
        List<Doc> running = running(allocations);
        Doc all = node.at("NodeResources");
        Doc kept = node.at("ReservedResources");
        long cpu = all.at("Cpu").number("CpuShares") - kept.at("Cpu").number("CpuShares");
        double memory = (all.at("Memory").number("MemoryMB") - kept.at("Memory").number("MemoryMB")) * MIB;
        double disk = (all.at("Disk").number("DiskMB") - kept.at("Disk").number("DiskMB")) * MIB;
        long askedCpu = 0;
        long askedMemory = 0;
        long askedDisk = 0;
        for (Doc allocation : running) {
            for (Doc task : allocation.at("AllocatedResources").at("Tasks").members().values()) {
                askedCpu += task.at("Cpu").number("CpuShares");
                askedMemory += task.at("Memory").number("MemoryMB");
            }
            askedDisk += allocation.at("AllocatedResources").at("Shared").number("DiskMB");
        }
        section("Allocated Resources", Layout.table(List.of("CPU|Memory|Disk", askedCpu + "/" + cpu + " MHz|"
                + share(askedMemory * MIB, memory) + "|" + share(askedDisk * MIB, disk))));
        used(running, cpu, memory);
        if (!stats.isNull()) {
            String device = node.at("Attributes").text("unique.storage.volume");
            String space = stats.list("DiskStats").stream().filter(part -> part.text("Device").equals(device)).findFirst()
                    .map(part -> share(part.at("Used").decimal(), part.at("Size").decimal())).orElse("(" + device + ")");
            section("Host Resource Utilization", Layout.table(List.of("CPU|Memory|Disk",
                    (long) Math.floor(stats.at("CPUTicksConsumed").decimal()) + "/" + all.at("Cpu").number("CpuShares") + " MHz|"
                            + share(stats.at("Memory").at("Used").decimal(), stats.at("Memory").at("Total").decimal()) + "|" + space)));
        }
    }

    private static String share(double part, double whole) {
        return Layout.bytes(part) + "/" + Layout.bytes(whole);
    }

    /** What the allocations use, as far as all of them can be asked. */
    private void used(List<Doc> running, long cpu, double memory) {
        double ticks = 0;
        double bytes = 0;
        for (Doc allocation : running) {
            Api.Answer answer = api.call("GET", NomadApi.target("/v1/client/allocation/" + allocation.text("ID") + "/stats", flags, console), new byte[0]);
            if (answer.status() != 200) {
                return;
            }
            Doc usage = answer.json().at("ResourceUsage");
            ticks += usage.at("CpuStats").at("TotalTicks").decimal();
            double inUse = usage.at("MemoryStats").at("Usage").decimal();
            bytes += inUse > 0 ? inUse : usage.at("MemoryStats").at("RSS").decimal();
        }
        section("Allocation Resource Utilization",
                Layout.table(List.of("CPU|Memory", (long) Math.floor(ticks) + "/" + cpu + " MHz|" + share(bytes, memory))));
    }

    private void measured(Doc stats) {
        List<String> blocks = new ArrayList<>();
        stats.list("CPU").forEach(core -> blocks.add(Layout.values(List.of("CPU|" + core.text("CPU"), "User|" + percent(core, "User"),
                "System|" + percent(core, "System"), "Idle|" + percent(core, "Idle")))));
        section("CPU Stats", String.join("\n\n", blocks));
        Doc memory = stats.at("Memory");
        section("Memory Stats", Layout.values(List.of("Total|" + size(memory, "Total"), "Available|" + size(memory, "Available"),
                "Used|" + size(memory, "Used"), "Free|" + size(memory, "Free"))));
        blocks.clear();
        stats.list("DiskStats").forEach(disk -> blocks.add(Layout.values(List.of("Device|" + disk.text("Device"), "MountPoint|" + disk.text("Mountpoint"),
                "Size|" + size(disk, "Size"), "Used|" + size(disk, "Used"), "Available|" + size(disk, "Available"),
                "Used Percent|" + percent(disk, "UsedPercent"), "Inodes Percent|" + percent(disk, "InodesUsedPercent")))));
        section("Disk Stats", String.join("\n\n", blocks));
    }

    private static String percent(Doc of, String name) {
        return String.format(Locale.ROOT, "%,.2f%%", of.at(name).decimal());
    }

    private static String size(Doc of, String name) {
        return Layout.bytes(of.at(name).decimal());
    }

    private String placed() {
        if (allocations.isEmpty()) {
            return "No allocations placed";
        }
        List<String> rows = new ArrayList<>();
        rows.add("ID|" + (verbose ? "Eval ID|" : "") + "Node ID|" + (verbose ? "Node Name|" : "") + "Task Group|Version|Desired|Status|Created|Modified");
        for (Doc allocation : allocations) {
            rows.add(Layout.id(allocation.text("ID"), verbose) + "|" + (verbose ? allocation.text("EvalID") + "|" : "")
                    + Layout.id(allocation.text("NodeID"), verbose) + "|" + (verbose ? allocation.text("NodeName") + "|" : "")
                    + allocation.text("TaskGroup") + "|" + allocation.at("Job").text("Version") + "|"
                    + allocation.text("DesiredStatus") + "|" + allocation.text("ClientStatus") + "|" + when(allocation, "CreateTime") + "|"
                    + when(allocation, "ModifyTime"));
        }
        return Layout.table(rows);
    }

    private String when(Doc allocation, String field) {
        return verbose ? Layout.time(allocation.time(field), console.zone()) : Layout.ago(allocation.time(field), console.clock().instant());
    }

    private static String pairs(Doc of) {
        Map<String, String> sorted = new LinkedHashMap<>();
        new TreeMap<>(of.members()).forEach((name, value) -> sorted.put(name, value.text().replace('|', '/')));
        return Layout.values(sorted.entrySet().stream().map(pair -> pair.getKey() + "|" + pair.getValue()).toList());
    }
}
