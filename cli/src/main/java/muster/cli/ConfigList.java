package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code config list}. */
final class ConfigList {
    static final Command COMMAND = new Command("config list", "List centralized config entries of a given kind", """
            Usage: consul config list [options] -kind <config kind>

              Prints the names of all config entries of a kind.

              -kind=<string>         the kind""", ConfigList::run);

    private ConfigList() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().texts("kind").parse(args);
        boolean json = ConsulApi.json(flags);
        if (flags.text("kind").isEmpty()) {
            return console.fail("Must specify the -kind parameter");
        }
        try {
            Doc entries = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/config/" + ConsulApi.encode(flags.text("kind")), flags));
            if (json) {
                return ConsulApi.printJson(console, entries);
            }
            entries.list().forEach(entry -> console.out().println(entry.text("Name")));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing config entries for kind \"" + flags.text("kind") + "\": " + e.getMessage());
        }
    }
}
