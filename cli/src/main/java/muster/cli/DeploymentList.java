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
              -verbose               whole ids
            """ + Formatted.HELP, DeploymentList::run);

    private DeploymentList() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").texts("filter").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "deployment list");
        }
        return list(console, NomadApi.api(flags, console), flags);
    }

    static int list(Console console, Api api, GoFlags flags) {
        try {
            Doc answer = api.get(NomadApi.target("/v1/deployments", flags, console,
                    flags.text("filter").isEmpty() ? "" : "filter=" + ConsulApi.encode(flags.text("filter"))));
            List<Doc> deployments = answer.list();
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, answer.value());
            }
            console.out().println(table(deployments, flags.on("verbose")));
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
