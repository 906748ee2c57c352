package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.GoText;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoQuote;

/** Values shown with their types, as Go's spew library does it. Addresses of pointers are left out. */
final class SpewFunctions {
    static final List<Function> LIST = List.of(
            Function.variadic("spew_sdump", List.of(), ANY, a -> Value.text(dump(a.all()))),
            Function.variadic("spew_sprintf", List.of(STRING), ANY, a -> Value.text(format(a))));

    private SpewFunctions() {}

    /** One value after the other, each ending its line. */
    static String dump(List<Value> values) {
        StringBuilder out = new StringBuilder();
        for (Value value : values) {
            dump(value, 0, out);
            out.append('\n');
        }
        return out.toString();
    }

    private static void dump(Value value, int depth, StringBuilder out) {
        String type = "(" + typeName(value) + ")";
        switch (value) {
            case Value.Nothing ignored -> out.append("(interface {}) <nil>");
            case Value.Nil ignored -> out.append(type).append(value.type() == Type.Basic.ANY ? " <nil>" : "(<nil>)");
            case Value.Text text -> out.append(type).append(" (len=").append(GoText.length(text.value())).append(") ")
                    .append(GoQuote.quote(text.value()));
            case Value.ListValue list -> {
                out.append(type);
                if (!list.items().isEmpty()) {
                    out.append(" (len=").append(list.items().size()).append(" cap=").append(list.items().size()).append(')');
                }
                out.append(" {\n");
                int left = list.items().size();
                for (Value item : list.items()) {
                    indent(depth + 1, out);
                    dump(item, depth + 1, out);
                    out.append(--left > 0 ? ",\n" : "\n");
                }
                indent(depth, out);
                out.append('}');
            }
            case Value.MapValue map -> {
                out.append(type);
                if (!map.entries().isEmpty()) {
                    out.append(" (len=").append(map.entries().size()).append(')');
                }
                out.append(" {\n");
                int left = map.entries().size();
                for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
                    indent(depth + 1, out);
                    dump(entry.getKey(), depth + 1, out);
                    out.append(": ");
                    dump(entry.getValue(), depth + 1, out);
                    out.append(--left > 0 ? ",\n" : "\n");
                }
                indent(depth, out);
                out.append('}');
            }
            case Value.Struct struct -> {
                boolean pointer = struct.type().goName().startsWith("*");
                out.append(type).append(pointer ? "({\n" : " {\n");
                int left = struct.fields().size();
                for (Map.Entry<String, Value> field : struct.fields().entrySet()) {
                    indent(depth + 1, out);
                    out.append(field.getKey()).append(": ");
                    dump(field.getValue(), depth + 1, out);
                    out.append(--left > 0 ? ",\n" : "\n");
                }
                indent(depth, out);
                out.append(pointer ? "})" : "}");
            }
            case Value.Bool ignored -> out.append(type).append(' ').append(Value.printed(value));
            case Value.Int ignored -> out.append(type).append(' ').append(Value.printed(value));
            case Value.Real ignored -> out.append(type).append(' ').append(Value.printed(value));
            case Value.Complex ignored -> out.append(type).append(' ').append(Value.printed(value));
        }
    }

    private static String typeName(Value value) {
        return value.type().goName();
    }

    private static void indent(int depth, StringBuilder out) {
        out.repeat(" ", depth);
    }

    /** {@code %v}, {@code %+v}, {@code %#v} and {@code %#+v} are spew's; any other verb is printed plainly. */
    static String format(Arguments arguments) {
        String format = arguments.text(0);
        StringBuilder out = new StringBuilder();
        int next = 1;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int end = i + 1;
            while (end < format.length() && "+# -0123456789.".indexOf(format.charAt(end)) >= 0) {
                end++;
            }
            if (end == format.length()) {
                out.append("%!(NOVERB)");
            } else if (format.charAt(end) == '%') {
                out.append('%');
            } else if (next >= arguments.size()) {
                out.append("%!").append(format.charAt(end)).append("(MISSING)");
            } else {
                String flags = format.substring(i + 1, end);
                shown(arguments.get(next++), flags.contains("#"), flags.contains("+"), out);
            }
            i = end;
        }
        if (next < arguments.size()) {
            out.append(arguments.all().stream().skip(next).map(value -> typeName(value) + "=" + Value.printed(value))
                    .collect(Collectors.joining(", ", "%!(EXTRA ", ")")));
        }
        return out.toString();
    }

    private static void shown(Value value, boolean types, boolean names, StringBuilder out) {
        if (types && !value.isNil()) {
            out.append('(').append(typeName(value)).append(')');
        }
        switch (value) {
            case Value.ListValue list -> {
                out.append('[');
                String separator = "";
                for (Value item : list.items()) {
                    out.append(separator);
                    shown(item, types && list.element() == ANY, names, out);
                    separator = " ";
                }
                out.append(']');
            }
            case Value.MapValue map -> {
                out.append(types ? "" : "map").append('[');
                String separator = "";
                for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
                    out.append(separator);
                    shown(entry.getKey(), types && map.key() == ANY, names, out);
                    out.append(':');
                    shown(entry.getValue(), types && map.element() == ANY, names, out);
                    separator = " ";
                }
                out.append(']');
            }
            case Value.Struct struct when struct.printed() == null -> {
                out.append(struct.type().goName().startsWith("*") ? "<*>{" : "{");
                String separator = "";
                for (Map.Entry<String, Value> field : struct.fields().entrySet()) {
                    out.append(separator);
                    if (names) {
                        out.append(field.getKey()).append(':');
                    }
                    shown(field.getValue(), types, names, out);
                    separator = " ";
                }
                out.append('}');
            }
            case Value.Nothing ignored -> out.append("<nil>");
            case Value.Nil ignored -> out.append("<nil>");
            case Value.Struct ignored -> out.append(Value.printed(value));
            case Value.Text ignored -> out.append(Value.printed(value));
            case Value.Bool ignored -> out.append(Value.printed(value));
            case Value.Int ignored -> out.append(Value.printed(value));
            case Value.Real ignored -> out.append(Value.printed(value));
            case Value.Complex ignored -> out.append(Value.printed(value));
        }
    }
}
