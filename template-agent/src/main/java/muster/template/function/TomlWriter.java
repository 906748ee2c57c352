package muster.template.function;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import muster.template.language.FunctionException;
import muster.template.language.Value;

/** Template values as TOML: plain values first, then tables, nested ones indented; null is left out. */
final class TomlWriter {
    private final StringBuilder out = new StringBuilder();

    private TomlWriter() {}

    static String write(Value value) {
        if (!(value instanceof Value.MapValue || value instanceof Value.Struct)) {
            return inline(value);
        }
        TomlWriter writer = new TomlWriter();
        writer.table(List.of(), fields(value));
        return writer.out.toString().strip();
    }

    private static Map<String, Value> fields(Value value) {
        if (value instanceof Value.Struct struct) {
            return struct.fields();
        }
        Map<String, Value> fields = new LinkedHashMap<>();
        ((Value.MapValue) value).entries().forEach((key, item) -> {
            if (!(key instanceof Value.Text name)) {
                throw new FunctionException("toml: cannot encode a map with non-string key type");
            }
            fields.put(name.value(), item);
        });
        return fields;
    }

    private void table(List<String> path, Map<String, Value> fields) {
        fields.forEach((name, value) -> {
            if (!value.isNil() && !isTable(value) && !isTables(value)) {
                out.repeat("  ", path.size()).append(key(name)).append(" = ").append(inline(value)).append('\n');
            }
        });
        fields.forEach((name, value) -> {
            List<String> inner = new ArrayList<>(path);
            inner.add(name);
            if (isTable(value)) {
                if (path.isEmpty()) {
                    blankLine();
                }
                header(inner, "[", "]");
                table(inner, fields(value));
            } else if (isTables(value)) {
                for (Value item : ((Value.ListValue) value).items()) {
                    blankLine();
                    header(inner, "[[", "]]");
                    table(inner, fields(item));
                }
            }
        });
    }

    private void blankLine() {
        if (!out.isEmpty()) {
            out.append('\n');
        }
    }

    private void header(List<String> path, String open, String close) {
        out.repeat("  ", path.size() - 1).append(open)
                .append(path.stream().map(TomlWriter::key).collect(Collectors.joining("."))).append(close).append('\n');
    }

    private static boolean isTable(Value value) {
        return value instanceof Value.MapValue || value instanceof Value.Struct;
    }

    private static boolean isTables(Value value) {
        return value instanceof Value.ListValue list && !list.items().isEmpty() && list.items().stream().allMatch(TomlWriter::isTable);
    }

    private static String key(String name) {
        boolean bare = !name.isEmpty() && name.chars().allMatch(c ->
                c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-');
        return bare ? name : quoted(name);
    }

    private static String inline(Value value) {
        return switch (value) {
            case Value.Nothing ignored -> throw noNull();
            case Value.Nil ignored -> throw noNull();
            case Value.Bool bool -> Boolean.toString(bool.value());
            case Value.Int number -> JsonWriter.text(number);
            case Value.Real number -> real(number.value());
            case Value.Complex ignored -> throw new FunctionException("toml: unsupported type: complex128");
            case Value.Text text -> quoted(text.value());
            case Value.ListValue list ->
                list.items().stream().map(TomlWriter::inline).collect(Collectors.joining(", ", "[", "]"));
            case Value.MapValue map -> inlineTable(map);
            case Value.Struct struct -> inlineTable(struct);
        };
    }

    private static String inlineTable(Value table) {
        return fields(table).entrySet().stream()
                .filter(field -> !field.getValue().isNil())
                .map(field -> key(field.getKey()) + " = " + inline(field.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static FunctionException noNull() {
        return new FunctionException("toml: cannot encode array with nil element");
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String plain = new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
        return plain.contains(".") ? plain : plain + ".0";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append(String.format("\\u%04x", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
