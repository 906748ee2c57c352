package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code rtt}. */
final class Rtt {
    static final Command COMMAND = new Command("rtt", "Estimates network round trip time between nodes", """
            Usage: consul rtt [options] node1 [node2]

              Estimates the round trip time between two nodes, the second being this agent's unless named, from their network
              coordinates.

              -wan                   the names are of servers, as node.datacenter""", Rtt::run);

    private Rtt() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("wan").parse(args);
        boolean json = ConsulApi.json(flags);
        List<String> nodes = flags.rest();
        if (nodes.isEmpty() || nodes.size() > 2) {
            return console.fail(flags.on("wan") ? "Two node names must be specified" : "One or two node names must be specified");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            return flags.on("wan") ? wan(console, api, nodes, json) : lan(console, api, flags, nodes, json);
        } catch (ApiException e) {
            return console.fail("Error getting coordinates: " + e.getMessage());
        }
    }

    private static int lan(Console console, Api api, GoFlags flags, List<String> nodes, boolean json) {
        String other = nodes.size() == 2 ? nodes.get(1) : api.get("/v1/agent/self").at("Config").text("NodeName");
        List<Doc> rows = api.get(ConsulApi.target("/v1/coordinate/nodes", flags)).list();
        return estimate(console, rows, nodes.getFirst(), other, "LAN", json);
    }

    /** Coordinates of servers are listed by datacenter, under their own names. */
    private static int wan(Console console, Api api, List<String> nodes, boolean json) {
        if (nodes.size() != 2) {
            return console.fail("Two node names must be specified");
        }
        if (nodes.stream().anyMatch(node -> node.indexOf('.') < 0)) {
            return console.fail("Node names must be specified as <node name>.<datacenter> with -wan");
        }
        List<Doc> rows = api.get("/v1/coordinate/datacenters").list().stream()
                .flatMap(datacenter -> datacenter.list("Coordinates").stream()).toList();
        return estimate(console, rows, nodes.get(0), nodes.get(1), "WAN", json);
    }

    private static int estimate(Console console, List<Doc> rows, String one, String other, String source, boolean json) {
        Doc from = coordinate(rows, one);
        Doc to = coordinate(rows, other);
        if (from.isNull() || to.isNull()) {
            return console.fail("Could not find a coordinate for node \"" + (from.isNull() ? one : other) + "\"");
        }
        if (json) {
            Map<String, Object> estimate = new LinkedHashMap<>();
            estimate.put("From", one);
            estimate.put("To", other);
            estimate.put("Seconds", seconds(from, to));
            estimate.put("Coordinates", source);
            return ConsulApi.printJson(console, new Doc(estimate));
        }
        console.out().println("Estimated " + one + " <-> " + other + " rtt: "
                + String.format(Locale.ROOT, "%.3f", seconds(from, to) * 1000) + " ms (using " + source + " coordinates)");
        return 0;
    }

    private static Doc coordinate(List<Doc> rows, String node) {
        return rows.stream().filter(row -> row.text("Node").equals(node)).findFirst().map(row -> row.at("Coord")).orElse(new Doc(null));
    }

    /** The distance in the space of Vivaldi coordinates, heights and adjustments added. */
    private static double seconds(Doc from, Doc to) {
        double sum = 0;
        List<Doc> a = from.list("Vec");
        List<Doc> b = to.list("Vec");
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            double difference = a.get(i).decimal() - b.get(i).decimal();
            sum += difference * difference;
        }
        double raw = Math.sqrt(sum) + from.at("Height").decimal() + to.at("Height").decimal();
        double adjusted = raw + from.at("Adjustment").decimal() + to.at("Adjustment").decimal();
        return adjusted > 0 ? adjusted : raw;
    }
}
