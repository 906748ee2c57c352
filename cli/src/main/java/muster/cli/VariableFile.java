package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.hcl.ConfigTree;
import muster.hcl.Diagnostics;
import muster.hcl.Value;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** What a variable is to be: from a file of HCL or JSON, and from the command line. */
final class VariableFile {
    private VariableFile() {}

    /** @param index that it has to have; null for any */
    record Wanted(String path, String namespace, Map<String, String> items, Long index) {}

    /** Throws {@link IllegalArgumentException} for what is no variable. */
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
}
