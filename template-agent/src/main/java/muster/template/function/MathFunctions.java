package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.FLOAT64;
import static muster.template.language.Type.Basic.INT64;
import static muster.template.language.Type.Basic.UINT64;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoQuote;

/**
 * Arithmetic made for pipes: the second argument is the left operand, so {@code X | divide 2} is X / 2. Two signed or mixed
 * integers give int64, two unsigned ones uint64, anything with a float a float64. Integers wrap around.
 */
final class MathFunctions {
    static final List<Function> LIST = List.of(
            arithmetic("add", Long::sum, Long::sum, Double::sum),
            arithmetic("subtract", (x, y) -> x - y, (x, y) -> x - y, (x, y) -> x - y),
            arithmetic("multiply", (x, y) -> x * y, (x, y) -> x * y, (x, y) -> x * y),
            arithmetic("divide", MathFunctions::quotient, MathFunctions::unsignedQuotient, (x, y) -> x / y),
            Function.of("modulo", List.of(ANY, ANY), a -> modulo(a.get(1), a.get(0))),
            Function.of("minimum", List.of(ANY, ANY), a -> choose("minimum", a.get(1), a.get(0), -1)),
            Function.of("maximum", List.of(ANY, ANY), a -> choose("maximum", a.get(1), a.get(0), 1)));

    private MathFunctions() {}

    private static Function arithmetic(String name, LongBinaryOperator signed, LongBinaryOperator unsigned, DoubleBinaryOperator real) {
        return Function.of(name, List.of(ANY, ANY), a -> {
            Value x = a.get(1);
            Value y = a.get(0);
            Type.Basic type = resultType(name, x, y);
            return switch (type) {
                case FLOAT64 -> Value.real(real.applyAsDouble(real(x), real(y)));
                case UINT64 -> new Value.Int(UINT64, unsigned.applyAsLong(bits(x), bits(y)));
                default -> new Value.Int(INT64, signed.applyAsLong(bits(x), bits(y)));
            };
        });
    }

    private static Type.Basic resultType(String name, Value x, Value y) {
        Type.Basic xType = numberType(name, x);
        Type.Basic yType = numberType(name, y);
        if (xType == FLOAT64 || yType == FLOAT64) {
            return FLOAT64;
        }
        return xType == UINT64 && yType == UINT64 ? UINT64 : INT64;
    }

    private static Type.Basic numberType(String name, Value value) {
        return switch (value) {
            case Value.Real ignored -> FLOAT64;
            case Value.Int number -> number.type() == UINT64 || number.type() == Type.Basic.UINT || number.type() == Type.Basic.UINT8
                    ? UINT64 : INT64;
            default -> throw new FunctionException(name + ": unknown type for "
                    + GoQuote.quote(value instanceof Value.Text text ? text.value() : value.type().goName())
                    + " (" + (value.isNil() ? "<nil>" : value.type().goName()) + ")");
        };
    }

    private static double real(Value value) {
        return switch (value) {
            case Value.Real number -> number.value();
            case Value.Int number -> numberType("", number) == UINT64 && number.bits() < 0
                    ? (number.bits() >>> 1) * 2.0 : number.bits();
            default -> throw new IllegalStateException("not a number: " + value);
        };
    }

    private static long bits(Value value) {
        return ((Value.Int) value).bits();
    }

    private static long quotient(long x, long y) {
        requireNonZero(y);
        return x / y;
    }

    private static long unsignedQuotient(long x, long y) {
        requireNonZero(y);
        return Long.divideUnsigned(x, y);
    }

    private static void requireNonZero(long divisor) {
        if (divisor == 0) {
            throw new FunctionException("runtime error: integer divide by zero");
        }
    }

    private static Value modulo(Value x, Value y) {
        for (Value value : List.of(x, y)) {
            if (numberType("modulo", value) == FLOAT64) {
                throw new FunctionException("modulo: unknown type for " + GoQuote.quote("%!q(float64=" + real(value) + ")")
                        + " (float64)");
            }
        }
        requireNonZero(bits(y));
        return resultType("modulo", x, y) == UINT64
                ? new Value.Int(UINT64, Long.remainderUnsigned(bits(x), bits(y)))
                : new Value.Int(INT64, bits(x) % bits(y));
    }

    /** The smaller or greater of two, in its own type; the left one if they are equal. */
    private static Value choose(String name, Value x, Value y, int sign) {
        int order = switch (resultType(name, x, y)) {
            case FLOAT64 -> Double.compare(real(x), real(y));
            case UINT64 -> Long.compareUnsigned(bits(x), bits(y));
            default -> Long.compare(bits(x), bits(y));
        };
        return order * sign >= 0 ? x : y;
    }
}
