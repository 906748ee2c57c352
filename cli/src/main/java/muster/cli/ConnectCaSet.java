package muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code connect ca set-config}. */
final class ConnectCaSet {
    static final Command COMMAND = new Command("connect ca set-config", "Modify the current Connect CA configuration", """
            Usage: consul connect ca set-config [options] -config-file <file>

              Changes how the mesh's certificate authority is configured. Another key makes a new root, which the old one
              vouches for.

              -config-file=<string>          JSON, as the API takes it
              -force-without-cross-signing   let a new root stand alone""", ConnectCaSet::run);

    private ConnectCaSet() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("config-file").switches("force-without-cross-signing").parse(args);
        if (flags.text("config-file").isEmpty()) {
            return console.fail("The -config-file flag is required");
        }
        Object config;
        try {
            config = Json.parse(Files.readAllBytes(console.folder().resolve(flags.text("config-file"))));
        } catch (IOException e) {
            return console.fail("Error reading config file: open " + flags.text("config-file") + ": no such file or directory");
        } catch (JsonException e) {
            return console.fail("Error parsing config file: " + e.getMessage());
        }
        if (flags.on("force-without-cross-signing") && config instanceof Map<?, ?> map) {
            Map<String, Object> forced = new LinkedHashMap<>();
            map.forEach((key, value) -> forced.put(String.valueOf(key), value));
            forced.put("ForceWithoutCrossSigning", true);
            config = forced;
        }
        try {
            ConsulApi.api(flags, console).send("PUT", ConsulApi.target("/v1/connect/ca/configuration", flags), config);
        } catch (ApiException e) {
            return console.fail("Error setting CA configuration: " + e.getMessage());
        }
        console.out().println("Configuration updated!");
        return 0;
    }
}
