package muster.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code eval status}. */
final class EvalStatus {
    static final Command COMMAND = new Command("eval status", "Display evaluation status and placement failure reasons", """
            Usage: nomad eval status [options] <evaluation>

              Shows an evaluation and why anything could not be placed.

            Eval Status Options:

              -monitor               follow it instead
              -json                  as JSON
              -t=<template>          through a Go template
              -verbose               whole ids and times""", EvalStatus::run);

    private EvalStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("monitor", "verbose").parse(args);
        if (flags.rest().isEmpty() && Formatted.isWanted(flags)) {
            try {
                return Formatted.print(console, flags,
                        NomadApi.api(flags, console).get(NomadApi.target("/v1/evaluations", flags, console)).value());
            } catch (ApiException e) {
                return console.fail("Error querying evaluations: " + e.getMessage());
            }
        }
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument", "eval status");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.evaluation(api, flags, console, flags.rest().getFirst());
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        if (flags.on("monitor")) {
            return new Monitor(api, flags, console, flags.on("verbose")).evaluation(id);
        }
        try {
            Doc evaluation = api.get(NomadApi.target("/v1/evaluation/" + id, flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, evaluation.value());
            }
            print(console, evaluation, flags.on("verbose"));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying evaluation: " + e.getMessage());
        }
    }

    private static void print(Console console, Doc evaluation, boolean verbose) {
        Map<String, Doc> failed = new TreeMap<>(evaluation.at("FailedTGAllocs").members());
        String status = evaluation.text("Status");
        String description = evaluation.text("StatusDescription");
        List<String> rows = new ArrayList<>(List.of(
                "ID|" + Layout.id(evaluation.text("ID"), verbose),
                "Create Time|" + when(evaluation.time("CreateTime"), verbose, console),
                "Modify Time|" + when(evaluation.time("ModifyTime"), verbose, console),
                "Status|" + status,
                "Status Description|" + (description.isEmpty() ? status : description),
                "Type|" + evaluation.text("Type"),
                "TriggeredBy|" + evaluation.text("TriggeredBy"),
                evaluation.text("JobID").isEmpty() ? "Node ID|" + evaluation.text("NodeID") : "Job ID|" + evaluation.text("JobID"),
                "Priority|" + evaluation.text("Priority"),
                "Placement Failures|" + (status.equals("blocked") ? "N/A - In Progress" : String.valueOf(!failed.isEmpty()))));
        if (verbose) {
            rows.add("Previous Eval|" + evaluation.text("PreviousEval"));
            rows.add("Next Eval|" + evaluation.text("NextEval"));
            rows.add("Blocked Eval|" + evaluation.text("BlockedEval"));
        }
        console.out().println(Layout.values(rows));
        if (failed.isEmpty()) {
            return;
        }
        console.out().println("\nFailed Placements");
        failed.forEach((group, metrics) -> {
            long count = metrics.number("CoalescedFailures") + 1;
            console.out().println("Task Group \"" + group + "\" (failed to place " + count
                    + (count == 1 ? " allocation):\n" : " allocations):\n") + PlanText.metrics(metrics, "  ") + "\n");
        });
        if (!evaluation.text("BlockedEval").isEmpty()) {
            console.out().println("Evaluation \"" + Layout.id(evaluation.text("BlockedEval"), verbose)
                    + "\" waiting for additional capacity to place remainder");
        }
    }

    private static String when(Instant time, boolean verbose, Console console) {
        return verbose ? Layout.time(time, console.zone()) : Layout.ago(time, console.clock().instant());
    }
}
