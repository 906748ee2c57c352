package muster.template.function;

import static muster.template.language.Type.Basic.STRING;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoQuote;

/** Text to bool and numbers, as Go's strconv reads them; no text is the zero value. */
final class NumberFunctions {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
    private static final BigInteger MAX_INT = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger MIN_INT = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_UINT = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    static final List<Function> LIST = List.of(
            Function.of("parseBool", List.of(STRING), a -> Value.bool(parseBool(a.text(0)))),
            Function.of("parseFloat", List.of(STRING), a -> Value.real(parseFloat(a.text(0)))),
            Function.of("parseInt", List.of(STRING),
                    a -> new Value.Int(Type.Basic.INT64, parseInteger("parseInt: strconv.ParseInt", a.text(0), MIN_INT, MAX_INT))),
            Function.of("parseUint", List.of(STRING), a -> new Value.Int(
                    Type.Basic.UINT64, parseInteger("parseUint: strconv.ParseUint", a.text(0), BigInteger.ZERO, MAX_UINT))));

    private NumberFunctions() {}

    static boolean parseBool(String text) {
        if (TRUE.contains(text)) {
            return true;
        }
        if (text.isEmpty() || FALSE.contains(text)) {
            return false;
        }
        throw failed("parseBool: strconv.ParseBool", text, "invalid syntax");
    }

    private static double parseFloat(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        String bare = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
        double sign = text.startsWith("-") ? -1 : 1;
        switch (bare.toLowerCase(Locale.ROOT)) {
            case "inf", "infinity" -> {
                return sign * Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> { }
        }
        String plain = bare.replaceAll("(?<=[0-9])_(?=[0-9])", "");
        boolean decimal = plain.matches("([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
        boolean hex = plain.matches("0[xX]([0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+");
        if (!decimal && !hex) {
            throw failed("parseFloat: strconv.ParseFloat", text, "invalid syntax");
        }
        double value = Double.parseDouble(plain);
        if (Double.isInfinite(value)) {
            throw failed("parseFloat: strconv.ParseFloat", text, "value out of range");
        }
        return sign * value;
    }

    private static long parseInteger(String function, String text, BigInteger least, BigInteger greatest) {
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches(least.signum() < 0 ? "[+-]?[0-9]{1,400}" : "[0-9]{1,400}")) {
            throw failed(function, text, "invalid syntax");
        }
        BigInteger value = new BigInteger(text);
        if (value.compareTo(least) < 0 || value.compareTo(greatest) > 0) {
            throw failed(function, text, "value out of range");
        }
        return value.longValue();
    }

    private static FunctionException failed(String function, String text, String why) {
        return new FunctionException(function + ": parsing " + GoQuote.quote(text) + ": " + why);
    }
}
