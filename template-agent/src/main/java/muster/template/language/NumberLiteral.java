package muster.template.language;

import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalDouble;
import muster.wire.GoQuote;

/**
 * A number constant. It may be readable as several types; which one it becomes depends on the parameter it is given to.
 *
 * @param integer its value as a signed 64-bit integer, if it has one
 * @param unsigned its 64 bits as an unsigned integer, if it has such a value
 */
record NumberLiteral(
        String text, Optional<Long> integer, Optional<Long> unsigned, OptionalDouble real, Optional<Value.Complex> complex) {
    private static final BigInteger UINT64_LIMIT = BigInteger.ONE.shiftLeft(64);

    /** Reads a constant. Throws {@link IllegalArgumentException} with Go's text if it is malformed or too large. */
    static NumberLiteral of(Token token) {
        String text = token.text();
        return switch (token.kind()) {
            case CHARACTER_CONSTANT -> {
                long c = Quoting.unquoteCharacter(text);
                yield new NumberLiteral(text, Optional.of(c), Optional.of(c), OptionalDouble.of(c), Optional.empty());
            }
            case COMPLEX -> {
                int split = Math.max(lastSign(text, '+'), lastSign(text, '-'));
                yield complex(text, goDouble(text.substring(0, split)), goDouble(text.substring(split, text.length() - 1)));
            }
            default -> text.endsWith("i") && goDouble(text.substring(0, text.length() - 1)).isPresent()
                    ? complex(text, OptionalDouble.of(0), goDouble(text.substring(0, text.length() - 1)))
                    : plain(text);
        };
    }

    /** The sign that starts the imaginary part: the last one that does not belong to an exponent. */
    private static int lastSign(String text, char sign) {
        int at = text.lastIndexOf(sign);
        boolean hex = text.contains("0x") || text.contains("0X");
        while (at > 0 && (hex ? "pP" : "eE").indexOf(text.charAt(at - 1)) >= 0) {
            at = text.lastIndexOf(sign, at - 1);
        }
        return at;
    }

    private static NumberLiteral complex(String text, OptionalDouble real, OptionalDouble imaginary) {
        if (real.isEmpty() || imaginary.isEmpty()) {
            throw illegal(text);
        }
        Value.Complex value = new Value.Complex(real.getAsDouble(), imaginary.getAsDouble());
        boolean isReal = value.imaginary() == 0;
        return new NumberLiteral(text,
                isReal ? exactInteger(value.real()) : Optional.empty(),
                isReal ? exactUnsigned(value.real()) : Optional.empty(),
                isReal ? real : OptionalDouble.empty(),
                Optional.of(value));
    }

    private static NumberLiteral plain(String text) {
        Optional<BigInteger> whole = goInteger(text);
        Optional<Long> integer = whole.filter(n -> n.bitLength() < 64).map(BigInteger::longValue);
        boolean signed = text.startsWith("+") || text.startsWith("-");
        Optional<Long> unsigned = whole
                .filter(n -> n.signum() >= 0 && n.compareTo(UINT64_LIMIT) < 0 && (!signed || n.signum() == 0))
                .map(BigInteger::longValue);
        if (integer.isPresent() || unsigned.isPresent()) {
            return new NumberLiteral(text, integer, unsigned, OptionalDouble.of(whole.get().doubleValue()), Optional.empty());
        }
        OptionalDouble real = goDouble(text);
        if (real.isEmpty()) {
            throw illegal(text);
        }
        if (!hasFloatMark(text)) {
            throw new IllegalArgumentException("integer overflow: " + GoQuote.quote(text));
        }
        return new NumberLiteral(text, exactInteger(real.getAsDouble()), exactUnsigned(real.getAsDouble()), real, Optional.empty());
    }

    /** The value it has where no particular type is wanted; an error text of Go's for constants beyond {@code int}. */
    Value ideal() {
        if (complex.isPresent()) {
            return complex.get();
        }
        boolean hexInteger = text.length() > 2 && text.charAt(0) == '0' && (text.charAt(1) | 0x20) == 'x'
                && text.indexOf('p') < 0 && text.indexOf('P') < 0;
        if (real.isPresent() && !hexInteger && text.charAt(0) != '\'' && hasFloatMark(text)) {
            return Value.real(real.getAsDouble());
        }
        if (integer.isPresent()) {
            return Value.integer(integer.get());
        }
        throw new FunctionException(text + " overflows int");
    }

    private static boolean hasFloatMark(String text) {
        return text.chars().anyMatch(c -> ".eEpP".indexOf(c) >= 0);
    }

    private static Optional<Long> exactInteger(double value) {
        return (double) (long) value == value && Math.abs(value) < 0x1p63 ? Optional.of((long) value) : Optional.empty();
    }

    private static Optional<Long> exactUnsigned(double value) {
        return value >= 0 && (double) (long) value == value && value < 0x1p63 ? Optional.of((long) value) : Optional.empty();
    }

    /** As Go's ParseInt with base 0: prefixes 0x, 0o, 0b, a leading 0 for octal, and underscores between digits. */
    static Optional<BigInteger> goInteger(String text) {
        if (text.isEmpty() || !underscoresSeparateDigits(text)) {
            return Optional.empty();
        }
        boolean negative = text.charAt(0) == '-';
        String digits = (negative || text.charAt(0) == '+' ? text.substring(1) : text).replace("_", "");
        int radix = 10;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            radix = switch (digits.charAt(1) | 0x20) {
                case 'x' -> 16;
                case 'b' -> 2;
                default -> 8;
            };
            boolean prefix = "xXbBoO".indexOf(digits.charAt(1)) >= 0;
            digits = digits.substring(prefix ? 2 : 1);
        }
        int base = radix;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c < 0x80 && Character.digit(c, base) >= 0)) {
            return Optional.empty();
        }
        BigInteger value = new BigInteger(digits, radix);
        return Optional.of(negative ? value.negate() : value);
    }

    /** As Go's ParseFloat for number constants: decimal or hexadecimal, underscores allowed; empty if malformed or infinite. */
    static OptionalDouble goDouble(String text) {
        if (!underscoresSeparateDigits(text)) {
            return OptionalDouble.empty();
        }
        String plain = text.replace("_", "");
        boolean decimal = plain.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
        boolean hex = plain.matches("[+-]?0[xX]([0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+");
        if (!decimal && !hex) {
            return OptionalDouble.empty();
        }
        double value = Double.parseDouble(plain);
        return Double.isInfinite(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Go's rule for underscores: one at a time, each between digits or after a base prefix. */
    private static boolean underscoresSeparateDigits(String text) {
        if (text.indexOf('_') < 0) {
            return true;
        }
        int at = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        boolean prefixed = at + 1 < text.length() && text.charAt(at) == '0' && "xXbBoO".indexOf(text.charAt(at + 1)) >= 0;
        boolean hex = prefixed && (text.charAt(at + 1) | 0x20) == 'x';
        char before = prefixed ? '0' : '^';
        for (int i = at + (prefixed ? 2 : 0); i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9' || hex && Character.digit(c, 16) >= 0;
            if (c == '_' ? before != '0' : !digit && before == '_') {
                return false;
            }
            before = c == '_' ? '_' : digit ? '0' : '!';
        }
        return before != '_';
    }

    private static IllegalArgumentException illegal(String text) {
        return new IllegalArgumentException("illegal number syntax: " + GoQuote.quote(text));
    }
}
