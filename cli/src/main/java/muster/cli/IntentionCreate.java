package muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code intention create}. */
final class IntentionCreate {
    static final Command COMMAND = new Command("intention create", "Create intentions for service connections.", """
            Usage: consul intention create [options] SRC DST
            Usage: consul intention create [options] -file FILE...

              Says whether one service may connect to another.

              -allow                  let connections through; this is the default
              -deny                   refuse connections
              -file                   read intentions from JSON files, one in each
              -meta=<key=value>       metadata; may be repeated
              -replace                replace an intention between the same services""", IntentionCreate::run);

    private IntentionCreate() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("allow", "deny", "file", "replace").lists("meta").parse(args);
        if (flags.on("allow") && flags.on("deny")) {
            return console.fail("Only one of -allow or -deny may be specified.");
        }
        List<Map<String, Object>> wanted;
        try {
            wanted = flags.on("file") ? files(console, flags.rest()) : List.of(fromArguments(flags));
        } catch (ApiException e) {
            return console.fail("Error: " + e.getMessage());
        }
        Api api = ConsulApi.api(flags, console);
        for (Map<String, Object> intention : wanted) {
            String line = Intentions.line(new Doc(intention));
            try {
                Optional<Doc> present = flags.on("replace")
                        ? Intentions.between(api, String.valueOf(intention.get("SourceName")), String.valueOf(intention.get("DestinationName")))
                        : Optional.empty();
                if (present.isPresent()) {
                    api.send("PUT", Intentions.PATH + "/" + present.get().text("ID"), intention);
                } else {
                    api.send("POST", Intentions.PATH, intention);
                    console.out().println("Created: " + line);
                }
            } catch (ApiException e) {
                return console.fail("Error creating intention \"" + line + "\": " + e.getMessage());
            }
        }
        return 0;
    }

    private static Map<String, Object> fromArguments(GoFlags flags) {
        if (flags.rest().size() != 2) {
            throw new ApiException(0, "command requires exactly two arguments: src and dst");
        }
        Map<String, Object> intention = new LinkedHashMap<>();
        intention.put("SourceName", Intentions.plain(flags.rest().get(0)));
        intention.put("DestinationName", Intentions.plain(flags.rest().get(1)));
        intention.put("SourceType", "consul");
        intention.put("Action", flags.on("deny") ? "deny" : "allow");
        Map<String, String> meta = new LinkedHashMap<>();
        flags.all("meta").forEach(pair -> meta.put(pair.split("=", 2)[0], pair.contains("=") ? pair.split("=", 2)[1] : ""));
        intention.put("Meta", meta);
        return intention;
    }

    private static List<Map<String, Object>> files(Console console, List<String> names) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (String name : names) {
            try {
                if (!(Json.parse(Files.readAllBytes(console.folder().resolve(name))) instanceof Map<?, ?> map)) {
                    throw new ApiException(0, "file \"" + name + "\" has to hold one intention");
                }
                Map<String, Object> intention = new LinkedHashMap<>();
                map.forEach((key, value) -> intention.put(String.valueOf(key), value));
                all.add(intention);
            } catch (IOException e) {
                throw new ApiException(0, "file \"" + name + "\": " + e.getMessage());
            } catch (JsonException e) {
                throw new ApiException(0, "Error decoding file \"" + name + "\": " + e.getMessage());
            }
        }
        return all;
    }
}
