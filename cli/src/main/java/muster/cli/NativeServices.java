package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code service list|info|delete}: services that the scheduler itself lists. */
final class NativeServices {
    static final Command LIST = new Command("service list", "Display all registered Nomad services", """
            Usage: nomad service list [options]

              Lists the services of provider "nomad".

            Service List Options:

            """ + Formatted.HELP, NativeServices::list);
    static final Command INFO = new Command("service info", "Display an individual Nomad service registration", """
            Usage: nomad service info [options] <service_name>

              Lists the instances of a service.

            Service Info Options:

              -filter=<expression>   those instances alone for which it holds
              -per-page=<n>          how many at a time
              -page-token=<token>    where a further page begins
              -verbose               every part of each instance
            """ + Formatted.HELP, NativeServices::info);
    static final Command DELETE = new Command("service delete", "Deregister a registered service", """
            Usage: nomad service delete [options] <service_name> <service_id>

              Takes out one instance of a service.""", NativeServices::delete);

    private NativeServices() {}

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "service list");
        }
        try {
            Doc namespaces = NomadApi.api(flags, console).get(NomadApi.target("/v1/services", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, namespaces.value());
            }
            boolean everywhere = NomadApi.isEverywhere(flags, console);
            List<String> rows = new ArrayList<>(List.of((everywhere ? "Namespace|" : "") + "Service Name|Tags"));
            for (Doc namespace : namespaces.list()) {
                for (Doc service : namespace.list("Services")) {
                    rows.add((everywhere ? namespace.text("Namespace") + "|" : "") + service.text("ServiceName") + "|[" + service.join("Tags", ",") + "]");
                }
            }
            console.out().println(rows.size() == 1 ? "No service registrations found" : Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing service registrations: " + e.getMessage());
        }
    }

    private static int info(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").texts("per-page", "page-token", "filter").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <service_name>", "service info");
        }
        Api.Answer answer;
        try {
            answer = Api.good(NomadApi.api(flags, console).call("GET", NomadApi.target("/v1/service/" + NomadApi.idPath(flags.rest().getFirst()),
                    flags, console, NomadApi.query(flags, "filter", "filter"), NomadApi.query(flags, "per-page", "per_page"),
                    NomadApi.query(flags, "page-token", "next_token")), new byte[0]));
        } catch (ApiException e) {
            return console.fail("Error listing service registrations: " + e.getMessage());
        }
        Doc instances = answer.json();
        if (instances.list().isEmpty()) {
            console.out().println("No service registrations found");
            return 0;
        }
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, instances.value());
        }
        if (flags.on("verbose")) {
            console.out().println(String.join("\n\n", instances.list().stream().map(NativeServices::whole).toList()));
            return 0;
        }
        List<String> rows = new ArrayList<>(List.of("Job ID|Address|Tags|Node ID|Alloc ID"));
        for (Doc instance : instances.list()) {
            rows.add(instance.text("JobID") + "|" + address(instance) + "|[" + instance.join("Tags", ",") + "]|"
                    + Layout.id(instance.text("NodeID"), false) + "|" + Layout.id(instance.text("AllocID"), false));
        }
        console.out().println(Layout.table(rows));
        Formatted.nextPage(console, answer, "nomad service info");
        return 0;
    }

    private static String address(Doc instance) {
        return instance.number("Port") > 0 ? instance.text("Address") + ":" + instance.text("Port") : instance.text("Address");
    }

    private static String whole(Doc instance) {
        return Layout.values(List.of("ID|" + instance.text("ID"), "Service Name|" + instance.text("ServiceName"),
                "Namespace|" + instance.text("Namespace"), "Job ID|" + instance.text("JobID"), "Alloc ID|" + instance.text("AllocID"),
                "Node ID|" + instance.text("NodeID"), "Datacenter|" + instance.text("Datacenter"),
                "Address|" + address(instance), "Tags|[" + instance.join("Tags", ",") + "]"));
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 2) {
            return NomadApi.usage(console, "This command takes two arguments: <service_name> and <service_id>", "service delete");
        }
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target("/v1/service/" + NomadApi.idPath(flags.rest().getFirst()) + "/"
                    + NomadApi.idPath(flags.rest().getLast()), flags, console), null);
            console.out().println("Successfully deleted service registration");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error deleting service registration: " + e.getMessage());
        }
    }
}
