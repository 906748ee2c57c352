package muster.template.function;

import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;
import muster.template.language.Type;
import muster.template.language.Value;

/** What an unquoted YAML 1.1 scalar means, by the rules of Go's YAML library: {@code yes} is true, {@code 010} is eight. */
final class YamlScalars {
    private static final Map<String, Value> WORDS = Map.ofEntries(
            Map.entry("", Value.NIL), Map.entry("~", Value.NIL), Map.entry("null", Value.NIL), Map.entry("Null", Value.NIL),
            Map.entry("NULL", Value.NIL),
            Map.entry("true", Value.bool(true)), Map.entry("True", Value.bool(true)), Map.entry("TRUE", Value.bool(true)),
            Map.entry("yes", Value.bool(true)), Map.entry("Yes", Value.bool(true)), Map.entry("YES", Value.bool(true)),
            Map.entry("on", Value.bool(true)), Map.entry("On", Value.bool(true)), Map.entry("ON", Value.bool(true)),
            Map.entry("false", Value.bool(false)), Map.entry("False", Value.bool(false)), Map.entry("FALSE", Value.bool(false)),
            Map.entry("no", Value.bool(false)), Map.entry("No", Value.bool(false)), Map.entry("NO", Value.bool(false)),
            Map.entry("off", Value.bool(false)), Map.entry("Off", Value.bool(false)), Map.entry("OFF", Value.bool(false)),
            Map.entry(".nan", Value.real(Double.NaN)), Map.entry(".NaN", Value.real(Double.NaN)),
            Map.entry(".NAN", Value.real(Double.NaN)),
            Map.entry(".inf", Value.real(Double.POSITIVE_INFINITY)), Map.entry(".Inf", Value.real(Double.POSITIVE_INFINITY)),
            Map.entry(".INF", Value.real(Double.POSITIVE_INFINITY)), Map.entry("+.inf", Value.real(Double.POSITIVE_INFINITY)),
            Map.entry("-.inf", Value.real(Double.NEGATIVE_INFINITY)), Map.entry("-.Inf", Value.real(Double.NEGATIVE_INFINITY)));
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
    private static final Pattern REAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern BASE_60 = Pattern.compile("[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");
    private static final Pattern OLD_BOOL = Pattern.compile("[yYnN]");

    private YamlScalars() {}

    static Value resolve(String text) {
        Value word = WORDS.get(text);
        if (word != null) {
            return word;
        }
        String plain = text.replace("_", "");
        if (text.isEmpty() || "+-.0123456789".indexOf(text.charAt(0)) < 0) {
            return Value.text(text);
        }
        if (INTEGER.matcher(plain).matches()) {
            BigInteger number = integer(plain);
            if (number.bitLength() < 64) {
                return Value.integer(number.longValue());
            }
            return number.signum() > 0 && number.bitLength() == 64
                    ? new Value.Int(Type.Basic.UINT64, number.longValue()) : Value.real(number.doubleValue());
        }
        return REAL.matcher(plain).matches() ? Value.real(Double.parseDouble(plain)) : Value.text(text);
    }

    private static BigInteger integer(String plain) {
        boolean negative = plain.startsWith("-");
        String digits = plain.replaceFirst("^[-+]", "");
        BigInteger size;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            char base = Character.toLowerCase(digits.charAt(1));
            size = switch (base) {
                case 'x' -> new BigInteger(digits.substring(2), 16);
                case 'b' -> new BigInteger(digits.substring(2), 2);
                case 'o' -> new BigInteger(digits.substring(2), 8);
                default -> new BigInteger(digits.substring(1), 8);
            };
        } else {
            size = new BigInteger(digits);
        }
        return negative ? size.negate() : size;
    }

    /** Whether a string has to be quoted, lest it be read as something else. */
    static boolean looksLikeAnotherType(String text) {
        return !(resolve(text) instanceof Value.Text) || text.equals("<<") || OLD_BOOL.matcher(text).matches()
                || BASE_60.matcher(text).matches() || DATE.matcher(text).matches();
    }
}
