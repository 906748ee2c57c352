package muster.cli;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** The tasks of an allocation, as {@code alloc status} prints them: those that run before and beside the main ones come first. */
final class AllocTasks {
    private static final double MIB = 1024.0 * 1024.0;

    private AllocTasks() {}

    /** A row for each. */
    static void print(Console console, Doc allocation) {
        List<String> rows = new ArrayList<>(List.of("Name|State|Last Event|Time|Lifecycle"));
        states(allocation).forEach(task -> {
            List<Doc> events = task.getValue().list("Events");
            Doc last = events.isEmpty() ? new Doc(null) : events.getLast();
            String lifecycle = lifecycle(spec(allocation, task.getKey()));
            rows.add(task.getKey() + "|" + task.getValue().text("State") + "|" + last.text("Type") + "|"
                    + (events.isEmpty() ? "" : Layout.time(last.time("Time"), console.zone())) + "|" + (lifecycle.isEmpty() ? "main" : lifecycle));
        });
        console.out().println("\nTasks\n" + Layout.table(rows));
    }

    /** All of each. */
    static void print(Console console, GoFlags flags, Doc allocation, Doc usage) {
        states(allocation).forEach(task -> {
            String name = task.getKey();
            Doc state = task.getValue();
            String lifecycle = lifecycle(spec(allocation, name));
            console.out().println("\nTask \"" + name + "\"" + (lifecycle.isEmpty() ? "" : " (" + lifecycle + ")") + " is \"" + state.text("State") + "\"");
            resources(console, flags, allocation, name, usage.at("Tasks").at(name));
            volumes(console, allocation, name);
            console.out().println("Task Events:");
            console.out().println(Layout.values(List.of(
                    "Started At|" + Layout.time(state.time("StartedAt"), ZoneOffset.UTC),
                    "Finished At|" + Layout.time(state.time("FinishedAt"), ZoneOffset.UTC),
                    "Total Restarts|" + state.number("Restarts"),
                    "Last Restart|" + Layout.time(state.time("LastRestart"), console.zone()))));
            List<Doc> events = new ArrayList<>(state.list("Events"));
            Collections.reverse(events);
            List<String> rows = new ArrayList<>();
            rows.add("Time|Type|Description");
            for (Doc event : events) {
                rows.add(Layout.time(event.time("Time"), console.zone()) + "|" + event.text("Type") + "|"
                        + event.text("DisplayMessage").replace('|', '/'));
            }
            console.out().println("\nRecent Events:\n" + Layout.table(rows));
        });
    }

    private static Doc group(Doc allocation) {
        return allocation.at("Job").list("TaskGroups").stream().filter(group -> group.text("Name").equals(allocation.text("TaskGroup")))
                .findFirst().orElse(new Doc(null));
    }

    private static Doc spec(Doc allocation, String task) {
        return group(allocation).list("Tasks").stream().filter(spec -> spec.text("Name").equals(task)).findFirst().orElse(new Doc(null));
    }

    /** When a task runs; "" for a main one. */
    private static String lifecycle(Doc spec) {
        Doc lifecycle = spec.at("Lifecycle");
        return lifecycle.text("Hook") + (lifecycle.is("Sidecar") ? " sidecar" : "");
    }

    /** By name, but with hooks before main tasks, and among hooks those that stay behind those that end. */
    private static List<Map.Entry<String, Doc>> states(Doc allocation) {
        List<Map.Entry<String, Doc>> states = new ArrayList<>(new TreeMap<>(allocation.at("TaskStates").members()).entrySet());
        states.sort(Comparator.comparingInt(state -> {
            String lifecycle = lifecycle(spec(allocation, state.getKey()));
            return lifecycle.isEmpty() ? 2 : lifecycle.endsWith(" sidecar") ? 1 : 0;
        }));
        return states;
    }

    private static void resources(Console console, GoFlags flags, Doc allocation, String task, Doc usage) {
        Doc asked = allocation.at("AllocatedResources").at("Tasks").at(task);
        Doc memory = usage.at("ResourceUsage").at("MemoryStats");
        Doc cpu = usage.at("ResourceUsage").at("CpuStats");
        double used = memory.number("RSS") > 0 ? memory.number("RSS") : memory.number("Usage");
        List<String> rows = new ArrayList<>();
        rows.add("CPU|Memory|Disk|Addresses");
        long disk = allocation.at("AllocatedResources").at("Shared").number("DiskMB");
        rows.add((long) Math.floor(cpu.at("TotalTicks").decimal()) + "/" + asked.at("Cpu").number("CpuShares") + " MHz|"
                + Layout.bytes(used) + "/" + Layout.bytes(asked.at("Memory").number("MemoryMB") * MIB) + "|"
                + Layout.bytes(disk * MIB) + "|" + legacyAddress(asked));
        console.out().println("Task Resources\n" + Layout.columns(rows, "  ", "") + "\n");
        if (flags.on("stats") && !usage.isNull()) {
            console.out().println("Memory Stats\n" + Layout.columns(measured(memory, true), "  ", "") + "\n");
            console.out().println("CPU Stats\n" + Layout.columns(measured(cpu, false), "  ", "") + "\n");
        }
    }

    private static List<String> measured(Doc stats, boolean sizes) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        stats.list("Measured").stream().map(Doc::text).sorted().forEach(name -> {
            Doc value = stats.at(name.replace(" ", ""));
            names.add(name);
            values.add(sizes ? Layout.bytes(value.decimal())
                    : name.startsWith("Throttled") ? value.text() : String.format(Locale.ROOT, "%.2f%%", value.decimal()));
        });
        return List.of(String.join("|", names), String.join("|", values));
    }

    private static String legacyAddress(Doc asked) {
        List<String> addresses = new ArrayList<>();
        for (Doc network : asked.list("Networks")) {
            for (String kind : List.of("DynamicPorts", "ReservedPorts")) {
                network.list(kind).forEach(port -> addresses.add(
                        port.text("Label") + ": " + network.text("IP") + ":" + port.text("Value")));
            }
        }
        return String.join(", ", addresses);
    }

    private static void volumes(Console console, Doc allocation, String task) {
        Map<String, Doc> known = group(allocation).at("Volumes").members();
        for (String type : List.of("host", "csi")) {
            List<String> rows = new ArrayList<>(List.of("ID|Read Only"));
            spec(allocation, task).list("VolumeMounts").forEach(mount -> {
                Doc volume = known.getOrDefault(mount.text("Volume"), new Doc(null));
                if (volume.text("Type").equals(type)) {
                    rows.add(volume.text("Name") + "|" + (type.equals("host") ? mount : volume).is("ReadOnly"));
                }
            });
            if (rows.size() > 1) {
                console.out().println((type.equals("host") ? "Host" : "CSI") + " Volumes:\n" + Layout.table(rows) + "\n");
            }
        }
    }
}
