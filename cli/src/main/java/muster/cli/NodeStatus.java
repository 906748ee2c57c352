package muster.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code node status}. */
final class NodeStatus {
    static final Command COMMAND = new Command("node status", "Display status information about nodes", """
            Usage: nomad node status [options] <node>

              Shows a node with its allocations, or all nodes without one.

            Node Status Options:

              -self                  the node that the asked agent runs
              -allocs                a column with the number of allocations
              -short                 leave out allocations and resources
              -json                  as JSON
              -t=<template>          through a Go template
              -quiet                 ids alone
              -filter=<expression>   those alone for which it holds
              -verbose               whole ids, attributes and addresses""", NodeStatus::run);

    private NodeStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("self", "allocs", "short", "stats", "verbose", "quiet").texts("filter", "per-page", "page-token").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either one or no arguments", "node-status");
        }
        Api api = NomadApi.api(flags, console);
        try {
            if (flags.rest().isEmpty() && !flags.on("self")) {
                return list(console, api, flags);
            }
            String id = flags.on("self")
                    ? self(api)
                    : flags.rest().getFirst();
            return one(console, api, flags, id);
        } catch (ApiException e) {
            return console.fail("Error querying node status: " + e.getMessage());
        }
    }

    /** The node that the asked agent runs. */
    static String self(Api api) {
        return api.get("/v1/agent/self").at("stats").at("client").text("node_id");
    }

    private static int list(Console console, Api api, GoFlags flags) {
        List<Doc> nodes = api.get(NomadApi.target("/v1/nodes", flags, console,
                flags.text("filter").isEmpty() ? "" : "filter=" + ConsulApi.encode(flags.text("filter")))).list();
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, nodes.stream().map(Doc::value).toList());
        }
        if (flags.on("quiet")) {
            nodes.forEach(node -> console.out().println(node.text("ID")));
            return 0;
        }
        if (nodes.isEmpty()) {
            return 0;
        }
        boolean verbose = flags.on("verbose");
        List<String> rows = new ArrayList<>();
        rows.add("ID|DC|Name|Class|" + (verbose ? "Address|Version|" : "") + "Drain|Eligibility|Status"
                + (flags.on("allocs") ? "|Running Allocs" : ""));
        for (Doc node : nodes) {
            rows.add(Layout.id(node.text("ID"), verbose) + "|" + node.text("Datacenter") + "|" + node.text("Name") + "|"
                    + node.text("NodeClass") + "|"
                    + (verbose ? node.text("Address") + "|" + node.text("Version") + "|" : "")
                    + node.is("Drain") + "|" + node.text("SchedulingEligibility") + "|" + node.text("Status")
                    + (flags.on("allocs") ? "|" + running(api, flags, console, node.text("ID")).size() : ""));
        }
        console.out().println(Layout.table(rows));
        return 0;
    }

    private static List<Doc> running(Api api, GoFlags flags, Console console, String node) {
        return api.get(NomadApi.target("/v1/node/" + node + "/allocations", flags, console)).list().stream()
                .filter(allocation -> allocation.text("ClientStatus").equals("running"))
                .toList();
    }

    private static int one(Console console, Api api, GoFlags flags, String id) {
        if (id.length() < 2) {
            return console.fail("Identifier must contain at least two characters.");
        }
        List<Doc> matches = api.get(NomadApi.target("/v1/nodes", flags, console, "prefix=" + Lookups.even(id))).list();
        if (matches.isEmpty()) {
            return console.fail("No node(s) with prefix \"" + id + "\" found");
        }
        if (matches.size() > 1) {
            return console.fail("Prefix matched multiple nodes\n\n"
                    + String.join("\n", matches.stream().map(node -> node.text("ID")).toList()));
        }
        Doc node = api.get(NomadApi.target("/v1/node/" + matches.getFirst().text("ID"), flags, console));
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, node.value());
        }
        print(console, api, flags, node);
        return 0;
    }

    private static void print(Console console, Api api, GoFlags flags, Doc node) {
        boolean verbose = flags.on("verbose");
        List<String> healthy = new ArrayList<>();
        new TreeMap<>(node.at("Drivers").members()).forEach((name, driver) -> {
            if (driver.is("Detected")) {
                healthy.add(driver.is("Healthy") ? name : name + " (unhealthy)");
            }
        });
        console.out().println(Layout.values(List.of(
                "ID|" + node.text("ID"),
                "Name|" + node.text("Name"),
                "Class|" + node.text("NodeClass"),
                "DC|" + node.text("Datacenter"),
                "Drain|" + node.is("Drain"),
                "Eligibility|" + node.text("SchedulingEligibility"),
                "Status|" + node.text("Status"),
                "CSI Controllers|",
                "CSI Drivers|",
                "Driver Status|" + String.join(",", healthy))));
        if (flags.on("short")) {
            return;
        }
        List<Doc> events = new ArrayList<>(node.list("Events"));
        Collections.reverse(events);
        List<String> rows = new ArrayList<>();
        rows.add("Time|Subsystem|Message");
        events.forEach(event -> rows.add(Layout.time(event.time("Timestamp"), console.zone()) + "|" + event.text("Subsystem") + "|"
                + event.text("Message")));
        console.out().println("\nNode Events\n" + Layout.table(rows));
        List<Doc> running = running(api, flags, console, node.text("ID"));
        console.out().println("\nAllocated Resources\n" + Layout.table(allocated(node, running)));
        List<Doc> allocations = api.get(NomadApi.target("/v1/node/" + node.text("ID") + "/allocations", flags, console)).list();
        console.out().println("\nAllocations\n" + allocations(allocations, verbose, console));
        if (verbose) {
            List<String> attributes = new ArrayList<>();
            new TreeMap<>(node.at("Attributes").members()).forEach((name, value) -> attributes.add(name + "|" + value.text()));
            console.out().println("\nAttributes\n" + Layout.values(attributes));
        }
        List<String> meta = new ArrayList<>();
        new TreeMap<>(node.at("Meta").members()).forEach((name, value) -> meta.add(name + "|" + value.text()));
        if (verbose && !meta.isEmpty()) {
            console.out().println("\nMeta\n" + Layout.values(meta));
        }
    }

    private static List<String> allocated(Doc node, List<Doc> running) {
        long cpu = 0;
        long memory = 0;
        long disk = 0;
        for (Doc allocation : running) {
            for (Map.Entry<String, Doc> task : allocation.at("AllocatedResources").at("Tasks").members().entrySet()) {
                cpu += task.getValue().at("Cpu").number("CpuShares");
                memory += task.getValue().at("Memory").number("MemoryMB");
            }
            disk += allocation.at("AllocatedResources").at("Shared").number("DiskMB");
        }
        Doc total = node.at("NodeResources");
        double mib = 1024.0 * 1024.0;
        return List.of("CPU|Memory|Disk",
                cpu + "/" + total.at("Cpu").number("CpuShares") + " MHz|"
                        + Layout.bytes(memory * mib) + "/" + Layout.bytes(total.at("Memory").number("MemoryMB") * mib) + "|"
                        + Layout.bytes(disk * mib) + "/" + Layout.bytes(total.at("Disk").number("DiskMB") * mib));
    }

    private static String allocations(List<Doc> allocations, boolean verbose, Console console) {
        if (allocations.isEmpty()) {
            return "No allocations placed";
        }
        List<String> rows = new ArrayList<>();
        rows.add("ID|Node ID|Task Group|Version|Desired|Status|Created|Modified");
        for (Doc allocation : allocations) {
            rows.add(Layout.id(allocation.text("ID"), verbose) + "|" + Layout.id(allocation.text("NodeID"), verbose) + "|"
                    + allocation.text("TaskGroup") + "|" + allocation.at("Job").text("Version") + "|"
                    + allocation.text("DesiredStatus") + "|" + allocation.text("ClientStatus") + "|"
                    + Layout.ago(allocation.time("CreateTime"), console.clock().instant()) + "|"
                    + Layout.ago(allocation.time("ModifyTime"), console.clock().instant()));
        }
        return Layout.table(rows);
    }
}
