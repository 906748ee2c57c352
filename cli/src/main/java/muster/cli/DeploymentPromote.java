package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code deployment promote}, and {@code job promote} for a job's latest deployment. */
final class DeploymentPromote {
    static final Command DEPLOYMENT = new Command("deployment promote", "Promote a deployment's canaries", """
            Usage: nomad deployment promote [options] <deployment id>

              Makes the canaries part of the job and replaces the rest.

              -group=<name>          only this group; may be repeated
              -detach                return after asking for it
              -verbose               whole ids""", DeploymentPromote::deployment);
    static final Command JOB = new Command("job promote", "Promote a job's canaries", """
            Usage: nomad job promote [options] <job id>

              Promotes the job's latest deployment.

              -group=<name>          only this group; may be repeated
              -detach                return after asking for it
              -verbose               whole ids""", DeploymentPromote::job);

    private DeploymentPromote() {}

    private static GoFlags flags(List<String> args) {
        return NomadApi.flags().switches("detach", "verbose").lists("group").parse(args);
    }

    private static int deployment(Console console, List<String> args) {
        GoFlags flags = flags(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <deployment id>", "deployment promote");
        }
        Api api = NomadApi.api(flags, console);
        try {
            Doc deployment = DeploymentStatus.find(api, flags, console, flags.rest().getFirst());
            return deployment == null ? 1 : promote(console, api, flags, deployment.text("ID"));
        } catch (ApiException e) {
            return console.fail("Error promoting deployment: " + e.getMessage());
        }
    }

    private static int job(Console console, List<String> args) {
        GoFlags flags = flags(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job id>", "job promote");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "retrieving job");
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        Doc deployment;
        try {
            deployment = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(id) + "/deployment", flags, console));
        } catch (ApiException e) {
            return console.fail("Error retrieving latest deployment of job \"" + id + "\": " + e.getMessage());
        }
        if (deployment.isNull()) {
            return console.fail("Job \"" + id + "\" has no deployment to promote");
        }
        try {
            return promote(console, api, flags, deployment.text("ID"));
        } catch (ApiException e) {
            return console.fail("Error promoting deployment \"" + deployment.text("ID") + "\" for job \"" + id + "\": " + e.getMessage());
        }
    }

    private static int promote(Console console, Api api, GoFlags flags, String id) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("DeploymentID", id);
        request.put(flags.has("group") ? "Groups" : "All", flags.has("group") ? flags.all("group") : true);
        String evaluation = api.send("PUT", NomadApi.target("/v1/deployment/promote/" + id, flags, console), request).text("EvalID");
        if (evaluation.isEmpty() || flags.on("detach")) {
            console.out().println(evaluation.isEmpty() ? "Deployment \"" + id + "\" promoted" : evaluation);
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
