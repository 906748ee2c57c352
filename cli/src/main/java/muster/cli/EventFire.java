package muster.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code event}. */
final class EventFire {
    static final Command COMMAND = new Command("event", "Fire a new event", """
            Usage: consul event [options] [payload]

              Fires an event that agents and their watches see.

              -name=<string>       the event's name
              -node=<regexp>       nodes that it is for
              -service=<regexp>    services that it is for
              -tag=<regexp>        their tags; with -service only""", EventFire::run);

    private EventFire() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().texts("name", "node", "service", "tag").parse(args);
        if (flags.text("name").isEmpty()) {
            console.err().println("Event name must be specified");
            console.err().println();
            console.err().println(COMMAND.usage());
            return 1;
        }
        if (flags.rest().size() > 1) {
            return console.fail("Too many command line arguments.");
        }
        byte[] payload = flags.rest().isEmpty() ? new byte[0] : flags.rest().getFirst().getBytes(StandardCharsets.UTF_8);
        List<String> query = new ArrayList<>();
        for (String filter : List.of("node", "service", "tag")) {
            query.add(flags.text(filter).isEmpty() ? "" : filter + "=" + ConsulApi.encode(flags.text(filter)));
        }
        boolean json = ConsulApi.json(flags);
        try {
            Doc event = Api.good(ConsulApi.api(flags, console).call("PUT", ConsulApi.target(
                    "/v1/event/fire/" + ConsulApi.keyPath(flags.text("name")), flags, query.toArray(String[]::new)), payload)).json();
            if (json) {
                return ConsulApi.printJson(console, event);
            }
            console.out().println("Event ID: " + event.text("ID"));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error firing event: " + e.getMessage());
        }
    }
}
