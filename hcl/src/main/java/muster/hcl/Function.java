package muster.hcl;

import java.util.List;
import java.util.Optional;

/** Something an expression can call. */
public sealed interface Function {
    /** A named argument; nulls are refused unless {@code allowsNull}. */
    record Parameter(String name, Type type, boolean allowsNull) {}

    /** What an ordinary function does. Arguments are converted, known, and not null unless allowed. */
    @FunctionalInterface
    interface Operation {
        Value apply(List<Value> arguments) throws FunctionException;
    }

    /** What a function does that looks at its arguments' syntax. */
    @FunctionalInterface
    interface SyntaxOperation {
        Value apply(List<Expression> arguments, Scope scope, Evaluator evaluator) throws FunctionException;
    }

    /** A function of values; further arguments than {@code parameters} go to {@code rest}, where there is one. */
    record OfValues(List<Parameter> parameters, Optional<Parameter> rest, Operation operation) implements Function {
        public OfValues {
            parameters = List.copyOf(parameters);
        }
    }

    /** A function of unevaluated arguments, such as {@code try}. */
    record OfSyntax(int fewest, SyntaxOperation operation) implements Function {}
}
