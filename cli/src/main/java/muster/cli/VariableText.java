package muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import muster.wire.GoFlags;
import muster.wire.Json;

/** A variable in the forms of {@code -out}. */
final class VariableText {
    private VariableText() {}

    /** Prints it; the exit code. */
    static int print(Console console, GoFlags flags, Doc variable, String form) {
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
}
