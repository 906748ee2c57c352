package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;

/** Sprig's dictionaries and its questions about types. {@code set} and {@code unset} change the map itself. */
final class SprigMaps {
    private static final Type.MapOf MAP = Type.MapOf.ANYTHING;

    static final List<Function> LIST = List.of(
            Function.of("sprig_set", List.of(MAP, STRING, ANY), a -> {
                a.map(0).put(a.text(1), a.get(2));
                return a.get(0);
            }),
            Function.of("sprig_unset", List.of(MAP, STRING), a -> {
                a.map(0).remove(a.text(1));
                return a.get(0);
            }),
            Function.variadic("sprig_keys", List.of(), MAP, a -> Value.texts(a.all().stream()
                    .flatMap(map -> ((Value.MapValue) map).entries().keySet().stream()).map(Value::printed).toList())),
            Function.of("sprig_values", List.of(MAP), a -> Value.list(a.map(0).entries().values())),
            Function.variadic("sprig_pick", List.of(MAP), STRING, a -> filtered(a, names(a)::contains)),
            Function.variadic("sprig_omit", List.of(MAP), STRING, a -> filtered(a, name -> !names(a).contains(name))),
            Function.variadic("sprig_pluck", List.of(STRING), MAP, a -> Value.list(a.all().stream().skip(1)
                    .map(map -> ((Value.MapValue) map).get(a.text(0))).filter(value -> value != Value.NOTHING).toList())),
            Function.variadic("sprig_dig", List.of(STRING), ANY, SprigMaps::dig),
            Function.variadic("sprig_merge", List.of(MAP), MAP, a -> merged(a, false)),
            Function.variadic("sprig_mergeOverwrite", List.of(MAP), MAP, a -> merged(a, true)),
            Function.of("sprig_kindOf", List.of(ANY), a -> Value.text(kind(a.get(0)))),
            Function.of("sprig_kindIs", List.of(STRING, ANY), a -> Value.bool(kind(a.get(1)).equals(a.text(0)))),
            Function.of("sprig_typeIs", List.of(STRING, ANY), a -> Value.bool(a.get(1).type().goName().equals(a.text(0)))));

    private SprigMaps() {}

    private static Set<String> names(Arguments arguments) {
        return arguments.all().stream().skip(1).map(Value::printed).collect(Collectors.toSet());
    }

    private static Value filtered(Arguments arguments, Predicate<String> wanted) {
        Map<String, Value> kept = new LinkedHashMap<>();
        arguments.map(0).entries().forEach((key, value) -> {
            if (wanted.test(Value.printed(key))) {
                kept.put(Value.printed(key), value);
            }
        });
        return Value.map(kept);
    }

    /** Names that lead inwards, then the value to fall back to, then the map. */
    private static Value dig(Arguments arguments) {
        if (arguments.size() < 3) {
            throw new FunctionException("dig needs at least three arguments");
        }
        Value current = arguments.last();
        Value fallback = arguments.get(arguments.size() - 2);
        for (Value name : arguments.all().subList(0, arguments.size() - 2)) {
            if (!(current instanceof Value.MapValue map)) {
                throw new FunctionException("dig: " + Value.printed(name) + " is wanted of a " + current.type().goName());
            }
            current = map.get(Value.printed(name));
            if (current == Value.NOTHING) {
                return fallback;
            }
        }
        return current;
    }

    private static Value merged(Arguments arguments, boolean override) {
        Value.MapValue result = arguments.map(0);
        for (Value next : arguments.all().subList(1, arguments.size())) {
            result = (Value.MapValue) CollectionFunctions.merge(result, (Value.MapValue) next, override);
        }
        return result;
    }

    private static String kind(Value value) {
        return switch (value) {
            case Value.Nothing ignored -> "invalid";
            case Value.Nil nil -> nil.equals(Value.NIL) ? "invalid" : "ptr";
            case Value.ListValue ignored -> "slice";
            case Value.MapValue ignored -> "map";
            case Value.Struct struct -> struct.type().goName().startsWith("*") ? "ptr" : "struct";
            case Value.Bool ignored -> "bool";
            case Value.Text ignored -> "string";
            case Value.Int number -> number.type().goName();
            case Value.Real ignored -> "float64";
            case Value.Complex ignored -> "complex128";
        };
    }
}
