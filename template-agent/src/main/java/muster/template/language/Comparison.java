package muster.template.language;

import java.util.List;

/** Go's eq, ne, lt, le, gt, ge. Integers compare with integers, floats with floats, nil with everything for equality. */
final class Comparison {
    private static final String BAD_TYPE = "invalid type for comparison";

    private enum Kind {
        BOOL, COMPLEX, FLOAT, INT, STRING, UINT, NONE
    }

    private Comparison() {}

    private static Kind kind(Value value) {
        return switch (value) {
            case Value.Bool ignored -> Kind.BOOL;
            case Value.Complex ignored -> Kind.COMPLEX;
            case Value.Real ignored -> Kind.FLOAT;
            case Value.Int number -> number.type().isUnsigned() ? Kind.UINT : Kind.INT;
            case Value.Text ignored -> Kind.STRING;
            case Value.Nothing ignored -> Kind.NONE;
            case Value.Nil ignored -> Kind.NONE;
            case Value.ListValue ignored -> Kind.NONE;
            case Value.MapValue ignored -> Kind.NONE;
            case Value.Struct ignored -> Kind.NONE;
        };
    }

    /** Whether the first equals any of the others; stops at the first that does. */
    static boolean equalsAny(Value value, List<Value> others) {
        if (others.isEmpty()) {
            throw new FunctionException("missing argument for comparison");
        }
        for (Value other : others) {
            if (equal(value, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(Value a, Value b) {
        Kind kind = kind(a);
        Kind otherKind = kind(b);
        if (areIntegers(kind, otherKind)) {
            return compareIntegers(a, b) == 0;
        }
        if (kind != otherKind) {
            if (a.isNil() || b.isNil()) {
                return false;
            }
            throw incompatible(a, b);
        }
        return switch (kind) {
            case FLOAT -> ((Value.Real) a).value() == ((Value.Real) b).value();
            case COMPLEX -> {
                Value.Complex x = (Value.Complex) a;
                Value.Complex y = (Value.Complex) b;
                yield x.real() == y.real() && x.imaginary() == y.imaginary();
            }
            case BOOL, STRING, INT, UINT -> a.equals(b);
            case NONE -> equalOthers(a, b);
        };
    }

    private static boolean equalOthers(Value a, Value b) {
        if (a.isNil() || b.isNil()) {
            return a.isNil() && b.isNil();
        }
        if (a.getClass() != b.getClass()) {
            throw new FunctionException("non-comparable types " + Printer.format("%s", List.of(a)) + ": " + a.type().goName()
                    + ", " + b.type().goName() + ": " + Printer.print(b));
        }
        if (!(a instanceof Value.Struct)) {
            throw new FunctionException("non-comparable type " + Printer.format("%s", List.of(a)) + ": " + a.type().goName());
        }
        return a.equals(b);
    }

    static boolean less(Value a, Value b) {
        Kind kind = kind(a);
        Kind otherKind = kind(b);
        if (kind == Kind.NONE || otherKind == Kind.NONE) {
            throw new FunctionException(BAD_TYPE);
        }
        if (areIntegers(kind, otherKind)) {
            return compareIntegers(a, b) < 0;
        }
        if (kind != otherKind) {
            throw incompatible(a, b);
        }
        return switch (kind) {
            case BOOL, COMPLEX, NONE -> throw new FunctionException(BAD_TYPE);
            case FLOAT -> ((Value.Real) a).value() < ((Value.Real) b).value();
            case STRING -> GoText.compare(((Value.Text) a).value(), ((Value.Text) b).value()) < 0;
            case INT, UINT -> compareIntegers(a, b) < 0;
        };
    }

    static boolean lessOrEqual(Value a, Value b) {
        return less(a, b) || equal(a, b);
    }

    private static boolean areIntegers(Kind a, Kind b) {
        return (a == Kind.INT || a == Kind.UINT) && (b == Kind.INT || b == Kind.UINT);
    }

    private static int compareIntegers(Value a, Value b) {
        return ValueOrder.number((Value.Int) a).compareTo(ValueOrder.number((Value.Int) b));
    }

    private static FunctionException incompatible(Value a, Value b) {
        return new FunctionException(
                "incompatible types for comparison: " + a.type().goName() + " and " + b.type().goName());
    }
}
