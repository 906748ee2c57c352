package muster.cli;

import java.util.List;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code kv export}. */
final class KvExport {
    static final Command COMMAND = new Command("kv export", "Exports a tree from the KV store as JSON", """
            Usage: consul kv export [KEY_OR_PREFIX]

              Prints all entries below the prefix as JSON, in the form that `consul kv import` reads.""", KvExport::run);

    private KvExport() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().parse(args);
        if (flags.rest().size() > 1) {
            return console.fail("Too many arguments (expected 1, got " + flags.rest().size() + ")");
        }
        String key = flags.rest().isEmpty() ? "" : flags.rest().getFirst();
        key = key.startsWith("/") ? key.substring(1) : key;
        try {
            Api.Answer answer = ConsulApi.api(flags, console)
                    .call("GET", ConsulApi.target("/v1/kv/" + ConsulApi.keyPath(key), flags, "recurse"), new byte[0]);
            List<Doc> entries = answer.status() == 404 ? List.of() : Api.good(answer).json().list();
            StringBuilder out = new StringBuilder("[");
            for (Doc entry : entries) {
                out.append(out.length() == 1 ? "\n\t{" : ",\n\t{")
                        .append("\n\t\t\"key\": ").append(Json.text(entry.text("Key")))
                        .append(",\n\t\t\"flags\": ").append(entry.text("Flags"))
                        .append(",\n\t\t\"value\": ").append(Json.text(entry.text("Value")))
                        .append("\n\t}");
            }
            console.out().println(out.append(entries.isEmpty() ? "]" : "\n]"));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying Consul agent: " + e.getMessage());
        }
    }
}
