package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code connect ca get-config}. */
final class ConnectCaGet {
    static final Command COMMAND = new Command("connect ca get-config", "Display the current Connect Certificate Authority (CA) configuration", """
            Usage: consul connect ca get-config [options]

              Prints how the mesh's certificate authority is configured, as JSON.""", ConnectCaGet::run);

    private ConnectCaGet() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        try {
            Doc config = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/connect/ca/configuration", flags));
            console.out().println(Layout.json(config.value()).replaceAll("(?:\\G|(?<=\n)) {4}", "\t"));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying CA configuration: " + e.getMessage());
        }
    }
}
