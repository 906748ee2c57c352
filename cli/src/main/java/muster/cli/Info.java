package muster.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code info}. */
final class Info {
    static final Command COMMAND = new Command("info", "Provides debugging information for operators", """
            Usage: consul info [options]

              Prints what the agent counts and knows of itself, in sections.""", Info::run);

    private Info() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        boolean json = ConsulApi.json(flags);
        Doc stats;
        try {
            stats = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/agent/self", flags)).at("Stats");
        } catch (ApiException e) {
            return console.fail("Error querying agent: " + e.getMessage());
        }
        if (json) {
            return ConsulApi.printJson(console, stats);
        }
        for (Map.Entry<String, Doc> section : new TreeMap<>(stats.members()).entrySet()) {
            console.out().println(section.getKey() + ":");
            new TreeMap<>(section.getValue().members()).forEach((name, value) -> console.out().println("\t" + name + " = " + value.text()));
        }
        return 0;
    }
}
