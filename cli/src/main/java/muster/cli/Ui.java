package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code ui}: says where the web pages are. Nothing is opened: a command that runs a program of its own choice surprises. */
final class Ui {
    static final Command COMMAND = new Command("ui", "Open the Nomad Web UI", """
            Usage: nomad ui [options] <identifier>

              Prints the address of the web pages, or of the page of the job, allocation or node that the identifier begins.

            UI Options:

              -show-url              accepted; the address is only shown anyway""", Ui::run);

    private Ui() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("show-url").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes no or one optional argument, [<identifier>]", "ui");
        }
        Api api = NomadApi.api(flags, console);
        String page = "";
        if (!flags.rest().isEmpty()) {
            page = page(api, flags, console, flags.rest().getFirst());
            if (page.isEmpty()) {
                return 1;
            }
        }
        console.out().println("Opening URL \"" + api.base() + page + "\"");
        return 0;
    }

    /** The page of the only object whose id begins so, or of one that is called so; "" after a message. */
    private static String page(Api api, GoFlags flags, Console console, String id) {
        Map<String, Doc> matches;
        try {
            matches = api.send("PUT", NomadApi.target("/v1/search", flags, console), Map.of("Prefix", id, "Context", "all")).at("Matches").members();
        } catch (ApiException e) {
            console.err().println("Error querying search with id: \"" + e.getMessage() + "\"");
            return "";
        }
        List<String> pages = new ArrayList<>();
        StringBuilder found = new StringBuilder("Multiple matches found for id \"" + id + "\"");
        for (String context : List.of("jobs", "allocs", "nodes")) {
            List<String> ids = matches.getOrDefault(context, new Doc(null)).list().stream().map(Doc::text).toList();
            String folder = switch (context) {
                case "jobs" -> "/ui/jobs/";
                case "allocs" -> "/ui/allocations/";
                default -> "/ui/clients/";
            };
            if (ids.contains(id)) {
                return folder + NomadApi.idPath(id);
            }
            ids.forEach(match -> pages.add(folder + NomadApi.idPath(match)));
            if (!ids.isEmpty()) {
                found.append("\n\n").append(Character.toUpperCase(context.charAt(0))).append(context.substring(1)).append(":\n").append(String.join(", ", ids));
            }
        }
        if (pages.size() != 1) {
            console.err().println(pages.isEmpty() ? "Unable to resolve ID: \"" + id + "\"" : found);
            return "";
        }
        return pages.getFirst();
    }
}
