package muster.template.language;

import java.util.ArrayList;
import java.util.List;

/**
 * A function that templates can call by name. The evaluator checks the number and types of the arguments before the body runs.
 *
 * @param parameters types in order; if variadic, the last is that of each further argument
 */
public record Function(String name, List<Type> parameters, boolean variadic, Body body) {
    /** What a function does. Throws {@link FunctionException} for values it can't work on. */
    @FunctionalInterface
    public interface Body {
        Value call(Arguments arguments);
    }

    public Function {
        parameters = List.copyOf(parameters);
    }

    /** A function of a fixed number of parameters. */
    public static Function of(String name, List<Type> parameters, Body body) {
        return new Function(name, parameters, false, body);
    }

    /** A function of some fixed parameters and any number of further ones. */
    public static Function variadic(String name, List<Type> parameters, Type rest, Body body) {
        List<Type> all = new ArrayList<>(parameters);
        all.add(rest);
        return new Function(name, all, true, body);
    }

    int fixed() {
        return variadic ? parameters.size() - 1 : parameters.size();
    }

    Type parameter(int index) {
        return parameters.get(Math.min(index, parameters.size() - 1));
    }
}
