package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.INT64;
import static muster.template.language.Type.Basic.STRING;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoQuote;

/** Functions on lists and maps. */
final class CollectionFunctions {
    private static final Type.ListOf PAIRS = new Type.ListOf(RegistryValues.PAIR);
    private static final long MAX_LOOP = 10_000_000;

    static final List<Function> LIST = List.of(
            Function.variadic("loop", List.of(), ANY, CollectionFunctions::loop),
            Function.of("byKey", List.of(PAIRS), a -> byKey(a.list(0))),
            Function.of("byTag", List.of(ANY), a -> byTag(a.get(0))),
            Function.of("byPort", List.of(ANY), a -> byPort(a.get(0))),
            Function.of("byMeta", List.of(STRING, new Type.ListOf(RegistryValues.INSTANCE)), a -> byMeta(a.text(0), a.list(1))),
            Function.of("explode", List.of(PAIRS), a -> explode(a.list(0))),
            Function.of("explodeMap", List.of(Type.MapOf.ANYTHING), a -> explodeMap(a.map(0))),
            Function.of("mergeMap", List.of(Type.MapOf.ANYTHING, Type.MapOf.ANYTHING), a -> merge(a.map(0), a.map(1), false)),
            Function.of("mergeMapWithOverride", List.of(Type.MapOf.ANYTHING, Type.MapOf.ANYTHING), a -> merge(a.map(0), a.map(1), true)),
            Function.of("contains", List.of(ANY, ANY), a -> Value.bool(contains(a.get(1), a.get(0)))),
            Function.of("in", List.of(ANY, ANY), a -> Value.bool(contains(a.get(0), a.get(1)))),
            membership("containsAll", (needles, list) -> needles.stream().allMatch(needle -> contains(list, needle))),
            membership("containsAny", (needles, list) -> needles.stream().anyMatch(needle -> contains(list, needle))),
            membership("containsNone", (needles, list) -> needles.stream().noneMatch(needle -> contains(list, needle))),
            membership("containsNotAll", (needles, list) -> !needles.stream().allMatch(needle -> contains(list, needle))),
            Function.of("splitToMap", List.of(STRING, STRING, STRING), a -> splitToMap(a.text(0), a.text(1), a.text(2))));

    private CollectionFunctions() {}

    private static Function membership(String name, BiPredicate<List<Value>, Value> test) {
        return Function.of(name, List.of(Type.ListOf.ANYTHING, ANY), a -> Value.bool(test.test(a.list(0), a.get(1))));
    }

    /** A list's member, or a string's part. Values of different types are never equal. */
    static boolean contains(Value container, Value wanted) {
        return switch (container) {
            case Value.Text text -> wanted instanceof Value.Text part && text.value().contains(part.value());
            case Value.ListValue list -> list.items().stream().anyMatch(item -> sameValue(item, wanted));
            default -> false;
        };
    }

    private static boolean sameValue(Value item, Value wanted) {
        return switch (item) {
            case Value.Text ignored -> item.equals(wanted);
            case Value.Real ignored -> item.equals(wanted);
            case Value.Int number -> wanted instanceof Value.Int other && number.bits() == other.bits();
            default -> false;
        };
    }

    private static Value loop(Arguments arguments) {
        if (arguments.size() < 1 || arguments.size() > 2) {
            throw new FunctionException("loop: wrong number of arguments, expected 1 or 2, but got " + arguments.size());
        }
        long first = arguments.size() == 2 ? bound(arguments.get(0)) : 0;
        long end = bound(arguments.last());
        long count = Math.max(0, end - first);
        if (count > MAX_LOOP) {
            throw new FunctionException("loop: " + count + " turns are more than " + MAX_LOOP);
        }
        return new Value.ListValue(INT64, new Numbers(first, (int) count));
    }

    /** Consecutive numbers, made when asked for. */
    private static final class Numbers extends AbstractList<Value> {
        private final long first;
        private final int count;

        Numbers(long first, int count) {
            this.first = first;
            this.count = count;
        }

        @Override
        public Value get(int index) {
            return new Value.Int(INT64, first + Objects.checkIndex(index, count));
        }

        @Override
        public int size() {
            return count;
        }
    }

    private static long bound(Value value) {
        return switch (value) {
            case Value.Int number -> number.bits();
            case Value.Text text -> {
                try {
                    yield text.value().isEmpty() ? 0 : Long.parseLong(text.value());
                } catch (NumberFormatException e) {
                    throw new FunctionException("loop: strconv.Atoi: parsing " + GoQuote.quote(text.value()) + ": invalid syntax");
                }
            }
            default -> throw new FunctionException("loop: bad argument type: " + value.type().goName());
        };
    }

    private static String field(Value struct, String name) {
        return ((Value.Text) ((Value.Struct) struct).fields().get(name)).value();
    }

    /** By the first segment of the keys; pairs whose keys have only one are dropped. */
    private static Value byKey(List<Value> pairs) {
        Map<String, Map<String, Value>> groups = new LinkedHashMap<>();
        for (Value pair : pairs) {
            String key = field(pair, "Key");
            int slash = key.indexOf('/');
            if (slash >= 0) {
                String rest = key.substring(slash + 1);
                groups.computeIfAbsent(key.substring(0, slash), top -> new LinkedHashMap<>())
                        .put(rest, RegistryValues.withKey((Value.Struct) pair, rest));
            }
        }
        Map<String, Value> maps = new LinkedHashMap<>();
        groups.forEach((top, group) -> maps.put(top, Value.keyed(RegistryValues.PAIR, group)));
        return Value.keyed(new Type.MapOf(STRING, RegistryValues.PAIR), maps);
    }

    private static List<Value> structs(String function, Value value, Type.Named... allowed) {
        if (value.isNil()) {
            return List.of();
        }
        if (!(value instanceof Value.ListValue list) || !Arrays.asList(allowed).contains(list.element())) {
            throw new FunctionException(function + ": wrong argument type " + value.type().goName());
        }
        return list.items();
    }

    private static Value grouped(Type elementType, Map<String, List<Value>> groups) {
        Map<String, Value> lists = new LinkedHashMap<>();
        groups.forEach((key, group) -> lists.put(key, new Value.ListValue(elementType, group)));
        return Value.keyed(new Type.ListOf(elementType), lists);
    }

    private static Value byTag(Value services) {
        Map<String, List<Value>> groups = new LinkedHashMap<>();
        for (Value service : structs("byTag", services, RegistryValues.INSTANCE, RegistryValues.SNIPPET,
                ApiValues.NOMAD_SERVICE, ApiValues.NOMAD_SNIPPET)) {
            for (Value tag : ((Value.ListValue) ((Value.Struct) service).fields().get("Tags")).items()) {
                groups.computeIfAbsent(((Value.Text) tag).value(), t -> new ArrayList<>()).add(service);
            }
        }
        return grouped(ANY, groups);
    }

    private static Value byPort(Value services) {
        Map<Value, List<Value>> groups = new LinkedHashMap<>();
        for (Value service : structs("byPort", services, RegistryValues.INSTANCE)) {
            groups.computeIfAbsent(((Value.Struct) service).fields().get("Port"), port -> new ArrayList<>()).add(service);
        }
        Map<Value, Value> lists = new LinkedHashMap<>();
        groups.forEach((port, group) -> lists.put(port, new Value.ListValue(RegistryValues.INSTANCE, group)));
        return new Value.MapValue(INT, new Type.ListOf(RegistryValues.INSTANCE), lists);
    }

    private static Value byMeta(String keys, List<Value> services) {
        Map<String, List<Value>> groups = new TreeMap<>();
        for (Value service : services) {
            Value.MapValue meta = (Value.MapValue) ((Value.Struct) service).fields().get("ServiceMeta");
            List<String> parts = new ArrayList<>();
            for (String key : keys.split(",")) {
                parts.add(metaPart(meta, key.strip()));
            }
            groups.computeIfAbsent(String.join("_", parts), group -> new ArrayList<>()).add(service);
        }
        return grouped(RegistryValues.INSTANCE, groups);
    }

    private static String metaPart(Value.MapValue meta, String key) {
        boolean padded = key.endsWith("|int");
        String name = padded ? key.substring(0, key.length() - 4) : key;
        Value value = meta.get(name);
        if (!padded) {
            String text = value instanceof Value.Text present && !present.value().isEmpty() ? present.value() : "_no_" + name + "_";
            return text.replaceAll("[^A-Za-z0-9_-]", "_");
        }
        String digits = value instanceof Value.Text present && !present.value().isEmpty() ? present.value() : "0";
        try {
            return String.format("%05d", Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw new FunctionException("byMeta: cannot parse value: " + GoQuote.quote(digits) + " as integer");
        }
    }

    private static Value explode(List<Value> pairs) {
        Map<String, Object> root = new LinkedHashMap<>();
        for (Value pair : pairs) {
            insert("explode", root, field(pair, "Key"), ((Value.Struct) pair).fields().get("Value"));
        }
        return frozen(root);
    }

    private static Value explodeMap(Value.MapValue map) {
        Map<String, Object> root = new LinkedHashMap<>();
        map.entries().forEach((key, value) -> insert("explodeMap", root, ((Value.Text) key).value(), value));
        return frozen(root);
    }

    @SuppressWarnings("unchecked")
    private static void insert(String function, Map<String, Object> root, String path, Value value) {
        String[] segments = path.split("/", -1);
        Map<String, Object> map = root;
        for (int i = 0; i < segments.length - 1; i++) {
            Object next = map.computeIfAbsent(segments[i], segment -> new LinkedHashMap<String, Object>());
            if (!(next instanceof Map<?, ?>)) {
                String former = next instanceof Value.Text text ? GoQuote.quote(text.value()) : next.toString();
                throw new FunctionException(function + ": not a map: " + GoQuote.quote(path) + ": " + GoQuote.quote(segments[i])
                        + " already has value " + former);
            }
            map = (Map<String, Object>) next;
        }
        String last = segments[segments.length - 1];
        if (!last.isEmpty()) {
            map.put(last, value);
        }
    }

    private static Value frozen(Map<String, Object> map) {
        Map<String, Value> values = new LinkedHashMap<>();
        map.forEach((key, value) -> values.put(key, value instanceof Value leaf ? leaf : frozen(asMap(value))));
        return Value.map(values);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }

    /** Maps in both are merged; else the first's value stays unless it is empty, or the second's wins if {@code override}. */
    static Value merge(Value.MapValue first, Value.MapValue second, boolean override) {
        Map<Value, Value> merged = new LinkedHashMap<>(first.entries());
        second.entries().forEach((key, value) -> {
            Value current = merged.get(key);
            if (current instanceof Value.MapValue a && value instanceof Value.MapValue b) {
                merged.put(key, merge(a, b, override));
            } else if (current == null || override || !current.isTrue()) {
                merged.put(key, value);
            }
        });
        return new Value.MapValue(first.key(), first.element(), merged);
    }

    private static Value splitToMap(String separator, String keySeparator, String text) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String piece : TextFunctions.split(separator, text)) {
            int at = piece.indexOf(keySeparator);
            if (at >= 0) {
                map.put(piece.substring(0, at), piece.substring(at + keySeparator.length()));
            }
        }
        return Value.textMap(map);
    }
}
