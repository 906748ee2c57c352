package muster.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code status}: of whatever the identifier is the beginning of. */
final class Status {
    static final Command COMMAND = new Command("status", "Display the status output for a resource", """
            Usage: nomad status [options] <identifier>

              Shows the job, allocation, evaluation, deployment, node, scaling policy or namespace that the identifier begins; all
              jobs without one.

              -verbose               whole ids and times
            """ + Formatted.HELP, Status::run);

    private Status() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags;
        try {
            flags = Formatted.flags(NomadApi.flags()).switches("verbose").parse(args);
        } catch (GoFlags.FlagException e) {
            console.err().println(e.getMessage());
            throw new GoFlags.FlagException("Error parsing arguments: \"" + e.getMessage() + "\"");
        }
        Api api = NomadApi.api(flags, console);
        if (flags.rest().isEmpty()) {
            return JobStatus.list(console, api, flags);
        }
        String id = flags.rest().getFirst();
        Doc matches;
        try {
            matches = api.send("PUT", NomadApi.target("/v1/search", flags, console), Map.of("Prefix", id, "Context", "all")).at("Matches");
        } catch (ApiException e) {
            return console.fail("Error querying search with id: \"" + e.getMessage() + "\"");
        }
        Map<String, List<String>> found = new LinkedHashMap<>();
        matches.members().forEach((context, ids) -> {
            List<String> texts = ids.list().stream().map(Doc::text).toList();
            if (!texts.isEmpty()) {
                found.put(context, texts);
            }
        });
        if (found.isEmpty()) {
            return console.fail("Unable to resolve ID: \"" + id + "\"");
        }
        boolean exactJob = found.getOrDefault("jobs", List.of()).contains(id);
        if (!exactJob && (found.size() > 1 || found.values().iterator().next().size() > 1)) {
            List<String> lines = new ArrayList<>();
            found.forEach((context, ids) -> lines.add("\n" + context.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                    + context.substring(1) + ":\n" + String.join(", ", ids)));
            return console.fail("Multiple matches found for id \"" + id + "\"\n" + String.join("\n", lines));
        }
        String context = exactJob ? "jobs" : found.keySet().iterator().next();
        List<String> again = new ArrayList<>(args.subList(0, args.size() - flags.rest().size()));
        again.add(exactJob ? id : found.get(context).getFirst());
        return switch (context) {
            case "jobs" -> JobStatus.one(console, api, flags.switches("all-allocs", "evals", "short"), again.getLast());
            case "allocs" -> AllocStatus.COMMAND.action().run(console, again);
            case "evals" -> EvalStatus.COMMAND.action().run(console, again);
            case "deployment" -> DeploymentStatus.COMMAND.action().run(console, again);
            case "nodes" -> NodeStatus.COMMAND.action().run(console, again);
            case "scaling_policy" -> ScalingPolicies.INFO.action().run(console, again);
            case "namespaces" -> Namespaces.STATUS.action().run(console, again);
            case "volumes" -> Volumes.STATUS.action().run(console, again);
            case "plugins" -> Volumes.PLUGINS.action().run(console, again);
            default -> console.fail("Unable to resolve ID: \"" + id + "\"");
        };
    }
}
