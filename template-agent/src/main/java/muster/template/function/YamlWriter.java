package muster.template.function;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.template.language.Type;
import muster.template.language.Value;

/** Template values as YAML in block style, laid out and quoted as Go's YAML library does it; no final line break. */
final class YamlWriter {
    private static final String INDICATORS = "#,[]{}&*!|>'\"%@`";

    private final StringBuilder out = new StringBuilder();

    private YamlWriter() {}

    static String write(Value value) {
        YamlWriter writer = new YamlWriter();
        writer.value(value, 0, false);
        return writer.out.toString().stripTrailing();
    }

    /** @param inline whether the first line continues a line that is already begun by a list's dash */
    private void value(Value value, int indent, boolean inline) {
        switch (value) {
            case Value.ListValue list when !list.items().isEmpty() -> list(list.items(), indent, inline);
            case Value.MapValue map when !map.entries().isEmpty() -> map(entries(map), indent, inline);
            case Value.Struct struct when !struct.fields().isEmpty() -> map(
                    struct.fields().entrySet().stream()
                            .map(field -> Map.entry(Value.text(field.getKey().toLowerCase(Locale.ROOT)), field.getValue()))
                            .toList(),
                    indent, inline);
            default -> out.append(scalar(value, indent)).append('\n');
        }
    }

    private void list(List<Value> items, int indent, boolean inline) {
        boolean first = inline;
        for (Value item : items) {
            out.repeat(' ', first ? 0 : indent).append("- ");
            value(item, indent + 2, true);
            first = false;
        }
    }

    private void map(List<Map.Entry<Value, Value>> entries, int indent, boolean inline) {
        boolean first = inline;
        for (Map.Entry<Value, Value> entry : entries) {
            out.repeat(' ', first ? 0 : indent).append(key(entry.getKey())).append(':');
            first = false;
            switch (entry.getValue()) {
                case Value.ListValue list when !list.items().isEmpty() -> {
                    out.append('\n');
                    list(list.items(), indent, false);
                }
                case Value.MapValue map when !map.entries().isEmpty() -> {
                    out.append('\n');
                    map(entries(map), indent + 2, false);
                }
                case Value.Struct struct when !struct.fields().isEmpty() -> {
                    out.append('\n');
                    value(struct, indent + 2, false);
                }
                case Value other -> out.append(' ').append(scalar(other, indent)).append('\n');
            }
        }
    }

    private static List<Map.Entry<Value, Value>> entries(Value.MapValue map) {
        List<Map.Entry<Value, Value>> entries = new ArrayList<>(map.entries().entrySet());
        if (map.key() == Type.Basic.STRING) {
            entries.sort(Comparator.comparing(entry -> ((Value.Text) entry.getKey()).value(), YamlWriter::naturally));
        }
        return entries;
    }

    /** Digits compare as numbers, and letters come after everything else. */
    private static int naturally(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length()) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x == y && !Character.isDigit(x)) {
                i++;
                continue;
            }
            if (Character.isDigit(x) && Character.isDigit(y)) {
                String first = digits(a, i);
                String second = digits(b, i);
                int byNumber = compareNumbers(first, second);
                if (byNumber != 0) {
                    return byNumber;
                }
                if (first.length() != second.length()) {
                    return first.length() - second.length();
                }
                i += first.length();
                continue;
            }
            if (Character.isLetter(x) && Character.isLetter(y)) {
                return x - y;
            }
            return Character.isLetter(x) ? 1 : Character.isLetter(y) ? -1 : x - y;
        }
        return a.length() - b.length();
    }

    private static String digits(String text, int from) {
        int end = from;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return text.substring(from, end);
    }

    private static int compareNumbers(String a, String b) {
        String x = a.replaceFirst("^0+", "");
        String y = b.replaceFirst("^0+", "");
        return x.length() != y.length() ? x.length() - y.length() : x.compareTo(y);
    }

    private static String key(Value key) {
        String text = scalar(key, 0);
        return text.startsWith("|") ? doubleQuoted(((Value.Text) key).value()) : text;
    }

    private static String scalar(Value value, int indent) {
        return switch (value) {
            case Value.Nothing ignored -> "null";
            case Value.Nil ignored -> "null";
            case Value.Bool bool -> Boolean.toString(bool.value());
            case Value.Int number -> JsonWriter.text(number);
            case Value.Real number -> real(number.value());
            case Value.Complex number -> number.real() + "+" + number.imaginary() + "i";
            case Value.Text text -> text(text.value(), indent);
            case Value.ListValue ignored -> "[]";
            case Value.MapValue ignored -> "{}";
            case Value.Struct ignored -> "{}";
        };
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return ".nan";
        }
        return Double.isInfinite(value) ? (value > 0 ? ".inf" : "-.inf") : Value.printed(Value.real(value));
    }

    private static String text(String text, int indent) {
        if (!isPrintable(text)) {
            return doubleQuoted(text);
        }
        if (text.indexOf('\n') >= 0) {
            return text.isBlank() || text.startsWith(" ") || text.contains(" \n") ? doubleQuoted(text) : literal(text, indent);
        }
        if (YamlScalars.looksLikeAnotherType(text)) {
            return doubleQuoted(text);
        }
        return isPlain(text) ? text : "'" + text.replace("'", "''") + "'";
    }

    private static String literal(String text, int indent) {
        String chomping = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
        StringBuilder block = new StringBuilder("|").append(chomping);
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        for (String line : body.split("\n", -1)) {
            block.append('\n').append(line.isEmpty() ? "" : " ".repeat(indent + 2) + line);
        }
        return block.toString();
    }

    private static boolean isPrintable(String text) {
        return text.codePoints().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f || c == 0x85
                || c >= 0xa0 && c < 0xd800 || c >= 0xe000 && c != 0xfeff && c < 0xfffe || c >= 0x10000);
    }

    private static boolean isPlain(String text) {
        char first = text.charAt(0);
        boolean badStart = INDICATORS.indexOf(first) >= 0
                || "-?:".indexOf(first) >= 0 && (text.length() == 1 || text.charAt(1) == ' ')
                || text.startsWith("---") || text.startsWith("...");
        return !badStart && first != ' ' && !text.endsWith(" ") && !text.contains(": ") && !text.contains(" #")
                && !text.endsWith(":");
    }

    private static String doubleQuoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                case '\b' -> quoted.append("\\b");
                case 0 -> quoted.append("\\0");
                case 7 -> quoted.append("\\a");
                case 11 -> quoted.append("\\v");
                case '\f' -> quoted.append("\\f");
                case 27 -> quoted.append("\\e");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append(String.format("\\x%02X", c));
                    } else if (c == 0xfeff || c >= 0xd800 && c < 0xe000) {
                        quoted.append(String.format("\\u%04X", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
