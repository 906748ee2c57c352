package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code deployment status}. */
final class DeploymentStatus {
    static final Command COMMAND = new Command("deployment status", "Display the status of a deployment", """
            Usage: nomad deployment status [options] <deployment id>

              Shows a deployment; all of them without an id.

            Status Options:

              -monitor               follow it to its end
              -verbose               whole ids
            """ + Formatted.HELP, DeploymentStatus::run);

    private DeploymentStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("monitor", "verbose").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes one argument: <deployment id>", "deployment status");
        }
        Api api = NomadApi.api(flags, console);
        if (flags.rest().isEmpty()) {
            return DeploymentList.list(console, api, flags);
        }
        try {
            Doc deployment = find(api, flags, console, flags.rest().getFirst());
            if (deployment == null) {
                return 1;
            }
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, deployment.value());
            }
            if (flags.on("monitor")) {
                return new Monitor(api, flags, console, flags.on("verbose")).deployment(deployment.text("ID"));
            }
            console.out().println(DeploymentText.whole(deployment, flags.on("verbose"), console.zone()));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error retrieving deployment: " + e.getMessage());
        }
    }

    /** The deployment whose id begins so; null after a message. */
    static Doc find(Api api, GoFlags flags, Console console, String id) {
        List<Doc> matches = api.get(NomadApi.target("/v1/deployments", flags, console, "prefix=" + Lookups.even(id))).list();
        if (matches.isEmpty()) {
            console.fail("Error retrieving deployment: Deployment ID \"" + id + "\" matched no deployments");
            return null;
        }
        if (matches.size() > 1) {
            console.fail("Prefix matched multiple deployments\n\n" + DeploymentList.table(matches, flags.on("verbose")));
            return null;
        }
        NomadApi.into(matches.getFirst(), flags, console);
        return api.get(NomadApi.target("/v1/deployment/" + matches.getFirst().text("ID"), flags, console));
    }
}
