package muster.hcl.function;

import static muster.hcl.function.Definitions.nullable;
import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;
import static muster.hcl.function.Definitions.textList;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.FunctionException;
import muster.hcl.JsonValues;
import muster.hcl.Type;
import muster.hcl.Value;

/** {@code format} and {@code formatlist}: Go's verbs, as far as cty gives them a meaning. */
final class FormatFunctions {
    private static final int MAX_WIDTH = 10_000;

    private FormatFunctions() {}

    static void define(Definitions d) {
        d.variadic("format", a -> Value.string(format(string(a, 0), a.subList(1, a.size()))), text("format"), nullable("args"));
        d.variadic("formatlist", FormatFunctions::formatList, text("format"), nullable("args"));
    }

    private static Value formatList(List<Value> a) throws FunctionException {
        int length = -1;
        for (int i = 1; i < a.size(); i++) {
            if (a.get(i) instanceof Value.Sequence sequence) {
                if (length >= 0 && length != sequence.items().size()) {
                    throw new FunctionException(
                            i, "argument " + i + " has length " + sequence.items().size()
                                    + ", which is inconsistent with the length of the others, " + length);
                }
                length = sequence.items().size();
            }
        }
        List<String> results = new ArrayList<>();
        for (int row = 0; row < (length < 0 ? 1 : length); row++) {
            List<Value> arguments = new ArrayList<>();
            for (Value value : a.subList(1, a.size())) {
                arguments.add(value instanceof Value.Sequence sequence ? sequence.items().get(row) : value);
            }
            results.add(format(string(a, 0), arguments));
        }
        return textList(results);
    }

    /** One {@code %} verb with its flags. */
    private record Verb(char name, String flags, int width, int precision, String written) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }
    }

    private static String format(String pattern, List<Value> arguments) throws FunctionException {
        StringBuilder out = new StringBuilder();
        int next = 0;
        int highest = 0;
        int i = 0;
        while (i < pattern.length()) {
            char c = pattern.charAt(i);
            if (c != '%') {
                out.append(c);
                i++;
                continue;
            }
            int start = i++;
            while (i < pattern.length() && "+-# 0".indexOf(pattern.charAt(i)) >= 0) {
                i++;
            }
            String flags = pattern.substring(start + 1, i);
            int[] width = digits(pattern, i);
            i = width[1];
            int[] precision = {-1, i};
            if (i < pattern.length() && pattern.charAt(i) == '.') {
                precision = digits(pattern, i + 1);
                precision[0] = Math.max(0, precision[0]);
                i = precision[1];
            }
            if (i < pattern.length() && pattern.charAt(i) == '[') {
                int[] index = digits(pattern, i + 1);
                if (index[0] < 1 || index[1] >= pattern.length() || pattern.charAt(index[1]) != ']') {
                    throw new FunctionException(0, "unrecognized format character '[' at offset " + i);
                }
                next = index[0] - 1;
                i = index[1] + 1;
            }
            if (i >= pattern.length()) {
                throw new FunctionException(0, "unexpected end of string, expected a format verb");
            }
            Verb verb = new Verb(pattern.charAt(i++), flags, width[0], precision[0], pattern.substring(start, i));
            if (verb.name == '%') {
                out.append('%');
                continue;
            }
            if (next >= arguments.size()) {
                throw new FunctionException("not enough arguments for \"" + verb.written + "\" at " + start
                        + ": need index " + (next + 1) + " but have " + arguments.size() + " total");
            }
            out.append(pad(one(verb, arguments.get(next++), start), verb));
            highest = Math.max(highest, next);
        }
        if (highest < arguments.size()) {
            throw new FunctionException(
                    highest == 0 ? 1 : highest + 1,
                    "too many arguments; " + (highest == 0
                            ? "no verbs in format string"
                            : "only " + highest + " used by format string"));
        }
        return out.toString();
    }

    private static int[] digits(String pattern, int from) throws FunctionException {
        int i = from;
        int number = 0;
        while (i < pattern.length() && pattern.charAt(i) >= '0' && pattern.charAt(i) <= '9') {
            number = number * 10 + pattern.charAt(i) - '0';
            if (number > MAX_WIDTH) {
                throw new FunctionException(0, "a width or precision above " + MAX_WIDTH + " is not supported");
            }
            i++;
        }
        return new int[] {i == from ? -1 : number, i};
    }

    private static String one(Verb verb, Value value, int offset) throws FunctionException {
        return switch (verb.name) {
            case 'v' -> verb.has('#') ? JsonValues.text(value) : plain(value);
            case 't' -> Boolean.toString(((Value.Bool) convert(verb, value, Type.BOOL, offset)).value());
            case 's' -> limited(((Value.Text) convert(verb, value, Type.STRING, offset)).value(), verb);
            case 'q' -> JsonValues.text(Value.string(limited(((Value.Text) convert(verb, value, Type.STRING, offset)).value(), verb)));
            case 'b', 'd', 'o', 'x', 'X' -> {
                BigInteger number = ((Value.Number) convert(verb, value, Type.NUMBER, offset)).value().toBigInteger();
                int base = switch (verb.name) {
                    case 'b' -> 2;
                    case 'o' -> 8;
                    case 'd' -> 10;
                    default -> 16;
                };
                String digits = number.toString(base);
                digits = verb.name == 'X' ? digits.toUpperCase(java.util.Locale.ROOT) : digits;
                yield signed(digits, verb);
            }
            case 'e', 'E' -> signed(scientific(number(verb, value, offset), verb), verb);
            case 'f', 'F' -> {
                BigDecimal number = number(verb, value, offset);
                yield signed(number.setScale(verb.precision < 0 ? 6 : verb.precision, RoundingMode.HALF_EVEN).toPlainString(), verb);
            }
            case 'g', 'G' -> signed(new Value.Number(number(verb, value, offset)).text(), verb);
            default ->
                throw new FunctionException(
                        0, "unsupported format verb '" + verb.name + "' in \"" + verb.written + "\" at offset " + offset);
        };
    }

    private static BigDecimal number(Verb verb, Value value, int offset) throws FunctionException {
        return ((Value.Number) convert(verb, value, Type.NUMBER, offset)).value();
    }

    private static String scientific(BigDecimal number, Verb verb) {
        int digits = verb.precision < 0 ? 6 : verb.precision;
        return String.format("%." + digits + (verb.name == 'e' ? "e" : "E"), number);
    }

    private static String plain(Value value) {
        return switch (value) {
            case Value.Text(String text) -> text;
            case Value.Number number -> number.text();
            case Value.Bool(boolean truth) -> Boolean.toString(truth);
            case Value.Null _, Value.Unknown _, Value.Sequence _, Value.Mapping _ -> JsonValues.text(value);
        };
    }

    private static Value convert(Verb verb, Value value, Type type, int offset) throws FunctionException {
        try {
            if (value.isNull()) {
                throw new ConversionException("null value cannot be formatted");
            }
            return Conversion.convert(value, type);
        } catch (ConversionException e) {
            throw new FunctionException("unsupported value for \"" + verb.written + "\" at " + offset + ": " + e.getMessage());
        }
    }

    private static String limited(String text, Verb verb) {
        if (verb.precision < 0 || text.codePointCount(0, text.length()) <= verb.precision) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, verb.precision));
    }

    private static String signed(String digits, Verb verb) {
        if (digits.startsWith("-")) {
            return digits;
        }
        return verb.has('+') ? "+" + digits : verb.has(' ') ? " " + digits : digits;
    }

    private static String pad(String text, Verb verb) {
        int missing = verb.width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        if (verb.has('-')) {
            return text + " ".repeat(missing);
        }
        if (!verb.has('0') || "vtsq".indexOf(verb.name) >= 0) {
            return " ".repeat(missing) + text;
        }
        boolean sign = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0;
        return sign ? text.charAt(0) + "0".repeat(missing) + text.substring(1) : "0".repeat(missing) + text;
    }
}
