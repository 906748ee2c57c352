package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code catalog services}. */
final class CatalogServices {
    static final Command COMMAND = new Command("catalog services", "Lists all registered services in a datacenter", """
            Usage: consul catalog services [options]

              Lists the names of all services, or of those on one node.

              -node=<name or id>       only services of this node
              -node-meta=<key=value>   only services on nodes with this metadata; may be repeated
              -tags                    print each service's tags too""", CatalogServices::run);

    private CatalogServices() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("tags").texts("node").lists("node-meta").parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Too many arguments (expected 0, got " + flags.rest().size() + ")");
        }
        boolean json = ConsulApi.json(flags);
        Map<String, String> services = new TreeMap<>();
        try {
            Api api = ConsulApi.api(flags, console);
            if (flags.text("node").isEmpty()) {
                List<String> query = new ArrayList<>();
                flags.all("node-meta").forEach(meta -> query.add("node-meta=" + ConsulApi.encode(meta.replaceFirst("=", ":"))));
                Doc all = api.get(ConsulApi.target("/v1/catalog/services", flags, query.toArray(String[]::new)));
                if (json) {
                    return ConsulApi.printJson(console, all);
                }
                all.members().forEach((name, tags) -> services.put(name, joined(tags)));
            } else {
                Doc node = api.get(ConsulApi.target("/v1/catalog/node/" + ConsulApi.keyPath(flags.text("node")), flags));
                if (json) {
                    return ConsulApi.printJson(console, node.at("Services"));
                }
                node.at("Services").members().values()
                        .forEach(service -> services.merge(service.text("Service"), joined(service.at("Tags")), CatalogServices::union));
            }
        } catch (ApiException e) {
            return console.fail("Error listing services: " + e.getMessage());
        }
        if (services.isEmpty()) {
            console.err().println("No services match the given query - try expanding your search.");
            return 0;
        }
        if (flags.on("tags")) {
            List<String> rows = new ArrayList<>();
            services.forEach((name, tags) -> rows.add(name + "|" + tags));
            console.out().println(Layout.columns(rows, "    ", ""));
        } else {
            services.keySet().forEach(console.out()::println);
        }
        return 0;
    }

    private static String joined(Doc tags) {
        return String.join(",", tags.list().stream().map(Doc::text).sorted().toList());
    }

    private static String union(String some, String more) {
        List<String> tags = new ArrayList<>(List.of(some.split(",")));
        tags.addAll(List.of(more.split(",")));
        return String.join(",", tags.stream().filter(tag -> !tag.isEmpty()).distinct().sorted().toList());
    }
}
