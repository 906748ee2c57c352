package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;

/** Sprig's functions that cut and compare lists, and the {@code must} forms, whose errors end the execution. */
final class SprigLists {
    /** Those of these names are the same as without {@code must}: ours fail in both forms. */
    private static final List<String> ALSO_MUST = List.of("compact", "append", "prepend", "first", "rest", "last", "initial",
            "reverse", "uniq", "has", "toPrettyJson", "toRawJson", "merge", "mergeOverwrite", "regexReplaceAll", "regexReplaceAllLiteral");

    private static final List<Function> OWN = List.of(
            Function.variadic("sprig_without", List.of(ANY), ANY, SprigLists::without),
            Function.variadic("sprig_mustWithout", List.of(ANY), ANY, SprigLists::without),
            Function.variadic("sprig_slice", List.of(ANY), INT, SprigLists::slice),
            Function.variadic("sprig_mustSlice", List.of(ANY), INT, SprigLists::slice),
            Function.of("sprig_chunk", List.of(INT, ANY), a -> chunk(a.integer(0), items(a.get(1)))),
            Function.of("sprig_mustChunk", List.of(INT, ANY), a -> chunk(a.integer(0), items(a.get(1)))),
            Function.of("sprig_push", List.of(ANY, ANY), a -> pushed(a.get(0), a.get(1))),
            Function.of("sprig_mustPush", List.of(ANY, ANY), a -> pushed(a.get(0), a.get(1))),
            Function.of("sprig_toStrings", List.of(ANY), a -> Value.texts(items(a.get(0)).stream()
                    .filter(value -> !value.isNil()).map(Value::printed).toList())),
            Function.of("sprig_deepCopy", List.of(ANY), a -> copy(a.get(0))),
            Function.of("sprig_mustDeepCopy", List.of(ANY), a -> copy(a.get(0))),
            Function.of("sprig_mustFromJson", List.of(STRING), a -> EncodingFunctions.parseJson(a.text(0))),
            Function.of("sprig_typeIsLike", List.of(STRING, ANY), a -> {
                String type = a.get(1).type().goName();
                return Value.bool(type.equals(a.text(0)) || type.equals("*" + a.text(0)));
            }));

    static final List<Function> LIST = Stream.concat(OWN.stream(), Stream.of(
                            SprigFunctions.LIST, SprigMaps.LIST)
                    .flatMap(List::stream).filter(function -> ALSO_MUST.contains(function.name().substring("sprig_".length())))
                    .map(SprigLists::must)).toList();

    private SprigLists() {}

    private static Function must(Function function) {
        String name = function.name().substring("sprig_".length());
        return new Function("sprig_must" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
                function.parameters(), function.variadic(), function.body());
    }

    private static List<Value> items(Value value) {
        return switch (value) {
            case Value.ListValue list -> list.items();
            case Value.MapValue map -> List.copyOf(map.entries().values());
            default -> throw new FunctionException("Cannot use a " + value.type().goName() + " as a list");
        };
    }

    private static Value without(Arguments arguments) {
        List<Value> unwanted = arguments.all().subList(1, arguments.size());
        return Value.list(items(arguments.get(0)).stream().filter(item -> !unwanted.contains(item)).toList());
    }

    private static Value slice(Arguments arguments) {
        List<Value> items = items(arguments.get(0));
        if (items.isEmpty()) {
            return Value.NIL;
        }
        long from = arguments.size() > 1 ? arguments.integer(1) : 0;
        long to = arguments.size() > 2 ? arguments.integer(2) : items.size();
        if (from < 0 || to > items.size() || from > to) {
            throw new FunctionException("reflect.Value.Slice: slice index out of bounds");
        }
        return Value.list(items.subList((int) from, (int) to));
    }

    private static Value pushed(Value list, Value item) {
        List<Value> all = new ArrayList<>(items(list));
        all.add(item);
        return Value.list(all);
    }

    private static Value chunk(long size, List<Value> items) {
        if (size < 1) {
            throw new FunctionException("chunk: a size of " + size + " makes no pieces");
        }
        List<Value> pieces = new ArrayList<>();
        for (int at = 0; at < items.size(); at += (int) Math.min(size, items.size())) {
            pieces.add(Value.list(items.subList(at, (int) Math.min(items.size(), at + size))));
        }
        return new Value.ListValue(Type.ListOf.ANYTHING, pieces);
    }

    /** Maps are the only values that change, so they are what is copied. */
    private static Value copy(Value value) {
        return switch (value) {
            case Value.MapValue map -> {
                Map<Value, Value> entries = new java.util.HashMap<>();
                map.entries().forEach((key, item) -> entries.put(key, copy(item)));
                yield new Value.MapValue(map.key(), map.element(), entries, map.methods());
            }
            case Value.ListValue list -> new Value.ListValue(list.element(), list.items().stream().map(SprigLists::copy).toList());
            default -> value;
        };
    }
}
