package muster.cli;

import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code maint}. */
final class Maint {
    static final Command COMMAND = new Command("maint", "Controls node or service maintenance mode", """
            Usage: consul maint [options]

              Puts the node or one of its services in maintenance, which takes it out of names and balancing, or ends that. Without
              an option it lists what is in maintenance.

              -enable             begin
              -disable            end
              -reason=<string>    why, shown in the check's notes; with -enable only
              -service=<serviceID>
                                  a service instead of the node""", Maint::run);

    private static final String SERVICE_PREFIX = "_service_maintenance:";

    private Maint() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("enable", "disable").texts("reason", "service").parse(args);
        boolean enable = flags.on("enable");
        boolean disable = flags.on("disable");
        if (enable && disable) {
            return console.fail("Only one of -enable or -disable may be provided");
        }
        if (!enable && !flags.text("reason").isEmpty()) {
            return console.fail("Reason may only be provided with -enable");
        }
        if (!enable && !disable && !flags.text("service").isEmpty()) {
            return console.fail("Service requires either -enable or -disable");
        }
        Api api = ConsulApi.api(flags, console);
        return enable || disable ? change(console, api, flags, enable) : list(console, api, flags);
    }

    private static int change(Console console, Api api, GoFlags flags, boolean enable) {
        String service = flags.text("service");
        String query = "?enable=" + enable + (enable ? "&reason=" + ConsulApi.encode(flags.text("reason")) : "");
        String done = enable ? "enabled" : "disabled";
        try {
            Api.good(api.call("PUT", service.isEmpty() ? "/v1/agent/maintenance" + query
                    : "/v1/agent/service/maintenance/" + ConsulApi.keyPath(service) + query, new byte[0]));
            console.out().println(service.isEmpty() ? "Node maintenance is now " + done
                    : "Service maintenance is now " + done + " for \"" + service + "\"");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error " + (enable ? "enabling " : "disabling ") + (service.isEmpty() ? "node" : "service")
                    + " maintenance: " + e.getMessage());
        }
    }

    private static int list(Console console, Api api, GoFlags flags) {
        boolean json = ConsulApi.json(flags);
        Map<String, Doc> checks;
        try {
            checks = api.get("/v1/agent/checks").members();
        } catch (ApiException e) {
            return console.fail("Error getting checks: " + e.getMessage());
        }
        if (json) {
            return ConsulApi.printJson(console, new Doc(checks.values().stream().map(Doc::value)
                    .filter(check -> new Doc(check).text("CheckID").startsWith(SERVICE_PREFIX)
                            || new Doc(check).text("CheckID").equals("_node_maintenance")).toList()));
        }
        for (Doc check : checks.values()) {
            String id = check.text("CheckID");
            if (id.equals("_node_maintenance")) {
                console.out().println("Node:");
                console.out().println("  Name:   " + check.text("Node"));
                console.out().println("  Reason: " + check.text("Notes"));
                console.out().println();
            } else if (id.startsWith(SERVICE_PREFIX)) {
                console.out().println("Service:");
                console.out().println("  ID:     " + check.text("ServiceID"));
                console.out().println("  Reason: " + check.text("Notes"));
                console.out().println();
            }
        }
        return 0;
    }
}
