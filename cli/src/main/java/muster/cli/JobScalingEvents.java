package muster.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code job scaling-events}. */
final class JobScalingEvents {
    static final Command COMMAND = new Command("job scaling-events", "Display the most recent scaling events for a job", """
            Usage: nomad job scaling-events [options] <job>

              Shows when the counts of a job's groups were changed, newest first.

            Scaling-Events Options:

              -verbose               messages and evaluations too""", JobScalingEvents::run);

    private JobScalingEvents() {}

    private record Event(String group, Doc of) {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job_id>", "job scaling-events");
        }
        Doc groups;
        try {
            groups = NomadApi.api(flags, console)
                    .get(NomadApi.target("/v1/job/" + NomadApi.idPath(flags.rest().getFirst()) + "/scale", flags, console))
                    .at("TaskGroups");
        } catch (ApiException e) {
            return console.fail("Error listing scaling events: " + e.getMessage());
        }
        List<Event> events = new ArrayList<>();
        new TreeMap<>(groups.members()).forEach((name, group) ->
                group.list("Events").forEach(event -> events.add(new Event(name, event))));
        if (events.isEmpty()) {
            console.out().println("No events found");
            return 0;
        }
        events.sort(Comparator.comparingLong((Event event) -> event.of().number("Time")).reversed());
        boolean verbose = flags.on("verbose");
        List<String> rows = new ArrayList<>();
        rows.add("Task Group|Count|PrevCount|" + (verbose ? "Error|Message|Eval ID|" : "") + "Date");
        for (Event event : events) {
            Doc of = event.of();
            rows.add(event.group() + "|" + (of.at("Count").isNull() ? "" : of.text("Count")) + "|" + of.text("PreviousCount") + "|"
                    + (verbose ? of.is("Error") + "|" + of.text("Message").replace('|', '/') + "|" + of.text("EvalID") + "|" : "")
                    + Layout.time(of.time("Time"), console.zone()));
        }
        console.out().println(Layout.table(rows));
        return 0;
    }
}
