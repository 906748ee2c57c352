package muster.template.language;

import java.util.List;
import java.util.Map;

/** Go's fmt.Sprint, Sprintln and Sprintf for template values. */
final class Printer {
    static final String NO_VALUE = "<no value>";
    private static final String NIL = "<nil>";

    private final StringBuilder out = new StringBuilder();
    private final PrintFlags flags = new PrintFlags(out);

    private Printer() {}

    /** What an action writes for its value. */
    static String printed(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Nothing ignored -> NO_VALUE;
            case Value.Nil ignored -> NO_VALUE;
            default -> print(value);
        };
    }

    static String print(Value value) {
        return print(List.of(value));
    }

    /** A blank stands between operands neither of which is a string. */
    static String print(List<Value> values) {
        Printer printer = new Printer();
        boolean afterText = true;
        for (Value value : values) {
            boolean text = value instanceof Value.Text;
            if (!afterText && !text) {
                printer.out.append(' ');
            }
            printer.argument(value, 'v');
            afterText = text;
        }
        return printer.out.toString();
    }

    static String printLine(List<Value> values) {
        Printer printer = new Printer();
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                printer.out.append(' ');
            }
            printer.argument(values.get(i), 'v');
        }
        return printer.out.append('\n').toString();
    }

    static String format(String format, List<Value> values) {
        Printer printer = new Printer();
        new FormatString(format, values, printer).run();
        return printer.out.toString();
    }

    PrintFlags flags() {
        return flags;
    }

    StringBuilder out() {
        return out;
    }

    /** An operand of printf. */
    void argument(Value value, int verb) {
        if (value.equals(Value.NIL) || value == Value.NOTHING) {
            if (verb == 'T' || verb == 'v') {
                flags.pad(NIL);
            } else {
                bad(verb, value);
            }
        } else if (verb == 'T') {
            flags.text(value.type().goName(), 's');
        } else {
            value(value, verb, 0);
        }
    }

    /** {@code TYPE=VALUE}, as in the marks for wrong and for surplus operands. */
    void surplus(Value value) {
        if (value.equals(Value.NIL) || value == Value.NOTHING) {
            out.append(NIL);
        } else {
            out.append(value.type().goName()).append('=');
            argument(value, 'v');
        }
    }

    private void bad(int verb, Value value) {
        out.append("%!").appendCodePoint(verb).append('(');
        surplus(value);
        out.append(')');
    }

    private void value(Value value, int verb, int depth) {
        switch (value) {
            case Value.Nothing ignored -> out.append(NIL);
            case Value.Nil nil -> out.append(flags.goSyntax() ? "(" + nil.type().goName() + ")(nil)" : NIL);
            case Value.Bool bool -> {
                if (verb == 't' || verb == 'v') {
                    flags.pad(Boolean.toString(bool.value()));
                } else {
                    bad(verb, value);
                }
            }
            case Value.Int number -> integer(number, verb);
            case Value.Real number -> real(number, verb);
            case Value.Complex number -> complex(number, verb);
            case Value.Text text -> {
                if ("vsxXq".indexOf(verb) >= 0) {
                    flags.text(text.value(), verb == 'v' ? (flags.goSyntax() ? 'q' : 's') : verb);
                } else {
                    bad(verb, value);
                }
            }
            case Value.ListValue list -> list(list, verb, depth);
            case Value.MapValue map -> map(map, verb, depth);
            case Value.Struct struct -> struct(struct, verb, depth);
        }
    }

    private void integer(Value.Int number, int verb) {
        boolean signed = number.type().isSigned();
        switch (verb) {
            case 'v' -> {
                if (flags.goSyntax() && !signed) {
                    flags.prefixedHex(number.bits());
                } else {
                    flags.integer(number.bits(), 10, signed, verb);
                }
            }
            case 'd' -> flags.integer(number.bits(), 10, signed, verb);
            case 'b' -> flags.integer(number.bits(), 2, signed, verb);
            case 'o', 'O' -> flags.integer(number.bits(), 8, signed, verb);
            case 'x', 'X' -> flags.integer(number.bits(), 16, signed, verb);
            case 'c', 'q', 'U' -> flags.character(number.bits(), verb);
            default -> bad(verb, number);
        }
    }

    private void real(Value.Real number, int verb) {
        switch (verb) {
            case 'v' -> flags.real(number.value(), 'g', FloatFormat.SHORTEST);
            case 'b', 'g', 'G', 'x', 'X' -> flags.real(number.value(), (char) verb, FloatFormat.SHORTEST);
            case 'f', 'e', 'E' -> flags.real(number.value(), (char) verb, 6);
            case 'F' -> flags.real(number.value(), 'f', 6);
            default -> bad(verb, number);
        }
    }

    private void complex(Value.Complex number, int verb) {
        if ("vbgGxXfFeE".indexOf(verb) < 0) {
            bad(verb, number);
            return;
        }
        out.append('(');
        real(new Value.Real(number.real()), verb);
        boolean plus = flags.plus;
        flags.plus = true;
        real(new Value.Real(number.imaginary()), verb);
        flags.plus = plus;
        out.append("i)");
    }

    private void list(Value.ListValue list, int verb, int depth) {
        boolean syntax = flags.goSyntax();
        out.append(syntax ? list.type().goName() + "{" : "[");
        String separator = "";
        for (Value item : list.items()) {
            out.append(separator);
            element(item, list.element(), verb, depth);
            separator = syntax ? ", " : " ";
        }
        out.append(syntax ? '}' : ']');
    }

    private void map(Value.MapValue map, int verb, int depth) {
        boolean syntax = flags.goSyntax();
        out.append(syntax ? map.type().goName() + "{" : "map[");
        String separator = "";
        for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
            out.append(separator);
            element(entry.getKey(), map.key(), verb, depth);
            out.append(':');
            element(entry.getValue(), map.element(), verb, depth);
            separator = syntax ? ", " : " ";
        }
        out.append(syntax ? '}' : ']');
    }

    private void element(Value value, Type type, int verb, int depth) {
        if (value.equals(Value.NIL) && type == Type.Basic.ANY) {
            out.append(flags.goSyntax() ? "interface {}(nil)" : NIL);
        } else {
            value(value, verb, depth + 1);
        }
    }

    /** A pointer to a struct shows its fields at the top; deeper, Go shows an address, for which the type's name stands here. */
    private void struct(Value.Struct struct, int verb, int depth) {
        if (struct.printed() != null && !flags.goSyntax() && "vsxXq".indexOf(verb) >= 0) {
            flags.text(struct.printed(), verb == 'v' ? 's' : verb);
            return;
        }
        boolean pointer = struct.type().isPointer();
        if (pointer && depth > 0) {
            out.append("(").append(struct.type().goName()).append(")");
            return;
        }
        boolean syntax = flags.goSyntax();
        out.append(pointer ? "&" : "").append(syntax ? struct.type().goName().replace("*", "") : "").append('{');
        String separator = "";
        for (Map.Entry<String, Value> field : struct.fields().entrySet()) {
            out.append(separator);
            if (syntax || flags.plusValues) {
                out.append(field.getKey()).append(':');
            }
            element(field.getValue(), Type.Basic.ANY, verb, depth);
            separator = syntax ? ", " : " ";
        }
        out.append('}');
    }
}
