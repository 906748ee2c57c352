package muster.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code job why-not}: everything that keeps a job off a node. */
final class JobWhyNot {
    static final Command COMMAND = new Command("job why-not", "Tell all that keeps a job off a node", """
            Usage: nomad job why-not [options] <job> <node>

              Tells, for each group of the job, everything that stands against one more instance on the node: not only
              the first reason, as a failed placement does. The node is named by its name, its id or the beginning of it.
              The exit code is 0 where every group could be placed there, 2 where one could not.

            Why-Not Options:

              -json                  the answer as JSON""", JobWhyNot::run);

    private JobWhyNot() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("json").parse(args);
        if (flags.rest().size() != 2) {
            return NomadApi.usage(console, "This command takes two arguments: <job> <node>", "job why-not");
        }
        Doc answer;
        try {
            answer = NomadApi.api(flags, console).get(NomadApi.target("/v1/job/" + NomadApi.idPath(flags.rest().getFirst()) + "/why-not/"
                    + NomadApi.idPath(flags.rest().get(1)), flags, console));
        } catch (ApiException e) {
            return console.fail("Error asking why: " + e.getMessage());
        }
        boolean all = answer.list("Reasons").isEmpty() && answer.list("Groups").stream().allMatch(group -> group.is("Fits"));
        if (flags.on("json")) {
            console.out().println(new String(Json.write(answer.value(), true), StandardCharsets.UTF_8));
            return all ? 0 : 2;
        }
        console.out().println("Job \"" + answer.text("JobID") + "\" on node \"" + answer.text("NodeName") + "\"");
        answer.list("Reasons").forEach(reason -> console.out().println("  * " + reason.text()));
        for (Doc group : answer.list("Groups")) {
            boolean fits = group.is("Fits");
            console.out().println();
            console.out().println("Group \"" + group.text("Name") + "\": " + (fits ? "could be placed there" : "can't be placed there")
                    + (group.number("Instances") > 0 ? ", " + group.number("Instances") + " there now" : ""));
            group.list("Reasons").forEach(reason -> console.out().println("  * " + reason.text()));
            if (group.number("Preempts") > 0) {
                console.out().println("  It would put " + group.number("Preempts") + " less important out of the way.");
            }
        }
        return all ? 0 : 2;
    }
}
