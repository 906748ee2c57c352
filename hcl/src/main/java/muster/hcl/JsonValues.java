package muster.hcl;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** JSON text as values, for functions and for settings given as JSON. */
public final class JsonValues {
    private JsonValues() {}

    /** The value the whole text stands for; empty when it is no JSON. */
    public static Optional<Value> parse(String text) {
        return JsonText.parse("", text, new Diagnostics()).map(JsonValues::value);
    }

    private static Value value(JsonText.Node node) {
        return switch (node) {
            case JsonText.Node.Text text -> Value.string(text.value());
            case JsonText.Node.Number number -> Value.number(number.value());
            case JsonText.Node.Bool bool -> Value.bool(bool.value());
            case JsonText.Node.Nothing _ -> Value.nothing();
            case JsonText.Node.Array array -> Value.tuple(array.items().stream().map(JsonValues::value).toList());
            case JsonText.Node.Dictionary dictionary -> {
                Map<String, Value> attributes = new LinkedHashMap<>();
                dictionary.members().forEach(member -> attributes.put(member.name(), value(member.value())));
                yield Value.object(attributes);
            }
        };
    }

    /** JSON text as Go writes it: names sorted, {@code <}, {@code >} and {@code &} escaped. */
    public static String text(Value value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Value value, StringBuilder out) {
        switch (value) {
            case Value.Text(String text) -> quote(text, out);
            case Value.Number number -> out.append(number.text());
            case Value.Bool(boolean truth) -> out.append(truth);
            case Value.Null _, Value.Unknown _ -> out.append("null");
            case Value.Sequence sequence -> {
                String between = "[";
                for (Value item : sequence.items()) {
                    out.append(between);
                    write(item, out);
                    between = ",";
                }
                out.append(sequence.items().isEmpty() ? "[]" : "]");
            }
            case Value.Mapping mapping -> {
                String between = "{";
                for (Map.Entry<String, Value> entry : mapping.entries().entrySet()) {
                    out.append(between);
                    quote(entry.getKey(), out);
                    out.append(':');
                    write(entry.getValue(), out);
                    between = ",";
                }
                out.append(mapping.entries().isEmpty() ? "{}" : "}");
            }
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
