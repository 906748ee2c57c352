package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code var get|init|list|purge|put}. */
final class VariableCommands {
    static final Command GET = new Command("var get", "Read a variable", """
            Usage: nomad var get [options] <path>

              Shows a variable with its items.

            Get Options:

              -item=<name>           the value of that item alone
              -out=<form>            table, json, hcl, go-template or none; table on a terminal, json elsewhere
              -template=<template>   for -out=go-template""", VariableCommands::get);
    static final Command PUT = new Command("var put", "Create or update a variable", """
            Usage: nomad var put [options] [<path to spec file>] [<path>] [<key>=<value>]...

              Writes a variable. Items come from the command line, from a file of HCL or JSON, or with - from standard input; a value of
              @file is that file's text.

            Put Options:

              -check-index=<n>       only if its modify index is n; 0: only if it does not exist
              -force                 whatever its index is
              -in=<form>             the form of a file: hcl or json
              -out=<form>            table, json, hcl, go-template or none; none on a terminal, json elsewhere
              -verbose               say what was done, also where -out prints the variable
              -template=<template>   for -out=go-template""", VariableCommands::put);
    static final Command LIST = new Command("var list", "List variable metadata", """
            Usage: nomad var list [options] <prefix>

              Lists the variables whose paths begin so, without their items.

            List Options:

              -per-page=<n>          how many at a time
              -page-token=<token>    where a further page begins
              -filter=<expression>   those alone for which it holds
              -out=<form>            table, json, terse or go-template; table on a terminal, json elsewhere
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

    /** The form that is asked for; without that the given one for people, and JSON for programs. */
    private static String form(GoFlags flags, String onTerminal) {
        return flags.text("out", flags.has("template") ? "go-template" : Terminal.isThere() ? onTerminal : "json");
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
        return VariableText.print(console, flags, variable, form(flags, "table"));
    }

    private static int put(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("check-index", "in", "out", "template").switches("force", "verbose").parse(args);
        if (flags.rest().isEmpty()) {
            return NomadApi.usage(console, "Not enough arguments (expected >1, got 0)", "var put");
        }
        VariableFile.Wanted wanted;
        try {
            wanted = VariableFile.wanted(console, flags, flags.rest());
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
            String form = form(flags, "none");
            if (form.equals("none") || flags.on("verbose")) {
                (form.equals("none") ? console.out() : console.err())
                        .println("Created variable \"" + wanted.path() + "\" with modify index " + written.text("ModifyIndex"));
            }
            return VariableText.print(console, flags, written, form);
        } catch (ApiException e) {
            return console.fail(e.status() == 409 ? "Check-and-Set conflict: the variable \"" + wanted.path()
                    + "\" was changed by somebody else; read it again, or use -force" : "Error creating variable: " + e.getMessage());
        }
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
                    prefix.isEmpty() ? "" : "prefix=" + ConsulApi.encode(prefix), NomadApi.query(flags, "filter", "filter"),
                    NomadApi.query(flags, "per-page", "per_page"), NomadApi.query(flags, "page-token", "next_token")), new byte[0]));
        } catch (ApiException e) {
            return console.fail("Error retrieving vars: " + e.getMessage());
        }
        List<Doc> variables = answer.json().list();
        switch (form(flags, "table")) {
            case "json" -> console.out().println(Layout.json(answer.json().value()));
            case "terse" -> variables.forEach(variable -> console.out().println(variable.text("Path")));
            case "go-template" -> {
                return Formatted.print(console, Formatted.flags(new GoFlags()).parse(List.of("-t", flags.text("template"))), answer.json().value());
            }
            case "table" -> {
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
            default -> {
                return console.fail("Invalid value for \"-out\"; valid values are [go-template, json, table, terse]");
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
