package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code catalog datacenters}. */
final class CatalogDatacenters {
    static final Command COMMAND = new Command("catalog datacenters", "Lists all known datacenters", """
            Usage: consul catalog datacenters [options]

              Lists the datacenters that the agent knows of.""", CatalogDatacenters::run);

    private CatalogDatacenters() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Too many arguments (expected 0, got " + flags.rest().size() + ")");
        }
        boolean json = ConsulApi.json(flags);
        try {
            Doc names = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/catalog/datacenters", flags));
            if (json) {
                return ConsulApi.printJson(console, names);
            }
            names.list().forEach(name -> console.out().println(name.text()));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing datacenters: " + e.getMessage());
        }
    }
}
