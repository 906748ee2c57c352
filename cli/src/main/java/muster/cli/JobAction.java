package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code job action}: a command that the job's file names, beside one of its tasks. */
final class JobAction {
    static final Command COMMAND = new Command("job action", "Run a pre-defined command from a given context", """
            Usage: nomad job action [options] <action>

              Runs an action of a job's file beside its task, connected to this terminal or to standard input and output.
              Its exit code becomes this command's.

            Action Specific Options:

              -job=<id>              the job; has to be given
              -group=<name>          the group, where several have such an action
              -task=<name>           the task, where several have such an action
              -alloc=<id>            beside the task of that allocation, instead of the newest that runs
              -i                     pass on standard input (on; -i=false for not)
              -t                     give it a terminal (on where this is one; -t=false for not)
              -e <escape_char>       at the beginning of a line, and with a dot behind it, ends the session (~);
                                     "none" for no such character""", JobAction::run);

    private JobAction() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("i", "t").texts("job", "group", "task", "alloc", "e").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "An action name is required", "job action");
        }
        if (flags.text("job").isEmpty()) {
            return NomadApi.usage(console, "A job ID is required", "job action");
        }
        boolean input = flags.on("i", true);
        boolean terminal = flags.on("t", Terminal.isThere());
        String escape = flags.text("e", "~");
        if (terminal && !input) {
            return NomadApi.usage(console, "-i must be enabled if running with tty", "job action");
        }
        if (!escape.equals("none") && escape.length() != 1) {
            return NomadApi.usage(console, "-e requires 'none' or a single character", "job action");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found job = Lookups.job(api, flags, console, flags.text("job"), "querying job");
        if (job.isMissing()) {
            return job.exit();
        }
        try {
            Doc action = action(api, flags, console, job.stub().text("ID"));
            AllocExec.Place place = place(api, flags, console, job.stub().text("ID"), action);
            List<String> command = new ArrayList<>(List.of(action.text("Command")));
            action.list("Args").forEach(argument -> command.add(argument.text()));
            return AllocExec.command(console, api, flags, place, command,
                    new AllocExec.Wishes(input, terminal, escape.equals("none") ? -1 : escape.charAt(0)));
        } catch (ApiException | IOException e) {
            return console.fail("failed to exec into task: " + e.getMessage());
        }
    }

    private static Doc action(Api api, GoFlags flags, Console console, String job) {
        String name = flags.rest().getFirst();
        List<Doc> found = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(job) + "/actions", flags, console)).list().stream()
                .filter(action -> action.text("Name").equals(name)
                        && (flags.text("group").isEmpty() || flags.text("group").equals(action.text("TaskGroupName")))
                        && (flags.text("task").isEmpty() || flags.text("task").equals(action.text("TaskName")))).toList();
        if (found.isEmpty()) {
            throw new ApiException(0, "job \"" + job + "\" has no action \"" + name + "\" there");
        }
        if (found.size() > 1) {
            throw new ApiException(0, "action \"" + name + "\" is in several tasks: "
                    + String.join(", ", found.stream().map(action -> action.text("TaskGroupName") + "/" + action.text("TaskName")).toList())
                    + "; name one by -group and -task");
        }
        return found.getFirst();
    }

    private static AllocExec.Place place(Api api, GoFlags flags, Console console, String job, Doc action) {
        List<Doc> running = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(job) + "/allocations", flags, console)).list().stream()
                .filter(allocation -> allocation.text("ClientStatus").equals("running") && allocation.text("ID").startsWith(flags.text("alloc"))
                        && allocation.text("TaskGroup").equals(action.text("TaskGroupName"))).toList();
        if (running.isEmpty()) {
            throw new ApiException(0, "job \"" + job + "\" has no running allocation of group \"" + action.text("TaskGroupName") + "\""
                    + (flags.text("alloc").isEmpty() ? "" : " whose id begins with " + flags.text("alloc")));
        }
        return new AllocExec.Place(running.getFirst().text("ID"), action.text("TaskName"));
    }
}
