package muster.template.function;

import java.util.Iterator;
import java.util.Map;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoFloat;

/** Template values as JSON, as Go's encoder writes them. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean escapeHtml;
    private final String indent;

    private JsonWriter(boolean escapeHtml, String indent) {
        this.escapeHtml = escapeHtml;
        this.indent = indent;
    }

    /** With an empty indent everything is on one line. */
    static String write(Value value, boolean escapeHtml, String indent) {
        JsonWriter writer = new JsonWriter(escapeHtml, indent);
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(Value value, int depth) {
        switch (value) {
            case Value.Nothing ignored -> out.append("null");
            case Value.Nil ignored -> out.append("null");
            case Value.Bool bool -> out.append(bool.value());
            case Value.Text text -> string(text.value());
            case Value.Int number -> out.append(text(number));
            case Value.Real number -> {
                if (!Double.isFinite(number.value())) {
                    throw new FunctionException("json: unsupported value: " + number.value());
                }
                out.append(GoFloat.json(number.value()));
            }
            case Value.Complex ignored -> throw new FunctionException("json: unsupported type: complex128");
            case Value.ListValue list -> {
                Iterator<Value> items = list.items().iterator();
                container('[', ']', items.hasNext(), depth, () -> {
                    value(items.next(), depth + 1);
                    return items.hasNext();
                });
            }
            case Value.MapValue map -> {
                if (map.key() == Type.Basic.ANY) {
                    throw new FunctionException("json: unsupported type: " + map.type().goName());
                }
                Iterator<Map.Entry<Value, Value>> entries = map.entries().entrySet().iterator();
                container('{', '}', entries.hasNext(), depth, () -> {
                    Map.Entry<Value, Value> entry = entries.next();
                    name(entry.getKey() instanceof Value.Text text ? text.value() : text((Value.Int) entry.getKey()));
                    value(entry.getValue(), depth + 1);
                    return entries.hasNext();
                });
            }
            case Value.Struct struct when struct.printed() != null -> {
                if (struct.type().equals(ApiValues.NUMBER)) {
                    out.append(struct.printed());
                } else {
                    string(struct.printed());
                }
            }
            case Value.Struct struct -> {
                Iterator<Map.Entry<String, Value>> fields = struct.fields().entrySet().iterator();
                container('{', '}', fields.hasNext(), depth, () -> {
                    Map.Entry<String, Value> field = fields.next();
                    name(field.getKey());
                    value(field.getValue(), depth + 1);
                    return fields.hasNext();
                });
            }
        }
    }

    /** Writes one element and says whether there is another. */
    private interface Elements {
        boolean writeNext();
    }

    private void container(char open, char close, boolean any, int depth, Elements elements) {
        out.append(open);
        boolean more = any;
        while (more) {
            line(depth + 1);
            more = elements.writeNext();
            out.append(more ? "," : "");
        }
        if (any) {
            line(depth);
        }
        out.append(close);
    }

    private void line(int depth) {
        if (!indent.isEmpty()) {
            out.append('\n').repeat(indent, depth);
        }
    }

    private void name(String name) {
        string(name);
        out.append(indent.isEmpty() ? ":" : ": ");
    }

    private void string(String text) {
        out.append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '<', '>', '&' -> {
                    if (escapeHtml) {
                        out.append(String.format("\\u%04x", c));
                    } else {
                        out.append((char) c);
                    }
                }
                default -> {
                    if (c < ' ' || c == 0x2028 || c == 0x2029) {
                        out.append(String.format("\\u%04x", c));
                    } else if (c >= 0xd800 && c < 0xe000) {
                        out.append("\\ufffd");
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        out.append('"');
    }

    /** An integer as text. */
    static String text(Value.Int number) {
        boolean signed = number.type() == Type.Basic.INT || number.type() == Type.Basic.INT64;
        return signed ? Long.toString(number.bits()) : Long.toUnsignedString(number.bits());
    }
}
