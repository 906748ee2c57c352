package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code node meta apply|read}. */
final class NodeMeta {
    static final Command APPLY = new Command("node meta apply", "Modify node metadata", """
            Usage: nomad node meta apply [-node-id ...] [-unset ...] key1=value1 ... kN=vN

              Says something of a node, for constraints to go by, while it runs. It outlives the node's agent.

            Node Meta Apply Options:

              -node-id=<id>          the node; that of the asked agent without
              -unset=<keys>          takes these away; separated by commas""", NodeMeta::apply);
    static final Command READ = new Command("node meta read", "Read node metadata", """
            Usage: nomad node meta read [-json] [-node-id ...]

              Shows what is said of a node.

            Node Meta Read Options:

              -node-id=<id>          the node; that of the asked agent without
            """ + Formatted.HELP, NodeMeta::read);

    private NodeMeta() {}

    private static int apply(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("node-id", "unset").parse(args);
        Map<String, Object> meta = new TreeMap<>();
        for (String key : flags.text("unset").split(",")) {
            if (!key.isEmpty()) {
                meta.put(key, null);
            }
        }
        for (String pair : flags.rest()) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                return console.fail("Error parsing meta values: invalid meta value \"" + pair + "\": want key=value");
            }
            String key = pair.substring(0, equals);
            if (flags.has("unset") && meta.containsKey(key)) {
                return console.fail("Error parsing meta values: \"" + key + "\" is both set and unset");
            }
            meta.put(key, pair.substring(equals + 1));
        }
        if (meta.isEmpty()) {
            return NomadApi.usage(console, "Must specify at least one key=value pair or -unset flag", "node meta apply");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found node = node(api, flags, console);
        if (node != null && node.isMissing()) {
            return node.exit();
        }
        String id = node == null ? "" : node.stub().text("ID");
        try {
            api.send("POST", NomadApi.target("/v1/client/metadata", flags, console, id.isEmpty() ? "" : "node_id=" + id),
                    Map.of("NodeID", id, "Meta", meta));
        } catch (ApiException e) {
            return console.fail("Error applying dynamic node metadata: " + e.getMessage());
        }
        return 0;
    }

    /** The node that is named; null where none is. */
    private static Lookups.Found node(Api api, GoFlags flags, Console console) {
        return flags.text("node-id").isEmpty() ? null : Lookups.node(api, flags, console, flags.text("node-id"));
    }

    private static int read(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).texts("node-id").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "node meta read");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found node = node(api, flags, console);
        if (node != null && node.isMissing()) {
            return node.exit();
        }
        try {
            Doc meta = api.get(NomadApi.target("/v1/client/metadata", flags, console, node == null ? "" : "node_id=" + node.stub().text("ID")));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, meta.value());
            }
            console.out().println("All Meta\n" + rows(meta.at("Meta")) + "\n\nDynamic Meta\n" + rows(meta.at("Dynamic")));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error reading dynamic node metadata: " + e.getMessage());
        }
    }

    private static String rows(Doc meta) {
        List<String> rows = new ArrayList<>();
        new TreeMap<>(meta.members()).forEach((key, value) -> rows.add(key + "|" + (value.isNull() ? "<unset>" : value.text())));
        return rows.isEmpty() ? "<none>" : Layout.values(rows);
    }
}
