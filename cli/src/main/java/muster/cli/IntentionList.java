package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code intention list}. */
final class IntentionList {
    static final Command COMMAND = new Command("intention list", "List intentions.", """
            Usage: consul intention list [options]

              Prints all intentions, the most particular first.

              -format=<string>       pretty, or json for all that the API tells""", IntentionList::run);

    private IntentionList() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("format").parse(args);
        try {
            Doc all = ConsulApi.api(flags, console).get(ConsulApi.target(Intentions.PATH, flags));
            if (flags.text("format").equals("json")) {
                console.out().println(Layout.json(all.value()));
                return 0;
            }
            if (all.list().isEmpty()) {
                console.err().println("There are no intentions.");
                return 0;
            }
            List<String> rows = new ArrayList<>(List.of("ID|Source|Action|Destination|Precedence"));
            all.list().forEach(intention -> rows.add(String.join("|", intention.text("ID"), intention.text("SourceName"),
                    intention.text("Action"), intention.text("DestinationName"), intention.text("Precedence"))));
            console.out().println(Layout.columns(rows, "  ", ""));
            return 0;
        } catch (ApiException e) {
            return console.fail("Failed to retrieve the intentions list: " + e.getMessage());
        }
    }
}
