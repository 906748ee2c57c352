package muster.hcl.function;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.hcl.FunctionException;
import muster.hcl.JsonValues;
import muster.hcl.Value;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** YAML with cty's choices: block style, text and names always quoted. */
final class YamlText {
    private static final int MAX_DEPTH = 100;

    private YamlText() {}

    static Value read(String text) throws FunctionException {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setAllowRecursiveKeys(false);
        try {
            return value(new Yaml(new SafeConstructor(options)).load(text), 0);
        } catch (YAMLException e) {
            throw new FunctionException("on line 1, column 1: " + firstLine(e.getMessage()));
        }
    }

    private static String firstLine(String message) {
        return message == null ? "invalid YAML" : message.lines().findFirst().orElse("invalid YAML");
    }

    private static Value value(Object node, int depth) throws FunctionException {
        if (depth > MAX_DEPTH) {
            throw new FunctionException("the document is nested more than " + MAX_DEPTH + " levels deep");
        }
        return switch (node) {
            case null -> Value.nothing();
            case String text -> Value.string(text);
            case Boolean truth -> Value.bool(truth);
            case Integer number -> Value.number(number.longValue());
            case Long number -> Value.number(number);
            case BigInteger number -> Value.number(new BigDecimal(number));
            case Double number when Double.isFinite(number) -> Value.number(new BigDecimal(number.toString()));
            case Date date -> Value.string(Instant.ofEpochMilli(date.getTime()).toString());
            case List<?> items -> {
                List<Value> values = new java.util.ArrayList<>();
                for (Object item : items) {
                    values.add(value(item, depth + 1));
                }
                yield Value.tuple(values);
            }
            case Map<?, ?> map -> {
                Map<String, Value> attributes = new LinkedHashMap<>();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    attributes.put(String.valueOf(entry.getKey()), value(entry.getValue(), depth + 1));
                }
                yield Value.object(attributes);
            }
            default -> throw new FunctionException("unsupported value of tag " + node.getClass().getSimpleName());
        };
    }

    static String write(Value value) {
        StringBuilder out = new StringBuilder();
        write(value, 0, out, true);
        return out.toString();
    }

    private static void write(Value value, int indent, StringBuilder out, boolean lineStart) {
        switch (value) {
            case Value.Sequence sequence when !sequence.items().isEmpty() -> {
                boolean first = lineStart;
                for (Value item : sequence.items()) {
                    out.append(first ? "" : " ".repeat(indent)).append("- ");
                    first = false;
                    write(item, indent + 2, out, true);
                }
            }
            case Value.Mapping mapping when !mapping.entries().isEmpty() -> {
                boolean first = lineStart;
                for (Map.Entry<String, Value> entry : mapping.entries().entrySet()) {
                    out.append(first ? "" : " ".repeat(indent)).append(JsonValues.text(Value.string(entry.getKey())));
                    first = false;
                    entry(entry.getValue(), indent, out);
                }
            }
            case Value.Text(String text) when text.contains("\n") && text.endsWith("\n") -> {
                out.append("|\n");
                text.lines().forEach(line -> out.append(" ".repeat(indent)).append(line).append('\n'));
            }
            case Value.Text _, Value.Number _, Value.Bool _, Value.Null _, Value.Unknown _, Value.Sequence _,
                    Value.Mapping _ -> out.append(JsonValues.text(value)).append('\n');
        }
    }

    private static void entry(Value value, int indent, StringBuilder out) {
        switch (value) {
            case Value.Sequence sequence when !sequence.items().isEmpty() -> {
                out.append(":\n");
                write(value, indent, out, indent == 0);
            }
            case Value.Mapping mapping when !mapping.entries().isEmpty() -> {
                out.append(":\n");
                out.append(" ".repeat(indent + 2));
                write(value, indent + 2, out, true);
            }
            case Value.Text _, Value.Number _, Value.Bool _, Value.Null _, Value.Unknown _, Value.Sequence _,
                    Value.Mapping _ -> {
                out.append(": ");
                write(value, indent + 2, out, true);
            }
        }
    }
}
