package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.INT64;
import static muster.template.language.Type.Basic.STRING;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.Collectors;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;

/** Sprig's numbers: conversions are lenient, what is no number is 0; operands stand in the order they are written. */
final class SprigNumbers {
    private static final int MAX_STEPS = 1_000_000;

    static final List<Function> LIST = List.of(
            Function.of("sprig_int", List.of(ANY), a -> Value.integer(integer(a.get(0)))),
            Function.of("sprig_int64", List.of(ANY), a -> int64(integer(a.get(0)))),
            Function.of("sprig_float64", List.of(ANY), a -> Value.real(real(a.get(0)))),
            Function.of("sprig_atoi", List.of(STRING), a -> Value.integer(decimal(a.text(0), 10))),
            Function.of("sprig_toDecimal", List.of(ANY), a -> int64(decimal(Value.printed(a.get(0)), 8))),
            folding("sprig_add", Long::sum),
            folding("sprig_mul", (x, y) -> x * y),
            folding("sprig_max", Math::max),
            folding("sprig_min", Math::min),
            Function.of("sprig_add1", List.of(ANY), a -> int64(integer(a.get(0)) + 1)),
            Function.of("sprig_sub", List.of(ANY, ANY), a -> int64(integer(a.get(0)) - integer(a.get(1)))),
            Function.of("sprig_div", List.of(ANY, ANY), a -> int64(integer(a.get(0)) / divisor(a.get(1)))),
            Function.of("sprig_mod", List.of(ANY, ANY), a -> int64(integer(a.get(0)) % divisor(a.get(1)))),
            foldingReal("sprig_addf", Double::sum),
            foldingReal("sprig_subf", (x, y) -> x - y),
            foldingReal("sprig_mulf", (x, y) -> x * y),
            foldingReal("sprig_divf", (x, y) -> x / y),
            foldingReal("sprig_maxf", Math::max),
            foldingReal("sprig_minf", Math::min),
            Function.of("sprig_ceil", List.of(ANY), a -> Value.real(Math.ceil(real(a.get(0))))),
            Function.of("sprig_floor", List.of(ANY), a -> Value.real(Math.floor(real(a.get(0))))),
            Function.variadic("sprig_round", List.of(ANY, INT), ANY, a -> Value.real(round(real(a.get(0)), a.integer(1)))),
            Function.of("sprig_until", List.of(INT), a -> steps(0, a.integer(0), a.integer(0) < 0 ? -1 : 1)),
            Function.of("sprig_untilStep", List.of(INT, INT, INT), a -> steps(a.integer(0), a.integer(1), a.integer(2))),
            Function.variadic("sprig_seq", List.of(), INT, a -> Value.text(sequence(a))));

    private SprigNumbers() {}

    private static Function folding(String name, LongBinaryOperator operator) {
        return Function.variadic(name, List.of(ANY), ANY,
                a -> int64(a.all().stream().mapToLong(SprigNumbers::integer).reduce(operator).orElse(0)));
    }

    private static Function foldingReal(String name, DoubleBinaryOperator operator) {
        return Function.variadic(name, List.of(ANY), ANY,
                a -> Value.real(a.all().stream().mapToDouble(SprigNumbers::real).reduce(operator).orElse(0)));
    }

    private static Value int64(long value) {
        return new Value.Int(INT64, value);
    }

    static long integer(Value value) {
        return switch (value) {
            case Value.Int number -> number.bits();
            case Value.Real number -> (long) number.value();
            case Value.Bool bool -> bool.value() ? 1 : 0;
            case Value.Text text -> decimal(text.value(), 10);
            default -> 0;
        };
    }

    static double real(Value value) {
        if (value instanceof Value.Real number) {
            return number.value();
        }
        if (!(value instanceof Value.Text text)) {
            return integer(value);
        }
        try {
            return Double.parseDouble(text.value());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static long decimal(String text, int radix) {
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static long divisor(Value value) {
        long divisor = integer(value);
        if (divisor == 0) {
            throw new FunctionException("runtime error: integer divide by zero");
        }
        return divisor;
    }

    private static double round(double value, long places) {
        return new BigDecimal(value).setScale(Math.clamp(places, -300, 300), RoundingMode.HALF_UP).doubleValue();
    }

    private static Value steps(long start, long stop, long step) {
        List<Value> numbers = new ArrayList<>();
        for (long n = start; step > 0 ? n < stop : step < 0 && n > stop; n += step) {
            if (numbers.size() == MAX_STEPS) {
                throw new FunctionException("more than " + MAX_STEPS + " steps");
            }
            numbers.add(Value.integer(n));
        }
        return new Value.ListValue(Type.Basic.INT, numbers);
    }

    /** As the shell's seq: last; first and last; first, step and last, inclusive. */
    private static String sequence(Arguments arguments) {
        if (arguments.size() == 0 || arguments.size() > 3) {
            return "";
        }
        long first = arguments.size() == 1 ? 1 : arguments.integer(0);
        long last = arguments.integer(arguments.size() - 1);
        long step = arguments.size() == 3 ? arguments.integer(1) : last < first ? -1 : 1;
        Value numbers = steps(first, last + Long.signum(step), step);
        return ((Value.ListValue) numbers).items().stream().map(Value::printed).collect(Collectors.joining(" "));
    }
}
