package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code intention match}. */
final class IntentionMatch {
    static final Command COMMAND = new Command("intention match", "Show intentions that match a source or destination.", """
            Usage: consul intention match [options] SRC|DST

              Prints the intentions that speak of a service, the most particular first: that decides.

              -destination            the service is connected to; this is the default
              -source                 the service connects""", IntentionMatch::run);

    private IntentionMatch() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("source", "destination").parse(args);
        boolean json = ConsulApi.json(flags);
        if (flags.rest().size() != 1) {
            return console.fail("Error: command requires exactly one argument: src or dst");
        }
        if (flags.on("source") && flags.on("destination")) {
            return console.fail("Error: only one of -source or -destination may be specified");
        }
        String name = Intentions.plain(flags.rest().getFirst());
        try {
            Doc matching = ConsulApi.api(flags, console).get(ConsulApi.target(Intentions.PATH + "/match", flags,
                    "by=" + (flags.on("source") ? "source" : "destination"), "name=" + ConsulApi.encode(name))).at(name);
            if (json) {
                return ConsulApi.printJson(console, matching);
            }
            matching.list().forEach(intention -> console.out().println(Intentions.line(intention)));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error matching the connection: " + e.getMessage());
        }
    }
}
