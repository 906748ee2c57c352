package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import muster.hcl.ConfigTree;
import muster.hcl.Diagnostics;
import muster.wire.GoFlags;

/** {@code config write}. */
final class ConfigWrite {
    static final Command COMMAND = new Command("config write", "Create or update a centralized config entry", """
            Usage: consul config write [options] <configuration>

              Writes the config entry of a file, or with - of standard input, in HCL or JSON. Names may be written
              as in the API or in snake case.

              -cas                   only if the entry was last changed at -modify-index
              -modify-index=<int>    that index; 0 means that there is no such entry yet""", ConfigWrite::run);

    private ConfigWrite() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("cas").texts("modify-index").parse(args);
        if (flags.rest().size() != 1) {
            return console.fail("Must provide exactly one positional argument to specify the config entry to write");
        }
        String file = flags.rest().getFirst();
        String text;
        try {
            text = file.equals("-") ? new String(console.in().readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(console.folder().resolve(file));
        } catch (NoSuchFileException e) {
            return console.fail("Failed to load data: Failed to read file: open " + file + ": no such file or directory");
        } catch (IOException e) {
            return console.fail("Failed to load data: Failed to read file: " + e.getMessage());
        }
        Diagnostics diagnostics = new Diagnostics();
        Object tree = ConfigTree.plain(ConfigTree.read(file.equals("-") ? "<stdin>" : file, text, diagnostics));
        if (diagnostics.hasErrors()) {
            return console.fail("Failed to decode config entry input: " + diagnostics.all().getFirst().text());
        }
        String kind = text(tree, "kind");
        String name = text(tree, "name");
        if (kind.isEmpty()) {
            return console.fail("Failed to decode config entry input: Payload does not contain a kind/Kind key at the top level");
        }
        String entry = kind + "/" + (kind.equals("proxy-defaults") ? "global" : name);
        try {
            boolean written = ConsulApi.api(flags, console).send("PUT", ConsulApi.target("/v1/config", flags,
                    flags.on("cas") ? "cas=" + Long.toUnsignedString(flags.unsigned("modify-index", 0)) : ""), tree).text().equals("true");
            if (!written) {
                return console.fail("Config entry not written: " + entry + " was changed meanwhile, or exists already");
            }
        } catch (ApiException e) {
            return console.fail("Error writing config entry " + entry + ": " + e.getMessage());
        }
        console.out().println("Config entry written: " + entry);
        return 0;
    }

    private static String text(Object tree, String name) {
        if (tree instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (String.valueOf(entry.getKey()).equalsIgnoreCase(name)) {
                    return String.valueOf(entry.getValue());
                }
            }
        }
        return "";
    }
}
