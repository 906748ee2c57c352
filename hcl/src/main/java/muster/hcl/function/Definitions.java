package muster.hcl.function;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.hcl.Function;
import muster.hcl.Function.Parameter;
import muster.hcl.FunctionException;
import muster.hcl.Type;
import muster.hcl.Value;

/** A growing table of functions; filled by one thread, then copied. */
final class Definitions {
    private final Map<String, Function> functions = new TreeMap<>();

    Map<String, Function> all() {
        return Map.copyOf(functions);
    }

    void add(String name, Function function) {
        functions.put(name, function);
    }

    /** Defines a function of the given parameters. */
    void values(String name, Function.Operation operation, Parameter... parameters) {
        add(name, new Function.OfValues(List.of(parameters), Optional.empty(), operation));
    }

    /** Defines a function whose last parameter takes any number of arguments. */
    void variadic(String name, Function.Operation operation, Parameter... parameters) {
        List<Parameter> fixed = new ArrayList<>(List.of(parameters));
        Parameter rest = fixed.removeLast();
        add(name, new Function.OfValues(fixed, Optional.of(rest), operation));
    }

    static Parameter text(String name) {
        return new Parameter(name, Type.STRING, false);
    }

    static Parameter number(String name) {
        return new Parameter(name, Type.NUMBER, false);
    }

    static Parameter any(String name) {
        return new Parameter(name, Type.ANY, false);
    }

    static Parameter nullable(String name) {
        return new Parameter(name, Type.ANY, true);
    }

    static Parameter list(String name, Type element) {
        return new Parameter(name, new Type.ListOf(element), false);
    }

    static String string(List<Value> arguments, int i) {
        return ((Value.Text) arguments.get(i)).value();
    }

    static java.math.BigDecimal decimal(List<Value> arguments, int i) {
        return ((Value.Number) arguments.get(i)).value();
    }

    static int whole(List<Value> arguments, int i) throws FunctionException {
        Value.Number number = (Value.Number) arguments.get(i);
        if (!number.isWhole() || number.value().abs().compareTo(java.math.BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
            throw new FunctionException(i, "must be a whole number");
        }
        return number.value().intValueExact();
    }

    static List<Value> items(List<Value> arguments, int i) throws FunctionException {
        if (arguments.get(i) instanceof Value.Sequence sequence) {
            return sequence.items();
        }
        throw new FunctionException(i, "must be a list, a set or a tuple");
    }

    static Map<String, Value> entries(List<Value> arguments, int i) throws FunctionException {
        if (arguments.get(i) instanceof Value.Mapping mapping) {
            return mapping.entries();
        }
        throw new FunctionException(i, "must be a map or an object");
    }

    static List<Value> texts(List<String> texts) {
        return texts.stream().map(Value::string).toList();
    }

    static Value textList(List<String> texts) {
        return Value.list(Type.STRING, texts(texts));
    }
}
