package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoQuote;

/** Variables that outlive their scope: {@code scratch.Set}, {@code scratch.Get}… One per execution of a template. */
final class Scratch {
    private final Map<String, Value> values = new HashMap<>();

    Value value() {
        Map<String, Function> methods = Stream.of(
                        Function.of("Key", List.of(STRING), a -> Value.bool(values.containsKey(a.text(0)))),
                        Function.of("Get", List.of(STRING), a -> values.getOrDefault(a.text(0), Value.NIL)),
                        Function.of("Set", List.of(STRING, ANY), a -> {
                            values.put(a.text(0), a.get(1));
                            return Value.EMPTY;
                        }),
                        Function.of("SetX", List.of(STRING, ANY), a -> {
                            values.putIfAbsent(a.text(0), a.get(1));
                            return Value.EMPTY;
                        }),
                        Function.of("MapSet", List.of(STRING, STRING, ANY),
                                a -> mapSet(a.text(0), a.text(1), a.get(2), true)),
                        Function.of("MapSetX", List.of(STRING, STRING, ANY),
                                a -> mapSet(a.text(0), a.text(1), a.get(2), false)),
                        Function.of("MapValues", List.of(STRING), a -> mapValues(a.text(0))))
                .collect(Collectors.toMap(Function::name, method -> method));
        return new Value.Struct(new Type.Named("*template.Scratch"), new LinkedHashMap<>(), methods, null);
    }

    private Value mapSet(String name, String key, Value value, boolean replace) {
        Value current = values.getOrDefault(name, Value.map(Map.of()));
        if (!(current instanceof Value.MapValue map)) {
            throw new FunctionException(GoQuote.quote(name) + " is not a map");
        }
        Map<Value, Value> entries = new HashMap<>(map.entries());
        if (replace || !entries.containsKey(Value.text(key))) {
            entries.put(Value.text(key), value);
        }
        values.put(name, new Value.MapValue(STRING, ANY, entries));
        return Value.EMPTY;
    }

    private Value mapValues(String name) {
        return values.get(name) instanceof Value.MapValue map
                ? Value.list(new ArrayList<>(map.entries().values()))
                : Value.list(List.of());
    }
}
