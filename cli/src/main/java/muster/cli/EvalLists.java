package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code eval list} and {@code eval delete}. */
final class EvalLists {
    static final Command LIST = new Command("eval list", "List the set of evaluations tracked by Nomad", """
            Usage: nomad eval list [options]

              Lists evaluations.

            Eval List Options:

              -verbose               whole ids
              -per-page=<n>          how many at a time
              -page-token=<token>    where a further page begins
              -filter=<expression>   those alone for which it holds
              -job=<id>              of this job alone
              -status=<status>       in this status alone
            """ + Formatted.HELP, EvalLists::list);
    static final Command DELETE = new Command("eval delete", "Delete evaluations by ID or using a filter", """
            Usage: nomad eval delete [options] <evaluation>

              Forgets an evaluation that is over, or all for which a filter holds; needs a management token.

            Eval Delete Options:

              -filter=<expression>   all for which it holds
              -yes                   do not ask; nothing is asked here""", EvalLists::delete);

    private EvalLists() {}

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").texts("per-page", "page-token", "filter", "job", "status").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "eval list");
        }
        Api.Answer answer;
        try {
            answer = Api.good(NomadApi.api(flags, console).call("GET", NomadApi.target("/v1/evaluations", flags, console,
                    NomadApi.query(flags, "per-page", "per_page"), NomadApi.query(flags, "page-token", "next_token"), NomadApi.query(flags, "filter", "filter"),
                    NomadApi.query(flags, "job", "job"), NomadApi.query(flags, "status", "status")), new byte[0]));
        } catch (ApiException e) {
            return console.fail("Error querying evaluations: " + e.getMessage());
        }
        List<Doc> evaluations = answer.json().list();
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, answer.json().value());
        }
        if (evaluations.isEmpty()) {
            console.out().println("No evals found");
            return 0;
        }
        boolean everywhere = NomadApi.isEverywhere(flags, console);
        List<String> rows = new ArrayList<>(List.of("ID|Priority|Triggered By|Job ID|" + (everywhere ? "Namespace|" : "")
                + "Node ID|Status|Placement Failures"));
        for (Doc evaluation : evaluations) {
            boolean failed = !evaluation.at("FailedTGAllocs").members().isEmpty();
            rows.add(Layout.id(evaluation.text("ID"), flags.on("verbose")) + "|" + evaluation.text("Priority") + "|"
                    + evaluation.text("TriggeredBy") + "|" + evaluation.text("JobID") + "|" + (everywhere ? evaluation.text("Namespace") + "|" : "")
                    + Layout.id(evaluation.text("NodeID"), flags.on("verbose")) + "|" + evaluation.text("Status") + "|"
                    + (evaluation.text("Status").equals("blocked") ? "N/A - In Progress" : String.valueOf(failed)));
        }
        console.out().println(Layout.table(rows));
        Formatted.nextPage(console, answer, "nomad eval list");
        return 0;
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("yes").texts("filter").parse(args);
        if (flags.rest().size() != 1 && flags.text("filter").isEmpty()) {
            return NomadApi.usage(console, "Error validating command args and flags: evaluation ID or filter flag required", "eval delete");
        }
        if (!flags.rest().isEmpty() && !flags.text("filter").isEmpty()) {
            return NomadApi.usage(console, "Error validating command args and flags: evaluation ID and filter flag can't be set together", "eval delete");
        }
        Api api = NomadApi.api(flags, console);
        try {
            List<String> ids = new ArrayList<>();
            if (flags.text("filter").isEmpty()) {
                Lookups.Found found = Lookups.evaluation(api, flags, console, flags.rest().getFirst());
                if (found.isMissing()) {
                    return found.exit();
                }
                ids.add(found.stub().text("ID"));
            } else {
                api.get(NomadApi.target("/v1/evaluations", flags, console, NomadApi.query(flags, "filter", "filter"))).list()
                        .forEach(evaluation -> ids.add(evaluation.text("ID")));
            }
            if (ids.isEmpty()) {
                console.out().println("failed to find any evals that matched filter criteria");
                return 1;
            }
            api.send("DELETE", NomadApi.target("/v1/evaluations", flags, console), Map.of("EvalIDs", ids));
            console.out().println("Successfully deleted " + ids.size() + " evaluation" + (ids.size() == 1 ? "" : "s"));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error deleting evaluation: " + e.getMessage());
        }
    }
}
