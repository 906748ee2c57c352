package muster.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.wire.GoFlags;

/** Follows the drain of a node, a line for each thing that happens, until nothing runs there any more. Waits by blocking queries. */
final class DrainMonitor {
    private static final Set<String> OVER = Set.of("complete", "failed", "lost");

    private final Api api;
    private final GoFlags flags;
    private final Console console;
    private final Map<String, Doc> seen = new HashMap<>();

    DrainMonitor(Api api, GoFlags flags, Console console) {
        this.api = api;
        this.flags = flags;
        this.console = console;
    }

    /** Before a drain is asked for: what runs on the node, so that what ends at once is told too. */
    void look(Doc node) {
        api.get(NomadApi.target("/v1/node/" + node.text("ID") + "/allocations", flags, console)).list()
                .forEach(allocation -> seen.put(allocation.text("ID"), allocation));
    }

    /** After the drain was asked for. */
    int begin(Doc node, boolean ignoreSystem) {
        line("Ctrl-C to stop monitoring: will not cancel the node drain");
        line("Node \"" + node.text("ID") + "\" drain strategy set");
        return watch(node.text("ID"), ignoreSystem);
    }

    /** A drain that somebody else asked for. */
    int follow(Doc node, boolean ignoreSystem) {
        line("Monitoring node \"" + node.text("ID") + "\": Ctrl-C to detach monitoring");
        return watch(node.text("ID"), ignoreSystem);
    }

    private int watch(String node, boolean ignoreSystem) {
        boolean draining = true;
        String index = "";
        while (true) {
            if (draining && api.get(NomadApi.target("/v1/node/" + node, flags, console)).at("DrainStrategy").isNull()) {
                draining = false;
                line("Drain complete for node " + node);
            }
            Api.Answer answer = Api.good(api.call("GET", NomadApi.target("/v1/node/" + node + "/allocations", flags, console,
                    index.isEmpty() ? "" : "index=" + index, index.isEmpty() ? "" : "wait=1s"), new byte[0]));
            index = answer.headers().getOrDefault("x-nomad-index", "");
            int running = 0;
            for (Doc allocation : answer.json().list()) {
                if (!(ignoreSystem && allocation.at("Job").text("Type").equals("system"))) {
                    tell(allocation);
                    running += OVER.contains(allocation.text("ClientStatus")) ? 0 : 1;
                }
            }
            if (!draining && running == 0) {
                line("All allocations on node \"" + node + "\" have stopped");
                return 0;
            }
        }
    }

    private void tell(Doc allocation) {
        String id = allocation.text("ID");
        Doc before = seen.put(id, allocation);
        boolean wasOver = OVER.contains((before == null ? allocation : before).text("ClientStatus"));
        if (wasOver) {
            return;
        }
        boolean migrates = allocation.at("DesiredTransition").is("Migrate");
        if (migrates && (before == null || !before.at("DesiredTransition").is("Migrate"))) {
            line("Alloc \"" + id + "\" marked for migration");
        }
        boolean stops = List.of("stop", "evict").contains(allocation.text("DesiredStatus"));
        if (stops && (before == null || before.text("DesiredStatus").equals("run"))) {
            line("Alloc \"" + id + "\" draining");
        }
        if (before != null && !before.text("ClientStatus").equals(allocation.text("ClientStatus"))) {
            line("Alloc \"" + id + "\" status " + before.text("ClientStatus") + " -> " + allocation.text("ClientStatus"));
        }
    }

    private void line(String text) {
        console.out().println(Layout.time(console.clock().instant(), console.zone()) + ": " + text);
        console.out().flush();
    }
}
