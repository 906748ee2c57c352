package muster.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code alloc checks}: what the checks of an allocation's native services found last. */
final class AllocChecks {
    static final Command COMMAND = new Command("alloc checks", "Outputs service health check status information.", """
            Usage: nomad alloc checks [options] <allocation>

              Shows what the checks of an allocation's services found last, of those that the scheduler
              itself lists (provider "nomad").

            Checks Specific Options:

              -verbose               whole ids where a prefix fits several allocations
            """ + Formatted.HELP, AllocChecks::run);

    private AllocChecks() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument (allocation ID)", "alloc checks");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.allocation(api, flags, console, flags.rest().getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        try {
            Doc checks = of(api, flags, console, found.stub().text("ID"));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, checks.value());
            }
            console.out().println("Status of " + checks.members().size() + " Nomad Service Checks\n");
            checks.members().values().forEach(check -> console.out().println(whole(console, check) + "\n"));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying allocation checks: " + e.getMessage());
        }
    }

    /** The results, by the checks' ids. */
    static Doc of(Api api, GoFlags flags, Console console, String allocation) throws ApiException {
        return api.get(NomadApi.target("/v1/client/allocation/" + allocation + "/checks", flags, console));
    }

    private static String whole(Console console, Doc check) {
        List<String> rows = new ArrayList<>(List.of("ID|" + check.text("ID"), "Name|" + check.text("Check"), "Group|" + check.text("Group"),
                "Task|" + task(check), "Service|" + check.text("Service"), "Status|" + check.text("Status")));
        if (check.number("StatusCode") > 0) {
            rows.add("StatusCode|" + check.text("StatusCode"));
        }
        rows.add("Mode|" + check.text("Mode"));
        rows.add("Timestamp|" + Layout.time(Instant.ofEpochSecond(check.number("Timestamp")), console.zone()));
        rows.add("Output|" + check.text("Output").replace('|', '/'));
        return Layout.values(rows);
    }

    private static String task(Doc check) {
        return check.text("Task").isEmpty() ? "(group)" : check.text("Task");
    }

    /** A line for each check below an allocation's addresses; nothing where it has none, or its node can't be asked. */
    static void print(Console console, Doc checks) {
        List<String> rows = new ArrayList<>();
        checks.members().values().forEach(check -> rows.add(check.text("Service") + "|" + task(check) + "|" + check.text("Check") + "|"
                + check.text("Mode") + "|" + check.text("Status")));
        if (!rows.isEmpty()) {
            rows.sort(null);
            rows.addFirst("Service|Task|Name|Mode|Status");
            console.out().println("\nNomad Service Checks:\n" + Layout.table(rows));
        }
    }
}
