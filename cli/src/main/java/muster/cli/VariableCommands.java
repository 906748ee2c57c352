package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.hcl.ConfigTree;
import muster.hcl.Diagnostics;
import muster.hcl.Value;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code var get|init|list|purge|put}. */
final class VariableCommands {
    static final Command GET = new Command("var get", "Read a variable", """
            Usage: nomad var get [options] <path>

              Shows a variable with its items.

            Get Options:

              -item=<name>           the value of that item alone
              -out=<form>            table, json, hcl, go-template or none
              -template=<template>   for -out=go-template""", VariableCommands::get);
    static final Command PUT = new Command("var put", "Create or update a variable", """
            Usage: nomad var put [options] [<path to spec file>] [<path>] [<key>=<value>]...

              Writes a variable. Items come from the command line, from a file of HCL or JSON, or with - from standard input; a value of
              @file is that file's text.

            Put Options:

              -check-index=<n>       only if its modify index is n; 0: only if it does not exist
              -force                 whatever its index is
              -in=<form>             the form of a file: hcl or json
              -out=<form>            table, json, hcl, go-template or none (the default)
              -template=<template>   for -out=go-template""", VariableCommands::put);
    static final Command LIST = new Command("var list", "List variable metadata", """
            Usage: nomad var list [options] <prefix>

              Lists the variables whose paths begin so, without their items.

            List Options:

              -per-page=<n>          how many at a time
              -page-token=<token>    where a further page begins
              -out=<form>            table, json, terse or go-template
              -template=<template>   for -out=go-template""", VariableCommands::list);
    static final Command PURGE = new Command("var purge", "Purge a variable", """
            Usage: nomad var purge [options] <path>

              Removes a variable for good.

            Purge Options:

              -check-index=<n>       only if its modify index is n""", VariableCommands::purge);
    static final Command INIT = new Command("var init", "Create an example variable specification file", """
            Usage: nomad var init [options] <filename>

              Writes a file to begin with; spec.nsv.hcl unless named otherwise.

            Init Options:

              -out=<form>            hcl or json
              -quiet                 say nothing""", VariableCommands::init);

    private VariableCommands() {}

    static List<Command> all() {
        return List.of(GET, INIT, LIST, VariableLocking.COMMAND, PURGE, PUT);
    }

    static String path(String path) {
        return "/v1/var/" + NomadApi.idPath(path).replace("%2F", "/");
    }

    private static int get(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("item", "out", "template").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <path>", "var get");
        }
        Doc variable;
        try {
            variable = NomadApi.api(flags, console).get(NomadApi.target(path(flags.rest().getFirst()), flags, console));
        } catch (ApiException e) {
            return e.status() == 404 ? console.fail("Variable not found") : console.fail("Error retrieving variable: " + e.getMessage());
        }
        String item = flags.text("item");
        if (!item.isEmpty()) {
            Doc value = variable.at("Items").at(item);
            if (value.isNull()) {
                return console.fail("Variable does not contain \"" + item + "\" item");
            }
            console.out().println(value.text());
            return 0;
        }
        return shown(console, flags, variable, flags.text("out", "table"));
    }

    private static int shown(Console console, GoFlags flags, Doc variable, String form) {
        switch (form) {
            case "none" -> { }
            case "json" -> console.out().println(Layout.json(variable.value()));
            case "hcl" -> console.out().println(hcl(variable));
            case "go-template" -> {
                if (flags.text("template").isEmpty()) {
                    return console.fail("A template must be supplied using '-template' when using go-template formatting");
                }
                GoFlags as = Formatted.flags(new GoFlags()).parse(List.of("-t", flags.text("template")));
                return Formatted.print(console, as, variable.value());
            }
            case "table" -> console.out().println(table(console, variable));
            default -> {
                return console.fail("Invalid value for \"-out\"; valid values are [go-template, hcl, json, none, table]");
            }
        }
        return 0;
    }

    private static String table(Console console, Doc variable) {
        List<String> rows = new ArrayList<>(List.of("Namespace|" + variable.text("Namespace"), "Path|" + variable.text("Path"),
                "Create Time|" + Layout.time(variable.time("CreateTime"), console.zone())));
        if (variable.number("CreateTime") != variable.number("ModifyTime")) {
            rows.add("Modify Time|" + Layout.time(variable.time("ModifyTime"), console.zone()));
        }
        rows.add("Check Index|" + variable.text("ModifyIndex"));
        List<String> items = new ArrayList<>();
        new TreeMap<>(variable.at("Items").members()).forEach((key, value) -> items.add(key + "|" + value.text()));
        return Layout.values(rows) + "\n\nItems\n" + Layout.values(items);
    }

    private static String hcl(Doc variable) {
        StringBuilder text = new StringBuilder("namespace    = " + Json.text(variable.text("Namespace")) + "\npath         = "
                + Json.text(variable.text("Path")) + "\nmodify_index = " + variable.text("ModifyIndex") + "\n\nitems {\n");
        int width = variable.at("Items").members().keySet().stream().mapToInt(String::length).max().orElse(0);
        new TreeMap<>(variable.at("Items").members()).forEach((key, value) ->
                text.append("  ").append(key).repeat(' ', width - key.length()).append(" = ").append(Json.text(value.text())).append('\n'));
        return text.append('}').toString();
    }

    /** What a variable is to be, from file and command line. */
    record Wanted(String path, String namespace, Map<String, String> items, Long index) {}

    private static int put(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("check-index", "in", "out", "template").switches("force", "verbose").parse(args);
        if (flags.rest().isEmpty()) {
            return NomadApi.usage(console, "Not enough arguments (expected >1, got 0)", "var put");
        }
        Wanted wanted;
        try {
            wanted = wanted(console, flags, flags.rest());
        } catch (IOException | IllegalArgumentException e) {
            return console.fail("Error parsing variable: " + e.getMessage());
        }
        if (wanted.items().isEmpty()) {
            return console.fail("Variable has no items: give some as <key>=<value>");
        }
        Map<String, Object> variable = new LinkedHashMap<>();
        variable.put("Path", wanted.path());
        variable.put("Items", wanted.items());
        if (!wanted.namespace().isEmpty()) {
            variable.put("Namespace", wanted.namespace());
        }
        String cas = flags.on("force") ? "" : flags.has("check-index") ? "cas=" + flags.unsigned("check-index", 0)
                : wanted.index() == null ? "" : "cas=" + wanted.index();
        try {
            Doc written = NomadApi.api(flags, console).send("PUT", NomadApi.target(path(wanted.path()), flags, console, cas), variable);
            if (flags.text("out", "none").equals("none")) {
                console.out().println("Created variable \"" + wanted.path() + "\" with modify index " + written.text("ModifyIndex"));
                return 0;
            }
            return shown(console, flags, written, flags.text("out"));
        } catch (ApiException e) {
            return console.fail(e.status() == 409 ? "Check-and-Set conflict: the variable \"" + wanted.path()
                    + "\" was changed by somebody else; read it again, or use -force" : "Error creating variable: " + e.getMessage());
        }
    }

    static Wanted wanted(Console console, GoFlags flags, List<String> rest) throws IOException {
        List<String> left = new ArrayList<>(rest);
        Wanted from = new Wanted("", "", new TreeMap<>(), null);
        String first = left.getFirst();
        if (first.startsWith("@") || first.equals("-") || first.endsWith(".hcl") || first.endsWith(".json")) {
            left.removeFirst();
            String name = first.startsWith("@") ? first.substring(1) : first;
            from = described(name, Texts.read(console, name), flags.text("in", name.endsWith(".json") ? "json" : "hcl"));
        }
        String path = from.path();
        if (!left.isEmpty() && !left.getFirst().contains("=")) {
            path = left.removeFirst();
        }
        if (path.isEmpty()) {
            throw new IllegalArgumentException("a path is needed: none is on the command line or in the file");
        }
        Map<String, String> items = new TreeMap<>(from.items());
        for (String pair : left) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected \"key=value\", found \"" + pair + "\"");
            }
            String value = pair.substring(equals + 1);
            items.put(pair.substring(0, equals), value.startsWith("@") ? Texts.read(console, value.substring(1)) : value);
        }
        return new Wanted(path, from.namespace(), items, from.index());
    }

    private static Wanted described(String name, String text, String form) {
        Map<String, String> items = new TreeMap<>();
        if (form.equals("json")) {
            try {
                Doc tree = new Doc(Json.parse(text));
                Doc given = tree.at("Items").isNull() ? tree : tree.at("Items");
                given.members().forEach((key, value) -> items.put(key, value.text()));
                return new Wanted(tree.text("Path"), tree.text("Namespace"), items, tree.at("ModifyIndex").isNull() ? null : tree.number("ModifyIndex"));
            } catch (JsonException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage());
            }
        }
        Diagnostics diagnostics = new Diagnostics();
        ConfigTree.Node.Table table = ConfigTree.read(name, text, diagnostics);
        if (diagnostics.hasErrors()) {
            throw new IllegalArgumentException(diagnostics.brief());
        }
        Map<String, String> top = new TreeMap<>();
        table.settings().forEach((key, settings) -> {
            ConfigTree.Node value = settings.getLast().value();
            if (key.equals("items")) {
                items(value, items);
            } else {
                top.put(key, scalar(value));
            }
        });
        String index = top.getOrDefault("modify_index", "");
        return new Wanted(top.getOrDefault("path", ""), top.getOrDefault("namespace", ""), items, index.isEmpty() ? null : Long.valueOf(index));
    }

    private static void items(ConfigTree.Node node, Map<String, String> items) {
        switch (node) {
            case ConfigTree.Node.Table table -> table.settings().forEach((key, settings) -> items.put(key, scalar(settings.getLast().value())));
            case ConfigTree.Node.Items list -> list.items().forEach(item -> items(item, items));
            case ConfigTree.Node.Scalar scalar -> throw new IllegalArgumentException(scalar.range() + ": items are a block of texts");
        }
    }

    private static String scalar(ConfigTree.Node node) {
        return switch (node) {
            case ConfigTree.Node.Scalar(Value.Text(String text), var range) -> text;
            case ConfigTree.Node.Scalar(Value value, var range) -> muster.hcl.JsonValues.text(value);
            case ConfigTree.Node.Table table -> throw new IllegalArgumentException(table.range() + ": a text is wanted");
            case ConfigTree.Node.Items list -> throw new IllegalArgumentException(list.range() + ": a text is wanted");
        };
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("per-page", "page-token", "out", "template", "filter").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes no arguments or one: <prefix>", "var list");
        }
        String prefix = flags.rest().isEmpty() ? "" : flags.rest().getFirst();
        Api.Answer answer;
        try {
            answer = Api.good(NomadApi.api(flags, console).call("GET", NomadApi.target("/v1/vars", flags, console,
                    prefix.isEmpty() ? "" : "prefix=" + ConsulApi.encode(prefix),
                    flags.has("per-page") ? "per_page=" + ConsulApi.encode(flags.text("per-page")) : "",
                    flags.has("page-token") ? "next_token=" + ConsulApi.encode(flags.text("page-token")) : ""), new byte[0]));
        } catch (ApiException e) {
            return console.fail("Error retrieving vars: " + e.getMessage());
        }
        List<Doc> variables = answer.json().list();
        switch (flags.text("out", "table")) {
            case "json" -> console.out().println(Layout.json(answer.json().value()));
            case "terse" -> variables.forEach(variable -> console.out().println(variable.text("Path")));
            case "go-template" -> {
                return Formatted.print(console, Formatted.flags(new GoFlags()).parse(List.of("-t", flags.text("template"))), answer.json().value());
            }
            default -> {
                if (variables.isEmpty()) {
                    console.out().println(prefix.isEmpty() ? "No variables found" : "No variables found with prefix \"" + prefix + "\"");
                    return 0;
                }
                List<String> rows = new ArrayList<>(List.of("Namespace|Path|Last Updated"));
                variables.forEach(variable -> rows.add(variable.text("Namespace") + "|" + variable.text("Path") + "|"
                        + Layout.time(variable.time("ModifyTime"), console.zone())));
                console.out().println(Layout.table(rows));
                String next = answer.headers().getOrDefault("x-nomad-nexttoken", "");
                if (!next.isEmpty()) {
                    console.out().println("Next page token: " + next);
                }
            }
        }
        return 0;
    }

    private static int purge(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("check-index").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <path>", "var purge");
        }
        String path = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(path(path), flags, console,
                    flags.has("check-index") ? "cas=" + flags.unsigned("check-index", 0) : ""), null);
        } catch (ApiException e) {
            return console.fail(e.status() == 409 ? "Check-and-Set conflict: the variable \"" + path + "\" was changed by somebody else"
                    : "Error purging variable: " + e.getMessage());
        }
        console.out().println("Successfully purged variable \"" + path + "\"!");
        return 0;
    }

    private static int init(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("out").switches("quiet").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes no arguments or one: <filename>", "var init");
        }
        boolean json = flags.text("out", "hcl").equals("json");
        String name = flags.rest().isEmpty() ? json ? "spec.nsv.json" : "spec.nsv.hcl" : flags.rest().getFirst();
        String text = json ? """
                {
                  "Namespace": "default",
                  "Path": "path/to/variable",
                  "Items": {
                    "key1": "value 1",
                    "key2": "value 2"
                  }
                }
                """ : """
                # A variable: texts by name under a path. Write it with: nomad var put @%s

                namespace = "default"
                path      = "path/to/variable"

                items {
                  key1 = "value 1"
                  key2 = "value 2"
                }
                """.formatted(name);
        try {
            java.nio.file.Files.writeString(console.folder().resolve(name), text, java.nio.file.StandardOpenOption.CREATE_NEW,
                    java.nio.file.StandardOpenOption.WRITE);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            return console.fail("File \"" + name + "\" already exists");
        } catch (IOException e) {
            return console.fail("Failed to write \"" + name + "\": " + e.getMessage());
        }
        if (!flags.on("quiet")) {
            console.out().println("Example variable specification written to " + name);
        }
        return 0;
    }
}
