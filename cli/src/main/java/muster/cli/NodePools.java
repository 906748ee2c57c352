package muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code node pool apply|delete|info|init|jobs|list|nodes}. */
final class NodePools {
    private static final String EXAMPLE = "pool.nomad";
    private static final String ONE = "This command takes one argument: <node-pool>";

    private NodePools() {}

    static List<Command> all() {
        return List.of(
                new Command("node pool apply", "Create or update a node pool", """
                        Usage: nomad node pool apply [options] <input>

                          Makes a node pool or changes one. The input is a file that describes it; a path of - is standard input.

                        Apply Options:

                          -json                  the file is JSON""", NodePools::apply),
                new Command("node pool delete", "Delete a node pool", """
                        Usage: nomad node pool delete [options] <node-pool>

                          Removes a node pool that has neither nodes nor jobs.""", NodePools::delete),
                new Command("node pool info", "Fetch information on an existing node pool", """
                        Usage: nomad node pool info [options] <node-pool>

                          Shows a node pool.

                        Info Options:

                        """ + Formatted.HELP, NodePools::show),
                new Command("node pool init", "Create an example node pool specification file", """
                        Usage: nomad node pool init [options] <filename>

                          Writes a file that describes a node pool; pool.nomad.hcl unless named otherwise.

                        Init Options:

                          -json                  pool.nomad.json instead""", NodePools::init),
                new Command("node pool jobs", "Fetch a list of jobs in a node pool", """
                        Usage: nomad node pool jobs [options] <node-pool>

                          Lists the jobs that are placed in a node pool.

                        Jobs Options:

                          -filter=<expression>   those alone for which it holds
                          -per-page=<n>          how many at a time
                          -page-token=<token>    where a further page begins
                        """ + Formatted.HELP, NodePools::jobs),
                new Command("node pool list", "List node pools", """
                        Usage: nomad node pool list [options]

                          Lists the node pools that the token may see.

                        List Options:

                          -filter=<expression>   those alone for which it holds
                          -per-page=<n>          how many at a time
                          -page-token=<token>    where a further page begins
                        """ + Formatted.HELP, NodePools::list),
                new Command("node pool nodes", "Fetch a list of nodes in a node pool", """
                        Usage: nomad node pool nodes [options] <node-pool>

                          Lists the nodes of a node pool.

                        Nodes Options:

                          -filter=<expression>   those alone for which it holds
                          -per-page=<n>          how many at a time
                          -page-token=<token>    where a further page begins
                          -verbose               whole ids
                        """ + Formatted.HELP, NodePools::nodes));
    }

    private static String path(String name) {
        return "/v1/node/pool/" + NomadApi.idPath(name);
    }

    private static int apply(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("json").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <input>", "node pool apply");
        }
        String input = flags.rest().getFirst();
        Map<String, Object> pool;
        try {
            pool = described(Described.read(console, input));
        } catch (IOException | IllegalArgumentException e) {
            return console.fail("Failed to parse input content: " + e.getMessage());
        }
        try {
            NomadApi.api(flags, console).send("PUT", NomadApi.target("/v1/node/pools", flags, console), pool);
        } catch (ApiException e) {
            return console.fail("Error applying node pool: " + e.getMessage());
        }
        console.out().println("Successfully applied node pool \"" + pool.get("Name") + "\"!");
        return 0;
    }

    /** In HCL a block with the pool's name, in JSON the API's object. */
    private static Map<String, Object> described(Map<String, Object> file) {
        Map<String, Object> pool = new LinkedHashMap<>();
        Map<?, ?> fields = file;
        if (file.get("node_pool") instanceof Map<?, ?> named && named.size() == 1) {
            Map.Entry<?, ?> only = named.entrySet().iterator().next();
            pool.put("Name", only.getKey());
            fields = only.getValue() instanceof Map<?, ?> body ? body : Map.of();
        } else if (file.containsKey("node_pool")) {
            throw new IllegalArgumentException("one node_pool block with its name is wanted");
        }
        fields.forEach((key, value) -> {
            switch (String.valueOf(key).toLowerCase(Locale.ROOT)) {
                case "name" -> pool.put("Name", value);
                case "description" -> pool.put("Description", value);
                case "meta" -> pool.put("Meta", value);
                case "scheduler_config", "schedulerconfiguration" -> pool.put("SchedulerConfiguration", scheduling(value));
                case "createindex", "modifyindex" -> {}
                default -> throw new IllegalArgumentException("invalid key: " + key + "; a node pool has description, meta and scheduler_config");
            }
        });
        if (!pool.containsKey("Name")) {
            throw new IllegalArgumentException("node pool without a name");
        }
        return pool;
    }

    private static Map<String, Object> scheduling(Object value) {
        Map<String, Object> scheduling = new LinkedHashMap<>();
        (value instanceof Map<?, ?> map ? map : Map.of()).forEach((key, setting) -> {
            switch (String.valueOf(key).toLowerCase(Locale.ROOT)) {
                case "scheduler_algorithm", "scheduleralgorithm" -> scheduling.put("SchedulerAlgorithm", setting);
                case "memory_oversubscription_enabled", "memoryoversubscriptionenabled" ->
                    scheduling.put("MemoryOversubscriptionEnabled", setting);
                default -> throw new IllegalArgumentException("invalid key: scheduler_config." + key
                        + "; there are scheduler_algorithm and memory_oversubscription_enabled");
            }
        });
        return scheduling;
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "node pool delete");
        }
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(path(flags.rest().getFirst()), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting node pool: " + e.getMessage());
        }
        console.out().println("Successfully deleted node pool \"" + flags.rest().getFirst() + "\"!");
        return 0;
    }

    private static int init(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("json").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either no arguments or one: <filename>", "node pool init");
        }
        String ending = flags.on("json") ? ".json" : ".hcl";
        String name = flags.rest().isEmpty() ? EXAMPLE + ending : flags.rest().getFirst();
        Path file = console.folder().resolve(name);
        if (Files.exists(file)) {
            return console.fail("Node pool specification file \"" + name + "\" already exists");
        }
        try (var text = NodePools.class.getResourceAsStream(EXAMPLE + ending)) {
            Files.copy(text, file);
        } catch (IOException e) {
            return console.fail("Failed to write \"" + name + "\": " + e.getMessage());
        }
        console.out().println("Example node pool specification written to " + name);
        return 0;
    }

    /** The only pool whose name begins so, or the one that is called so; null after a message. */
    private static Doc find(Api api, GoFlags flags, Console console) {
        String name = flags.rest().getFirst();
        List<Doc> found = api.get(NomadApi.target("/v1/node/pools", flags, console, "prefix=" + ConsulApi.encode(name))).list();
        for (Doc pool : found) {
            if (found.size() == 1 || pool.text("Name").equals(name)) {
                return pool;
            }
        }
        console.err().println(found.isEmpty() ? "No node pool with prefix \"" + name + "\" found" : "Prefix matched multiple node pools\n\n" + table(found));
        return null;
    }

    private static String table(List<Doc> pools) {
        List<String> rows = new ArrayList<>(List.of("Name|Description"));
        pools.stream().sorted(Comparator.comparing((Doc pool) -> pool.text("Name")))
                .forEach(pool -> rows.add(pool.text("Name") + "|" + pool.text("Description")));
        return Layout.table(rows);
    }

    private static Api.Answer page(Api api, GoFlags flags, Console console, String path) {
        return Api.good(api.call("GET", NomadApi.target(path, flags, console, NomadApi.query(flags, "filter", "filter"),
                NomadApi.query(flags, "per-page", "per_page"), NomadApi.query(flags, "page-token", "next_token")), new byte[0]));
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).texts("filter", "per-page", "page-token").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "node pool list");
        }
        try {
            Api.Answer answer = page(NomadApi.api(flags, console), flags, console, "/v1/node/pools");
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, answer.json().value());
            }
            List<Doc> pools = answer.json().list();
            console.out().println(pools.isEmpty() ? "No node pools" : table(pools));
            Formatted.nextPage(console, answer, "nomad node pool list");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying node pools: " + e.getMessage());
        }
    }

    private static int show(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "node pool info");
        }
        try {
            Doc pool = find(NomadApi.api(flags, console), flags, console);
            if (pool == null) {
                return 1;
            }
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, pool.value());
            }
            console.out().println(Layout.values(List.of("Name|" + pool.text("Name"), "Description|" + pool.text("Description"))));
            List<String> meta = new ArrayList<>();
            new TreeMap<>(pool.at("Meta").members()).forEach((key, value) -> meta.add(key + "|" + value.text()));
            console.out().println("\n" + (meta.isEmpty() ? "No metadata" : "Metadata\n" + Layout.values(meta)));
            console.out().println("\n" + scheduling(pool.at("SchedulerConfiguration")));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying node pool: " + e.getMessage());
        }
    }

    private static String scheduling(Doc own) {
        List<String> rows = new ArrayList<>();
        if (!own.text("SchedulerAlgorithm").isEmpty()) {
            rows.add("Scheduler Algorithm|" + own.text("SchedulerAlgorithm"));
        }
        if (!own.at("MemoryOversubscriptionEnabled").isNull()) {
            rows.add("Memory Oversubscription Enabled|" + own.is("MemoryOversubscriptionEnabled"));
        }
        return rows.isEmpty() ? "No scheduler configuration" : "Scheduler Configuration\n" + Layout.values(rows);
    }

    private static int jobs(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).texts("filter", "per-page", "page-token").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "node pool jobs");
        }
        try {
            Api api = NomadApi.api(flags, console);
            Doc pool = find(api, flags, console);
            if (pool == null) {
                return 1;
            }
            Api.Answer answer = page(api, flags, console, path(pool.text("Name")) + "/jobs");
            Doc jobs = answer.json();
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, jobs.value());
            }
            console.out().println(jobs.list().isEmpty() ? "No jobs" : Lookups.jobList(jobs.list(), NomadApi.isEverywhere(flags, console), console));
            Formatted.nextPage(console, answer, "nomad node pool jobs");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying jobs: " + e.getMessage());
        }
    }

    private static int nodes(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("verbose").texts("filter", "per-page", "page-token").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "node pool nodes");
        }
        try {
            Api api = NomadApi.api(flags, console);
            Doc pool = find(api, flags, console);
            if (pool == null) {
                return 1;
            }
            Api.Answer answer = page(api, flags, console, path(pool.text("Name")) + "/nodes");
            Doc nodes = answer.json();
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, nodes.value());
            }
            console.out().println(nodes.list().isEmpty() ? "No nodes" : NodeStatus.stubs(nodes.list(), flags.on("verbose")));
            Formatted.nextPage(console, answer, "nomad node pool nodes");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying nodes: " + e.getMessage());
        }
    }
}
