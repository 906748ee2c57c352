package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code intention get}. */
final class IntentionGet {
    static final Command COMMAND = new Command("intention get", "Show information about an intention.", """
            Usage: consul intention get [options] SRC DST
            Usage: consul intention get [options] ID

              Prints one intention.

              -format=<string>       pretty, or json for all that the API tells""", IntentionGet::run);

    private IntentionGet() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("format").parse(args);
        if (flags.rest().isEmpty() || flags.rest().size() > 2) {
            return console.fail("Error: command requires exactly 1 or 2 arguments");
        }
        try {
            Doc intention = Intentions.named(ConsulApi.api(flags, console), flags.rest());
            console.out().println(flags.text("format").equals("json") ? Layout.json(intention.value())
                    : Intentions.table(intention, console.zone()));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error: " + e.getMessage());
        }
    }
}
