package muster.examples;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** {@code greet -c FILE}: says hello to the name in a YAML file with the keys {@code name} and {@code port}. */
public final class Greet {
    private Greet() {}

    /** Ends with exit code 1 and a reason on standard error when it can't start. */
    public static void main(String[] args) {
        if (args.length < 2 || !args[0].matches("--?c")) {
            fail("greet needs -c FILE: a YAML file with the keys 'name' and 'port'");
        }
        try {
            Map<String, String> keys = flatYaml(Files.readString(Path.of(args[1])));
            String name = keys.getOrDefault("name", "");
            String port = keys.getOrDefault("port", "");
            if (name.isEmpty() || !port.matches("\\d{1,5}")) {
                fail(args[1] + " has to have the keys 'name' and 'port' (a number); found " + keys.keySet());
            }
            try (ServerSocket server = TinyHttp.bind(Integer.parseInt(port))) {
                System.err.println("Starting greet server on port " + port);
                TinyHttp.serve(server, path -> "Hello, " + name);
            }
        } catch (IOException e) {
            fail("greet: " + e);
        }
    }

    /** The top-level {@code key: scalar} lines of a YAML text; all that this program's file may hold. */
    static Map<String, String> flatYaml(String text) {
        Map<String, String> keys = new HashMap<>();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon <= 0 || !line.substring(0, colon).matches("\\w+")) {
                continue;
            }
            String value = line.substring(colon + 1).trim();
            if (value.length() >= 2 && (value.startsWith("\"") || value.startsWith("'")) && value.endsWith(value.substring(0, 1))) {
                value = value.substring(1, value.length() - 1);
            }
            keys.put(line.substring(0, colon), value);
        }
        return keys;
    }

    private static void fail(String reason) {
        System.err.println(reason);
        System.exit(1);
    }
}
