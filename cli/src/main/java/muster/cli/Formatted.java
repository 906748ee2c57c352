package muster.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.ArrayList;
import muster.template.language.Delimiters;
import muster.template.language.MissingKey;
import muster.template.language.Template;
import muster.template.language.TemplateException;
import muster.template.language.Value;
import muster.wire.GoFlags;

/** The flags {@code -json} and {@code -t}, which print an answer as JSON, or through a template of Go's, instead of as text for people. */
final class Formatted {
    static final String HELP = """
              -json                  as JSON
              -t=<template>          through a Go template""";

    private Formatted() {}

    /** Declares the two. */
    static GoFlags flags(GoFlags flags) {
        return flags.switches("json").texts("t");
    }

    static boolean isWanted(GoFlags flags) {
        return flags.on("json") || !flags.text("t").isEmpty();
    }

    /** Prints in the form that was asked for; the exit code. */
    static int print(Console console, GoFlags flags, Object tree) {
        String template = flags.text("t");
        if (flags.on("json") && !template.isEmpty()) {
            return console.fail("Both json and template formatting are not allowed");
        }
        if (template.isEmpty()) {
            console.out().println(Layout.json(tree));
            return 0;
        }
        try {
            console.out().println(Template.parse("format", template, Delimiters.DEFAULT, java.util.Set.of())
                    .execute(value(tree), List.of(), MissingKey.DEFAULT));
            return 0;
        } catch (TemplateException e) {
            return console.fail(e.getMessage());
        }
    }

    /** Below a list that is not the whole one: how the next page is asked for. */
    static void nextPage(Console console, Api.Answer answer, String command) {
        String next = answer.headers().getOrDefault("x-nomad-nexttoken", "");
        if (!next.isEmpty()) {
            console.out().println("\nResults have been paginated. To get the next page run:\n\n" + command + " -page-token " + next);
        }
    }

    /** As Go's structs have it: whole numbers stay whole. */
    private static Value value(Object tree) {
        return switch (tree) {
            case Map<?, ?> map -> {
                Map<String, Value> entries = new TreeMap<>();
                map.forEach((key, item) -> entries.put(String.valueOf(key), value(item)));
                yield Value.map(entries);
            }
            case List<?> list -> {
                List<Value> items = new ArrayList<>();
                list.forEach(item -> items.add(value(item)));
                yield Value.list(items);
            }
            case Long number -> Value.integer(number);
            case null, default -> Value.ofJson(tree);
        };
    }
}
