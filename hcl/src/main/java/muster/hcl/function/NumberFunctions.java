package muster.hcl.function;

import static muster.hcl.function.Definitions.any;
import static muster.hcl.function.Definitions.decimal;
import static muster.hcl.function.Definitions.number;
import static muster.hcl.function.Definitions.text;
import static muster.hcl.function.Definitions.whole;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import muster.hcl.FunctionException;
import muster.hcl.Value;

/** Calculation beyond the operators. */
final class NumberFunctions {
    private NumberFunctions() {}

    static void define(Definitions d) {
        d.values("abs", a -> Value.number(decimal(a, 0).abs()), number("num"));
        d.values("ceil", a -> Value.number(decimal(a, 0).setScale(0, RoundingMode.CEILING)), number("num"));
        d.values("floor", a -> Value.number(decimal(a, 0).setScale(0, RoundingMode.FLOOR)), number("num"));
        d.values("signum", a -> Value.number(decimal(a, 0).signum()), number("num"));
        d.values(
                "log",
                a -> real(Math.log(decimal(a, 0).doubleValue()) / Math.log(decimal(a, 1).doubleValue())),
                number("num"), number("base"));
        d.values(
                "pow",
                a -> real(Math.pow(decimal(a, 0).doubleValue(), decimal(a, 1).doubleValue())),
                number("num"), number("power"));
        d.values("parseint", NumberFunctions::parse, any("number"), number("base"));
        d.variadic("max", a -> extreme(a, 1), number("numbers"));
        d.variadic("min", a -> extreme(a, -1), number("numbers"));
    }

    private static Value real(double result) throws FunctionException {
        if (!Double.isFinite(result)) {
            throw new FunctionException("the result is not a number");
        }
        return Value.number(new BigDecimal(Double.toString(result)));
    }

    private static Value extreme(List<Value> arguments, int sign) throws FunctionException {
        if (arguments.isEmpty()) {
            throw new FunctionException("must pass at least one number");
        }
        BigDecimal best = decimal(arguments, 0);
        for (int i = 1; i < arguments.size(); i++) {
            BigDecimal other = decimal(arguments, i);
            best = other.compareTo(best) * sign > 0 ? other : best;
        }
        return Value.number(best);
    }

    private static Value parse(List<Value> arguments) throws FunctionException {
        if (!(arguments.get(0) instanceof Value.Text(String digits))) {
            throw new FunctionException(0, "first argument must be a string, not " + arguments.get(0).type().friendlyName());
        }
        int base = whole(arguments, 1);
        if (base < 2 || base > 36) {
            throw new FunctionException(1, "base must be a whole number between 2 and 62 inclusive");
        }
        try {
            return Value.number(new BigDecimal(new BigInteger(digits, base)));
        } catch (NumberFormatException e) {
            throw new FunctionException(
                    0, "cannot parse \"" + digits + "\" as a base " + base + " integer");
        }
    }
}
