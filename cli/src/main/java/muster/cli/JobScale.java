package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job scale}. */
final class JobScale {
    static final Command COMMAND = new Command("job scale", "Change the count of a Nomad job group", """
            Usage: nomad job scale [options] <job> [<group>] <count>

              Changes how many instances of a group run. The group may be left out when the job has only one.

            Scale Options:

              -detach                return after asking for it
              -verbose               whole ids""", JobScale::run);

    private JobScale() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").parse(args);
        List<String> rest = flags.rest();
        if (rest.size() < 2 || rest.size() > 3) {
            return console.fail("Command requires at least two arguments and no more than three");
        }
        long count;
        try {
            count = Long.parseLong(rest.getLast());
        } catch (NumberFormatException e) {
            return console.fail("Failed to convert count string to int: strconv.Atoi: parsing \"" + rest.getLast() + "\": invalid syntax");
        }
        Api api = NomadApi.api(flags, console);
        String path = "/v1/job/" + NomadApi.idPath(rest.getFirst());
        Doc job;
        try {
            job = api.get(NomadApi.target(path, flags, console));
        } catch (ApiException e) {
            return console.fail("Error querying job: " + e.getMessage());
        }
        List<String> groups = job.list("TaskGroups").stream().map(group -> group.text("Name")).toList();
        String group = rest.size() == 3 ? rest.get(1) : groups.getFirst();
        if (rest.size() == 2 && groups.size() > 1) {
            return console.fail("Group name required");
        }
        if (!groups.contains(group)) {
            return console.fail("Group " + group + " not found within job");
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("Count", count);
        request.put("Target", Map.of("Group", group));
        request.put("Message", "submitted using the Nomad CLI");
        Doc answer;
        try {
            answer = api.send("PUT", NomadApi.target(path + "/scale", flags, console), request);
        } catch (ApiException e) {
            return console.fail("Error submitting scaling request: " + e.getMessage());
        }
        if (!answer.text("Warnings").isEmpty()) {
            console.out().println("Job Warnings:\n" + answer.text("Warnings") + "\n");
        }
        String evaluation = answer.text("EvalID");
        if (evaluation.isEmpty() || flags.on("detach")) {
            console.out().println(evaluation.isEmpty() ? "Job scaled; no evaluation was needed" : "Evaluation ID: " + evaluation);
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
