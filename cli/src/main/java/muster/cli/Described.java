package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import muster.hcl.ConfigTree;
import muster.hcl.Diagnostics;
import muster.hcl.Value;

/** A file that describes an object of the API, in HCL or JSON, as maps, lists, texts, numbers and truths. */
final class Described {
    private Described() {}

    /** The file, or standard input for "-". Throws {@link IllegalArgumentException} for what is neither HCL nor JSON. */
    static Map<String, Object> read(Console console, String path) throws IOException {
        String text = path.equals("-") ? new String(console.in().readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(console.folder().resolve(path));
        Diagnostics diagnostics = new Diagnostics();
        ConfigTree.Node.Table table = ConfigTree.read(path, text, diagnostics);
        if (diagnostics.hasErrors()) {
            throw new IllegalArgumentException(diagnostics.brief());
        }
        return map(table);
    }

    private static Map<String, Object> map(ConfigTree.Node.Table table) {
        Map<String, Object> map = new LinkedHashMap<>();
        table.settings().forEach((key, settings) -> map.put(key, plain(settings.getLast().value())));
        return map;
    }

    private static Object plain(ConfigTree.Node node) {
        return switch (node) {
            case ConfigTree.Node.Scalar(Value.Text(String text), var range) -> text;
            case ConfigTree.Node.Scalar(Value.Bool(boolean truth), var range) -> truth;
            case ConfigTree.Node.Scalar(Value.Number number, var range) -> number.isWhole() ? (Object) number.value().longValue() : (Object) number.value().doubleValue();
            case ConfigTree.Node.Scalar scalar -> throw new IllegalArgumentException(scalar.range() + ": a text, number or truth is wanted");
            case ConfigTree.Node.Items items -> items.items().size() == 1 && items.items().getFirst() instanceof ConfigTree.Node.Table only
                    ? map(only) : items.items().stream().map(Described::plain).toList();
            case ConfigTree.Node.Table table -> map(table);
        };
    }
}
