package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code job deployments}. */
final class JobDeployments {
    static final Command COMMAND = new Command("job deployments", "List deployments for a job", """
            Usage: nomad job deployments [options] <job>

              Lists a job's deployments.

            Deployments Options:

              -latest                the latest one, in full
              -all                   also those of a former job of that name
              -verbose               whole ids
            """ + Formatted.HELP, JobDeployments::run);

    private JobDeployments() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("latest", "all", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job deployments");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "listing jobs");
        if (found.isMissing()) {
            return found.exit();
        }
        String path = "/v1/job/" + NomadApi.idPath(found.stub().text("ID"));
        try {
            if (flags.on("latest")) {
                Doc latest = api.get(NomadApi.target(path + "/deployment", flags, console));
                if (Formatted.isWanted(flags)) {
                    return Formatted.print(console, flags, latest.value());
                }
                console.out().println(latest.isNull() ? "No deployment found"
                        : DeploymentText.whole(latest, flags.on("verbose"), console.zone()));
            } else {
                Doc answer = api.get(NomadApi.target(path + "/deployments", flags, console, flags.on("all") ? "all=true" : ""));
                if (Formatted.isWanted(flags)) {
                    return Formatted.print(console, flags, answer.value());
                }
                List<Doc> deployments = answer.list();
                console.out().println(DeploymentList.table(deployments, flags.on("verbose")));
            }
            return 0;
        } catch (ApiException e) {
            return console.fail("Error retrieving deployments: " + e.getMessage());
        }
    }
}
