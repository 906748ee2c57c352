package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code deployment list}. */
final class DeploymentList {
    static final Command COMMAND = new Command("deployment list", "List all deployments", """
            Usage: nomad deployment list [options]

              Lists deployments.

            List Options:

              -filter=<expression>   those alone for which it holds
              -per-page=<n>          how many at a time
              -page-token=<token>    where a further page begins
              -verbose               whole ids
            """ + Formatted.HELP, DeploymentList::run);

    private DeploymentList() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").texts("filter", "per-page", "page-token").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "deployment list");
        }
        return list(console, NomadApi.api(flags, console), flags);
    }

    static int list(Console console, Api api, GoFlags flags) {
        try {
            Api.Answer answer = Api.good(api.call("GET", NomadApi.target("/v1/deployments", flags, console, NomadApi.query(flags, "filter", "filter"),
                    NomadApi.query(flags, "per-page", "per_page"), NomadApi.query(flags, "page-token", "next_token")), new byte[0]));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, answer.json().value());
            }
            console.out().println(table(answer.json().list(), flags.on("verbose")));
            Formatted.nextPage(console, answer, "nomad deployment list");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error retrieving deployments: " + e.getMessage());
        }
    }

    static String table(List<Doc> deployments, boolean wholeIds) {
        if (deployments.isEmpty()) {
            return "No deployments found";
        }
        List<String> rows = new ArrayList<>();
        rows.add("ID|Job ID|Job Version|Status|Description");
        for (Doc deployment : deployments) {
            rows.add(Layout.id(deployment.text("ID"), wholeIds) + "|" + deployment.text("JobID") + "|"
                    + deployment.text("JobVersion") + "|" + deployment.text("Status") + "|" + deployment.text("StatusDescription"));
        }
        return Layout.table(rows);
    }
}
