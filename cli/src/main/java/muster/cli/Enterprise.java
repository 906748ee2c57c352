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
        String some = "This command takes at least one argument: <recommendation_ids>";
        all.add(command("recommendation apply", "Apply one or more Nomad recommendations", -1, some, "PUT", "/v1/recommendations/apply",
                "Error applying recommendations: "));
        all.add(command("recommendation dismiss", "Dismiss one or more Nomad recommendations", -1, some, "DELETE", "/v1/recommendations",
                "Error dismissing recommendations: "));
        all.add(command("recommendation info", "Display an individual Nomad recommendation", 1, "This command takes one argument: <recommendation_id>",
                "GET", "/v1/recommendation/", "Error reading recommendation: "));
        all.add(command("operator utilization", "Generate a utilization reporting bundle", 0, "This command takes no arguments", "GET",
                "/v1/operator/utilization", "Error generating bundle: "));
        all.add(command("alloc pause", "Override a task schedule", 2, "This command takes two arguments: <alloc-id> <task>", "GET",
                "/v1/operator/license", "Error pausing task: "));
        all.add(command("recommendation list", "Display all Nomad recommendations", 0, "This command takes no arguments", "GET",
                "/v1/recommendations", "Error listing recommendations: "));
        return all;
    }

    /** @param arguments how many; below zero for one or more */
    private static Command command(String path, String synopsis, int arguments, String wanted, String method, String target, String error) {
        return new Command(path, synopsis, "Usage: nomad " + path + " [options]" + (arguments == 0 ? "" : arguments < 0 ? " <ids>..." : " <name>")
                + "\n\n  Belongs to the original's Enterprise edition and is refused here.", (console, args) -> {
                    GoFlags flags = Formatted.flags(NomadApi.flags()).switches("today-only", "signed")
                            .texts("description", "scope", "level", "policy-override", "message", "output", "state", "job", "group", "task", "resource").parse(args);
                    if (arguments < 0 ? flags.rest().isEmpty() : flags.rest().size() != arguments) {
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
