package muster.template.language;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.RAW;
import static muster.template.language.Type.Basic.STRING;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The functions that every Go template has. */
final class Builtins {
    /** Their bodies never run: the evaluator treats these three itself. */
    static final Function AND = Function.variadic("and", List.of(RAW), RAW, Arguments::last);
    static final Function OR = Function.variadic("or", List.of(RAW), RAW, Arguments::last);
    static final Function CALL = Function.variadic("call", List.of(RAW), RAW, Arguments::last);

    static final Map<String, Function> TABLE = List.of(
                    AND,
                    OR,
                    CALL,
                    Function.of("not", List.of(RAW), a -> Value.bool(!a.get(0).isTrue())),
                    Function.variadic("eq", List.of(RAW), RAW, a -> Value.bool(Comparison.equalsAny(a.get(0), rest(a)))),
                    Function.of("ne", List.of(RAW, RAW), a -> Value.bool(!Comparison.equalsAny(a.get(0), rest(a)))),
                    Function.of("lt", List.of(RAW, RAW), a -> Value.bool(Comparison.less(a.get(0), a.get(1)))),
                    Function.of("le", List.of(RAW, RAW), a -> Value.bool(Comparison.lessOrEqual(a.get(0), a.get(1)))),
                    Function.of("gt", List.of(RAW, RAW), a -> Value.bool(!Comparison.lessOrEqual(a.get(0), a.get(1)))),
                    Function.of("ge", List.of(RAW, RAW), a -> Value.bool(!Comparison.less(a.get(0), a.get(1)))),
                    Function.variadic("index", List.of(RAW), RAW, a -> Containers.index(a.get(0), rest(a))),
                    Function.variadic("slice", List.of(RAW), RAW, a -> Containers.slice(a.get(0), rest(a))),
                    Function.of("len", List.of(RAW), a -> Containers.length(a.get(0))),
                    Function.variadic("print", List.of(), ANY, a -> Value.text(Printer.print(a.all()))),
                    Function.variadic("println", List.of(), ANY, a -> Value.text(Printer.printLine(a.all()))),
                    Function.variadic("printf", List.of(STRING), ANY, a -> Value.text(Printer.format(a.text(0), rest(a)))),
                    Function.variadic("html", List.of(), ANY, a -> Value.text(Escapes.html(Escapes.text(a.all())))),
                    Function.variadic("js", List.of(), ANY, a -> Value.text(Escapes.js(Escapes.text(a.all())))),
                    Function.variadic("urlquery", List.of(), ANY, a -> Value.text(Escapes.query(Escapes.text(a.all())))))
            .stream()
            .collect(Collectors.toUnmodifiableMap(Function::name, function -> function));

    private Builtins() {}

    private static List<Value> rest(Arguments arguments) {
        return arguments.all().subList(1, arguments.size());
    }

    /** Values in templates are never functions, so {@code call} always fails; with Go's words. */
    static FunctionException notCallable(String source, Value value) {
        return new FunctionException(value.isNil() ? "call of nil"
                : "non-function " + source + " of type " + value.type().goName());
    }
}
