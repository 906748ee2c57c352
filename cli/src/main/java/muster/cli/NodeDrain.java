package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.GoQuote;

/** {@code node drain}. */
final class NodeDrain {
    static final Command COMMAND = new Command("node drain", "Toggle drain mode on a given node", """
            Usage: nomad node drain [options] <node>

              Moves what runs on a node elsewhere, and lets nothing new come, or ends that.

            Node Drain Options:

              -enable                begin, or change the drain that is under way
              -disable               end it, and let the node take allocations again
              -deadline=<duration>   when what is left is stopped; 1h
              -force                 stop everything at once
              -no-deadline           wait for ever
              -ignore-system         leave system jobs where they are
              -keep-ineligible       with -disable: the node takes nothing yet
              -monitor               follow a drain that is under way
              -detach                return after asking for it
              -m=<message>           why, kept with the drain
              -meta=<key>=<value>    kept with the drain; may be repeated
              -self                  the node that the asked agent runs
              -yes                   do not ask""", NodeDrain::run);

    private static final String HOUR = "1h";

    private NodeDrain() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags()
                .switches("enable", "disable", "force", "no-deadline", "ignore-system", "keep-ineligible", "monitor", "detach", "self", "yes")
                .texts("deadline", "m").lists("meta").parse(args);
        String wrong = wrong(flags);
        if (!wrong.isEmpty()) {
            return NomadApi.usage(console, wrong, "node-drain");
        }
        long deadline;
        try {
            deadline = deadline(flags);
        } catch (IllegalArgumentException e) {
            return console.fail("Failed to parse deadline \"" + flags.text("deadline") + "\": " + e.getMessage());
        }
        Api api = NomadApi.api(flags, console);
        try {
            String wanted = flags.on("self") ? NodeStatus.self(api) : flags.rest().getFirst();
            Lookups.Found found = Lookups.node(api, flags, console, wanted);
            if (found.isMissing()) {
                return found.exit();
            }
            Doc node = api.get(NomadApi.target("/v1/node/" + found.stub().text("ID"), flags, console));
            DrainMonitor monitor = new DrainMonitor(api, flags, console);
            if (flags.on("monitor")) {
                if (node.at("DrainStrategy").isNull()) {
                    console.err().println("No drain strategy set");
                    return 0;
                }
                return monitor.follow(node, flags.on("ignore-system"));
            }
            boolean asks = !flags.on("yes") && !flags.on("self");
            return asks && !isConfirmed(console, flags, node) ? 0 : toggle(console, flags, api, node, deadline, monitor);
        } catch (ApiException e) {
            return console.fail("Error toggling drain mode: " + e.getMessage());
        }
    }

    private static String wrong(GoFlags flags) {
        boolean enable = flags.on("enable");
        boolean disable = flags.on("disable");
        boolean deadline = !flags.text("deadline").isEmpty();
        if (!flags.on("monitor") && enable == disable) {
            return "Either the '-enable' or '-disable' flag must be set, unless using '-monitor'";
        }
        if (disable && (deadline || flags.on("force") || flags.on("no-deadline") || flags.on("ignore-system"))) {
            return "-disable can't be combined with flags configuring drain strategy";
        }
        if (deadline && (flags.on("force") || flags.on("no-deadline"))) {
            return "-deadline can't be combined with -force or -no-deadline";
        }
        if (flags.on("force") && flags.on("no-deadline")) {
            return "-force and -no-deadline are mutually exclusive";
        }
        return flags.on("self") || flags.rest().size() == 1 ? "" : "Node ID must be specified if -self isn't being used";
    }

    /** In nanoseconds; below zero for at once, zero for never. */
    private static long deadline(GoFlags flags) {
        if (flags.on("force")) {
            return -1_000_000_000L;
        }
        if (flags.on("no-deadline")) {
            return 0;
        }
        String text = flags.text("deadline", HOUR);
        long nanos = GoDuration.parse(text).toNanos();
        if (nanos <= 0) {
            throw new IllegalArgumentException("A positive drain duration must be given");
        }
        return nanos;
    }

    private static boolean isConfirmed(Console console, GoFlags flags, Doc node) {
        return Confirmation.given(console, "Are you sure you want to " + (flags.on("enable") ? "enable" : "disable") + " drain mode for node \""
                + node.text("ID") + "\"? [y/N]", "Canceling drain toggle");
    }

    private static int toggle(Console console, GoFlags flags, Api api, Doc node, long deadline, DrainMonitor monitor) {
        String id = node.text("ID");
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("NodeID", id);
        request.put("DrainSpec", flags.on("enable") ? Map.of("Deadline", deadline, "IgnoreSystemJobs", flags.on("ignore-system")) : null);
        request.put("MarkEligible", !flags.on("keep-ineligible") && flags.on("disable"));
        Map<String, String> meta = new LinkedHashMap<>();
        for (String pair : flags.all("meta")) {
            int equals = pair.indexOf('=');
            meta.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        }
        if (flags.has("m")) {
            meta.put("message", flags.text("m"));
        }
        if (!meta.isEmpty()) {
            request.put("Meta", meta);
        }
        try {
            if (flags.on("enable") && !flags.on("detach")) {
                monitor.look(node);
            }
            api.send("PUT", NomadApi.target("/v1/node/" + id + "/drain", flags, console), request);
        } catch (ApiException e) {
            return console.fail("Error updating drain specification: " + e.getMessage());
        }
        if (!flags.on("enable") || flags.on("detach")) {
            console.out().println("Node " + GoQuote.quote(id) + " drain strategy " + (flags.on("enable") ? "set" : "unset"));
            return 0;
        }
        return monitor.begin(node, flags.on("ignore-system"));
    }
}
