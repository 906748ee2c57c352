package muster.cli;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code kv import}. */
final class KvImport {
    static final Command COMMAND = new Command("kv import", "Imports a tree stored as JSON to the KV store", """
            Usage: consul kv import [DATA]

              Writes the entries of a JSON list as `consul kv export` prints it. DATA is the text, @FILE, or - for standard input.

              -prefix=<string>    put in front of every key""", KvImport::run);

    private KvImport() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("prefix").parse(args);
        if (flags.rest().isEmpty()) {
            return console.fail("Error! Missing DATA argument");
        }
        if (flags.rest().size() > 1) {
            return console.fail("Error! Too many arguments (expected 1, got " + flags.rest().size() + ")");
        }
        List<Doc> entries;
        try {
            Object tree = Json.parse(KvPut.data(console, flags.rest().getFirst()));
            if (!(tree instanceof List<?>)) {
                return console.fail("Cannot unmarshal data: a list of entries is needed");
            }
            entries = new Doc(tree).list();
        } catch (JsonException e) {
            return console.fail("Cannot unmarshal data: " + e.getMessage());
        } catch (IOException e) {
            return console.fail("Error! " + e.getMessage());
        }
        try {
            Api api = ConsulApi.api(flags, console);
            for (Doc entry : entries) {
                String key = flags.text("prefix") + entry.text("key");
                Api.good(api.call("PUT", ConsulApi.target("/v1/kv/" + ConsulApi.keyPath(key), flags, "flags=" + entry.text("flags")),
                        Base64.getDecoder().decode(entry.text("value"))));
                console.out().println("Imported: " + key);
            }
            return 0;
        } catch (ApiException e) {
            return console.fail("Error! Failed writing data: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return console.fail("Error base 64 decoding value: " + e.getMessage());
        }
    }
}
