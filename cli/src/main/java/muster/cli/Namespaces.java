package muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code namespace apply|delete|inspect|list|status}. */
final class Namespaces {
    static final Command APPLY = new Command("namespace apply", "Create or update a namespace", """
            Usage: nomad namespace apply [options] <input>

              Makes a namespace or changes one. The input is its name, or a file that describes it; a path of - is standard input.

            Apply Options:

              -quota=<name>          the quota that is attached to it
              -description=<text>    what it is for
              -json                  the file is JSON""", Namespaces::apply);
    static final Command DELETE = new Command("namespace delete", "Delete a namespace", """
            Usage: nomad namespace delete [options] <namespace>

              Removes a namespace whose jobs are all over.""", Namespaces::delete);
    static final Command INSPECT = new Command("namespace inspect", "Inspect a namespace", """
            Usage: nomad namespace inspect [options] <namespace>

              Prints a namespace as JSON.

            Inspect Options:

              -t=<template>          through a Go template""", Namespaces::inspect);
    static final Command LIST = new Command("namespace list", "List namespaces", """
            Usage: nomad namespace list [options]

              Lists the namespaces that the token may see.

            List Options:

            """ + Formatted.HELP, Namespaces::list);
    static final Command STATUS = new Command("namespace status", "Display a namespace's status", """
            Usage: nomad namespace status [options] <namespace>

              Shows a namespace.

            Status Options:

            """ + Formatted.HELP, Namespaces::status);

    private static final String ONE = "This command takes one argument: <namespace>";

    private Namespaces() {}

    static List<Command> all() {
        return List.of(APPLY, DELETE, INSPECT, LIST, STATUS);
    }

    private static String path(String name) {
        return "/v1/namespace/" + NomadApi.idPath(name);
    }

    private static int apply(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("quota", "description").switches("json").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "namespace apply");
        }
        String name = flags.rest().getFirst();
        Map<String, Object> namespace;
        try {
            namespace = name.equals("-") || Files.isRegularFile(console.folder().resolve(name)) ? described(console, name) : null;
        } catch (IOException | IllegalArgumentException e) {
            return console.fail("Failed to read file \"" + name + "\": " + e.getMessage());
        }
        Api api = NomadApi.api(flags, console);
        try {
            if (namespace == null) {
                if (name.isEmpty()) {
                    return console.fail("Namespace name required");
                }
                namespace = known(api, flags, console, name);
                if (flags.has("description")) {
                    namespace.put("Description", flags.text("description"));
                }
                if (flags.has("quota")) {
                    namespace.put("Quota", flags.text("quota"));
                }
            }
            api.send("PUT", NomadApi.target("/v1/namespace", flags, console), namespace);
        } catch (ApiException e) {
            return console.fail("Error applying namespace: " + e.getMessage());
        }
        console.out().println("Successfully applied namespace \"" + namespace.get("Name") + "\"!");
        return 0;
    }

    /** The namespace as it is, to be changed; a new one where there is none. */
    private static Map<String, Object> known(Api api, GoFlags flags, Console console, String name) {
        Map<String, Object> namespace = new LinkedHashMap<>();
        namespace.put("Name", name);
        try {
            api.get(NomadApi.target(path(name), flags, console)).members().forEach((key, value) -> namespace.put(key, value.value()));
        } catch (ApiException e) {
            if (e.status() != 404) {
                throw e;
            }
        }
        return namespace;
    }

    private static Map<String, Object> described(Console console, String path) throws IOException {
        Map<String, Object> namespace = new LinkedHashMap<>();
        Described.read(console, path).forEach((key, value) -> {
            switch (key.toLowerCase(java.util.Locale.ROOT)) {
                case "name" -> namespace.put("Name", value);
                case "description" -> namespace.put("Description", value);
                case "quota" -> namespace.put("Quota", value);
                case "meta" -> namespace.put("Meta", value);
                case "capabilities" -> {
                    Map<?, ?> lists = value instanceof Map<?, ?> map ? map : Map.of();
                    Map<String, Object> capabilities = new LinkedHashMap<>();
                    capabilities.put("EnabledTaskDrivers", lists.get("enabled_task_drivers"));
                    capabilities.put("DisabledTaskDrivers", lists.get("disabled_task_drivers"));
                    namespace.put("Capabilities", capabilities);
                }
                default -> throw new IllegalArgumentException("invalid key: " + key
                        + "; a namespace has name, description, quota, meta and capabilities");
            }
        });
        return namespace;
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "namespace delete");
        }
        String name = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(path(name), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting namespace: " + e.getMessage());
        }
        console.out().println("Successfully deleted namespace \"" + name + "\"!");
        return 0;
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "namespace list");
        }
        try {
            Doc namespaces = NomadApi.api(flags, console).get(NomadApi.target("/v1/namespaces", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, namespaces.value());
            }
            console.out().println(table(namespaces.list()));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error retrieving namespaces: " + e.getMessage());
        }
    }

    private static String table(List<Doc> namespaces) {
        if (namespaces.isEmpty()) {
            return "No namespaces found";
        }
        List<String> rows = new ArrayList<>(List.of("Name|Description"));
        namespaces.stream().sorted(Comparator.comparing((Doc namespace) -> namespace.text("Name")))
                .forEach(namespace -> rows.add(namespace.text("Name") + "|" + namespace.text("Description")));
        return Layout.table(rows);
    }

    /** The only namespace whose name begins so, or the one that is called so; throws for any other number. */
    private static Doc find(Api api, GoFlags flags, Console console, String name) {
        List<Doc> found = api.get(NomadApi.target("/v1/namespaces", flags, console, "prefix=" + ConsulApi.encode(name))).list();
        if (found.isEmpty()) {
            throw new ApiException(0, "Namespace \"" + name + "\" matched no namespaces");
        }
        for (Doc namespace : found) {
            if (found.size() == 1 || namespace.text("Name").equals(name)) {
                return namespace;
            }
        }
        console.err().println("Prefix matched multiple namespaces\n\n" + table(found));
        return null;
    }

    private static int inspect(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "namespace inspect");
        }
        try {
            Doc namespace = find(NomadApi.api(flags, console), flags, console, flags.rest().getFirst());
            return namespace == null ? 1 : Formatted.print(console, flags, namespace.value());
        } catch (ApiException e) {
            return console.fail("Error retrieving namespace: " + e.getMessage());
        }
    }

    private static int status(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ONE, "namespace status");
        }
        try {
            Doc namespace = find(NomadApi.api(flags, console), flags, console, flags.rest().getFirst());
            if (namespace == null) {
                return 1;
            }
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, namespace.value());
            }
            List<String> rows = new ArrayList<>(List.of("Name|" + namespace.text("Name"), "Description|" + namespace.text("Description"),
                    "Quota|" + namespace.text("Quota")));
            Doc capabilities = namespace.at("Capabilities");
            if (!capabilities.isNull()) {
                rows.add("EnabledDrivers|" + capabilities.join("EnabledTaskDrivers", ","));
                rows.add("DisabledDrivers|" + capabilities.join("DisabledTaskDrivers", ","));
            }
            console.out().println(Layout.values(rows));
            if (!namespace.at("Meta").members().isEmpty()) {
                List<String> meta = new ArrayList<>();
                namespace.at("Meta").members().forEach((key, value) -> meta.add(key + "|" + value.text()));
                console.out().println("\nMetadata\n" + Layout.values(meta));
            }
            return 0;
        } catch (ApiException e) {
            return console.fail("Error retrieving namespaces: " + e.getMessage());
        }
    }
}
