package muster.cli;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoFlags;

/** {@code catalog nodes}. */
final class CatalogNodes {
    static final Command COMMAND = new Command("catalog nodes", "Lists all nodes in the given datacenter", """
            Usage: consul catalog nodes [options]

              Lists the nodes of the catalog.

              -detailed                       tagged addresses and metadata too
              -filter=<expression>            only nodes that the expression selects
              -near=<node>                    sort by distance from the node
              -node-meta=<key=value>          only nodes with this metadata; may be repeated
              -service=<name>                 only nodes that have the service""", CatalogNodes::run);

    private CatalogNodes() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("detailed").texts("filter", "near", "service").lists("node-meta").parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Too many arguments (expected 0, got " + flags.rest().size() + ")");
        }
        List<String> query = new ArrayList<>();
        flags.all("node-meta").forEach(meta -> query.add("node-meta=" + ConsulApi.encode(meta.replaceFirst("=", ":"))));
        if (!flags.text("filter").isEmpty()) {
            query.add("filter=" + ConsulApi.encode(flags.text("filter")));
        }
        if (!flags.text("near").isEmpty()) {
            query.add("near=" + ConsulApi.encode(flags.text("near")));
        }
        boolean json = ConsulApi.json(flags);
        String service = flags.text("service");
        String path = service.isEmpty() ? "/v1/catalog/nodes" : "/v1/catalog/service/" + ConsulApi.keyPath(service);
        try {
            List<Doc> nodes = ConsulApi.api(flags, console)
                    .get(ConsulApi.target(path, flags, query.toArray(String[]::new)))
                    .list();
            if (json) {
                return ConsulApi.printJson(console, new Doc(nodes.stream().map(Doc::value).toList()));
            }
            if (nodes.isEmpty()) {
                console.err().println("No nodes match the given query - try expanding your search.");
                return 0;
            }
            boolean detailed = flags.on("detailed");
            List<String> rows = new ArrayList<>();
            rows.add("Node|ID|Address|DC" + (detailed ? "|TaggedAddresses|Meta" : ""));
            for (Doc node : nodes) {
                rows.add(node.text("Node") + "|" + Layout.id(node.text("ID"), detailed) + "|" + node.text("Address") + "|"
                        + node.text("Datacenter")
                        + (detailed ? "|" + pairs(node.at("TaggedAddresses")) + "|" + pairs(node.at(service.isEmpty() ? "Meta" : "NodeMeta")) : ""));
            }
            console.out().println(Layout.columns(rows, "  ", ""));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing nodes: " + e.getMessage());
        }
    }

    private static String pairs(Doc map) {
        List<String> pairs = new ArrayList<>();
        map.members().forEach((key, value) -> pairs.add(key + "=" + value.text()));
        return String.join(", ", pairs);
    }
}
