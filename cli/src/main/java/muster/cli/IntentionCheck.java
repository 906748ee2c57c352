package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code intention check}. */
final class IntentionCheck {
    static final Command COMMAND = new Command("intention check", "Check whether a connection between two services is allowed.", """
            Usage: consul intention check [options] SRC DST

              Prints whether a connection between the services would be let through; the exit code is 0 if so, 1 if not, 2
              where that could not be found out.""", IntentionCheck::run);
    private static final int FAILED = 2;

    private IntentionCheck() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        boolean json = ConsulApi.json(flags);
        if (flags.rest().size() != 2) {
            console.fail("Error: command requires exactly two arguments: src and dst");
            return FAILED;
        }
        try {
            Doc answer = ConsulApi.api(flags, console).get(ConsulApi.target(Intentions.PATH + "/check", flags,
                    "source=" + ConsulApi.encode(flags.rest().get(0)), "destination=" + ConsulApi.encode(flags.rest().get(1))));
            boolean allowed = answer.is("Allowed");
            if (json) {
                ConsulApi.printJson(console, answer);
            } else {
                console.out().println(allowed ? "Allowed" : "Denied");
            }
            return allowed ? 0 : 1;
        } catch (ApiException e) {
            console.fail("Error checking the connection: " + e.getMessage());
            return FAILED;
        }
    }
}
