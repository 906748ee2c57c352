package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code intention delete}. */
final class IntentionDelete {
    static final Command COMMAND = new Command("intention delete", "Delete an intention.", """
            Usage: consul intention delete [options] SRC DST
            Usage: consul intention delete [options] ID

              Removes one intention.""", IntentionDelete::run);

    private IntentionDelete() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        if (flags.rest().isEmpty() || flags.rest().size() > 2) {
            return console.fail("Error: command requires exactly 1 or 2 arguments");
        }
        Api api = ConsulApi.api(flags, console);
        String id;
        try {
            id = flags.rest().size() == 1 ? flags.rest().getFirst() : Intentions.named(api, flags.rest()).text("ID");
        } catch (ApiException e) {
            return console.fail("Error: " + e.getMessage());
        }
        try {
            api.send("DELETE", Intentions.PATH + "/" + ConsulApi.encode(id), null);
        } catch (ApiException e) {
            return console.fail("Error deleting the intention: " + e.getMessage());
        }
        console.out().println("Intention deleted.");
        return 0;
    }
}
