package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code node status}. */
final class NodeStatus {
    static final Command COMMAND = new Command("node status", "Display status information about nodes", """
            Usage: nomad node status [options] <node>

              Shows a node with its allocations, or all nodes without one.

            Node Status Options:

              -self                  the node that the asked agent runs
              -allocs                a column with the number of allocations
              -short                 leave out events and resources
              -stats                 what the node's processors, memory and disks do, in detail
              -os                    a column with the operating system's name
              -quiet                 ids alone
              -filter=<expression>   those alone for which it holds
              -per-page=<n>          how many at a time
              -page-token=<token>    where a further page begins
              -json                  as JSON
              -t=<template>          through a Go template
              -verbose               whole ids, attributes and addresses""", NodeStatus::run);

    private NodeStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("self", "allocs", "short", "stats", "verbose", "quiet", "os").texts("filter", "per-page", "page-token").parse(args);
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
        if (flags.on("quiet") && (flags.on("verbose") || flags.on("json"))) {
            return console.fail("-quiet cannot be used with -verbose or -json");
        }
        Api.Answer answer = Api.good(api.call("GET", NomadApi.target("/v1/nodes", flags, console, NomadApi.query(flags, "filter", "filter"),
                NomadApi.query(flags, "per-page", "per_page"), NomadApi.query(flags, "page-token", "next_token"), flags.on("os") ? "os=true" : ""),
                new byte[0]));
        List<Doc> nodes = answer.json().list();
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
        rows.add("ID|DC|Name|Class|" + (flags.on("os") ? "OS|" : "") + (verbose ? "Address|Version|" : "") + "Drain|Eligibility|Status"
                + (flags.on("allocs") ? "|Running Allocs" : ""));
        for (Doc node : nodes) {
            rows.add(Layout.id(node.text("ID"), verbose) + "|" + node.text("Datacenter") + "|" + node.text("Name") + "|"
                    + node.text("NodeClass") + "|" + (flags.on("os") ? node.at("Attributes").text("os.name") + "|" : "")
                    + (verbose ? node.text("Address") + "|" + node.text("Version") + "|" : "")
                    + node.is("Drain") + "|" + node.text("SchedulingEligibility") + "|" + node.text("Status")
                    + (flags.on("allocs") ? "|" + NodeDetails.running(allocations(api, flags, console, node.text("ID"))).size() : ""));
        }
        console.out().println(Layout.table(rows));
        Formatted.nextPage(console, answer, "nomad node status");
        return 0;
    }

    /** Nodes of which one is to be named more exactly. */
    static String stubs(List<Doc> nodes, boolean wholeIds) {
        List<String> rows = new ArrayList<>(List.of("ID|DC|Name|Class|Drain|Eligibility|Status"));
        nodes.forEach(node -> rows.add(Layout.id(node.text("ID"), wholeIds) + "|" + node.text("Datacenter") + "|" + node.text("Name") + "|"
                + node.text("NodeClass") + "|" + node.is("Drain") + "|" + node.text("SchedulingEligibility") + "|" + node.text("Status")));
        return Layout.table(rows);
    }

    private static List<Doc> allocations(Api api, GoFlags flags, Console console, String node) {
        return api.get(NomadApi.target("/v1/node/" + node + "/allocations", flags, console)).list();
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
            return console.fail("Prefix matched multiple nodes\n\n" + stubs(matches, flags.on("verbose")));
        }
        Doc node = api.get(NomadApi.target("/v1/node/" + matches.getFirst().text("ID"), flags, console));
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, node.value());
        }
        new NodeDetails(api, flags, console, node, allocations(api, flags, console, node.text("ID"))).print();
        return 0;
    }
}
