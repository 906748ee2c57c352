package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code deployment fail}, {@code deployment pause} and {@code deployment resume}: three requests of one shape. */
final class DeploymentControl {
    static final Command FAIL = command("fail", "Manually fail a deployment", "Ends a deployment as failed; groups with auto_revert go back.");
    static final Command PAUSE = command("pause", "Pause a deployment", "Places nothing more until the deployment is resumed.");
    static final Command RESUME = command("resume", "Resume a paused deployment", "Goes on with a paused deployment.");

    static final Command UNBLOCK = new Command("deployment unblock", "Unblock a blocked deployment", """
            Usage: nomad deployment unblock [options] <deployment id>

              Lets a deployment of several regions go on before those before it are done. There is one region here.""",
            (console, args) -> unblock(console, args));

    private DeploymentControl() {}

    private static int unblock(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <deployment id>", "deployment unblock");
        }
        Api api = NomadApi.api(flags, console);
        try {
            Doc deployment = DeploymentStatus.find(api, flags, console, flags.rest().getFirst());
            if (deployment == null) {
                return 1;
            }
            api.send("PUT", NomadApi.target("/v1/deployment/unblock/" + deployment.text("ID"), flags, console),
                    Map.of("DeploymentID", deployment.text("ID")));
            console.out().println("Deployment \"" + deployment.text("ID") + "\" unblocked");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error unblocking deployment: " + e.getMessage());
        }
    }

    private static Command command(String verb, String synopsis, String text) {
        String path = "deployment " + verb;
        return new Command(path, synopsis, """
                Usage: nomad %s [options] <deployment id>

                  %s

                  -detach                return after asking for it
                  -verbose               whole ids""".formatted(path, text), (console, args) -> run(console, args, verb));
    }

    private static int run(Console console, List<String> args, String verb) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <deployment id>", "deployment " + verb);
        }
        Api api = NomadApi.api(flags, console);
        String doing = switch (verb) {
            case "fail" -> "failing";
            case "pause" -> "pausing";
            default -> "resuming";
        };
        try {
            Doc deployment = DeploymentStatus.find(api, flags, console, flags.rest().getFirst());
            if (deployment == null) {
                return 1;
            }
            String id = deployment.text("ID");
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("DeploymentID", id);
            if (!verb.equals("fail")) {
                request.put("Pause", verb.equals("pause"));
            }
            Doc answer = api.send("PUT", NomadApi.target("/v1/deployment/" + (verb.equals("fail") ? "fail" : "pause") + "/" + id, flags, console),
                    request);
            console.out().println("Deployment \"" + id + "\" " + verb + (verb.endsWith("e") ? "d" : "ed"));
            if (!answer.at("RevertedJobVersion").isNull()) {
                console.out().println("Auto-reverted to version " + answer.text("RevertedJobVersion") + " of the job");
            }
            String evaluation = answer.text("EvalID");
            return evaluation.isEmpty() || flags.on("detach")
                    ? 0
                    : new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
        } catch (ApiException e) {
            return console.fail("Error " + doing + " deployment: " + e.getMessage());
        }
    }
}
