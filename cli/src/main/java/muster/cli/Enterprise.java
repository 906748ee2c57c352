package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** Commands of the original's paid edition: the API refuses them, and its refusal is what they print. */
final class Enterprise {
    private Enterprise() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>();
        String input = "This command takes one argument: <input>";
        String quota = "This command takes one argument: <quota>";
        all.add(command("quota apply", "Create or update a quota specification", 1, input, "PUT", "/v1/quota", "Error applying quota spec: "));
        all.add(command("quota delete", "Delete a quota specification", 1, quota, "DELETE", "/v1/quota/", "Error deleting quota: "));
        all.add(command("quota inspect", "Inspect a quota specification", 1, quota, "GET", "/v1/quota/", "Error retrieving quota: "));
        all.add(command("quota list", "List quota specifications", 0, "This command takes no arguments", "GET", "/v1/quotas", "Error retrieving quotas: "));
        all.add(command("quota status", "Display a quota's status and current usage", 1, quota, "GET", "/v1/quota/", "Error retrieving quota: "));
        all.add(command("sentinel apply", "Create a new or update existing Sentinel policies", 2, "This command takes exactly two arguments",
                "PUT", "/v1/sentinel/policy/", "Error writing Sentinel policy: "));
        all.add(command("sentinel delete", "Delete an existing Sentinel policies", 1, "This command takes exactly one argument", "DELETE",
                "/v1/sentinel/policy/", "Error deleting Sentinel policy: "));
        all.add(command("sentinel list", "Display all Sentinel policies", 0, "This command takes no arguments", "GET", "/v1/sentinel/policies",
                "Error listing Sentinel policies: "));
        all.add(command("sentinel read", "Inspects an existing Sentinel policies", 1, "This command takes exactly one argument", "GET",
                "/v1/sentinel/policy/", "Error reading Sentinel policy: "));
        all.add(command("license get", "Retrieve the current Nomad Enterprise License", 0, "This command takes no arguments", "GET",
                "/v1/operator/license", "Error getting license: "));
        all.add(command("recommendation list", "Display all Nomad recommendations", 0, "This command takes no arguments", "GET",
                "/v1/recommendations", "Error listing recommendations: "));
        return all;
    }

    private static Command command(String path, String synopsis, int arguments, String wanted, String method, String target, String error) {
        return new Command(path, synopsis, "Usage: nomad " + path + " [options]" + (arguments == 0 ? "" : " <name>")
                + "\n\n  Belongs to the original's Enterprise edition and is refused here.", (console, args) -> {
                    GoFlags flags = Formatted.flags(NomadApi.flags()).texts("description", "scope", "level").parse(args);
                    if (flags.rest().size() != arguments) {
                        return NomadApi.usage(console, wanted, path);
                    }
                    try {
                        String name = target.endsWith("/") ? NomadApi.idPath(flags.rest().getFirst()) : "";
                        Api.good(NomadApi.api(flags, console).call(method, NomadApi.target(target + name, flags, console), new byte[0]));
                        return console.fail(error + "the agent answers as the Enterprise edition, whose answers this program does not know");
                    } catch (ApiException e) {
                        return console.fail(error + e.getMessage());
                    }
                });
    }
}
