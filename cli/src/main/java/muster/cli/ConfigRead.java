package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code config read}. */
final class ConfigRead {
    static final Command COMMAND = new Command("config read", "Read a centralized config entry", """
            Usage: consul config read [options] -kind <config kind> -name <config name>

              Prints a config entry as JSON.

              -kind=<string>         its kind
              -name=<string>         its name""", ConfigRead::run);

    private ConfigRead() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().texts("kind", "name").parse(args);
        if (flags.text("kind").isEmpty()) {
            return console.fail("Must specify the -kind parameter");
        }
        if (flags.text("name").isEmpty()) {
            return console.fail("Must specify the -name parameter");
        }
        try {
            Doc entry = ConsulApi.api(flags, console).get(ConsulApi.target(path(flags), flags));
            console.out().println(Layout.json(shown(entry.value())));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error reading config entry " + flags.text("kind") + "/" + flags.text("name") + ": " + e.getMessage());
        }
    }

    static String path(GoFlags flags) {
        return "/v1/config/" + ConsulApi.encode(flags.text("kind")) + "/" + ConsulApi.keyPath(flags.text("name"));
    }

    /** What is empty is not shown here, other than in the API. */
    private static Object shown(Object entry) {
        if (!(entry instanceof Map<?, ?> map)) {
            return entry;
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null && !"".equals(value)) {
                shown.put(String.valueOf(key), value);
            }
        });
        return shown;
    }
}
