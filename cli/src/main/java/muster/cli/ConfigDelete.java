package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code config delete}. */
final class ConfigDelete {
    static final Command COMMAND = new Command("config delete", "Delete a centralized config entry", """
            Usage: consul config delete [options] -kind <config kind> -name <config name>

              Removes a config entry; one that does not exist is no error.

              -cas                   only if the entry was last changed at -modify-index
              -kind=<string>         its kind
              -modify-index=<int>    that index
              -name=<string>         its name""", ConfigDelete::run);

    private ConfigDelete() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("cas").texts("kind", "name", "modify-index").parse(args);
        if (flags.text("kind").isEmpty()) {
            return console.fail("Must specify the -kind parameter");
        }
        if (flags.text("name").isEmpty()) {
            return console.fail("Must specify the -name parameter");
        }
        String entry = flags.text("kind") + "/" + flags.text("name");
        try {
            Doc answer = ConsulApi.api(flags, console).send("DELETE", ConsulApi.target(ConfigRead.path(flags), flags,
                    flags.on("cas") ? "cas=" + Long.toUnsignedString(flags.unsigned("modify-index", 0)) : ""), null);
            if (answer.text().equals("false")) {
                return console.fail("Config entry not deleted: " + entry);
            }
        } catch (ApiException e) {
            return console.fail("Error deleting config entry " + entry + ": " + e.getMessage());
        }
        console.out().println("Config entry deleted: " + entry);
        return 0;
    }
}
