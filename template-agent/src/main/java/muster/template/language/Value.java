package muster.template.language;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * A Go value. Immutable but for maps, see there. JSON decodes to {@link Nil}, {@link Bool}, {@link Text}, {@link Real} (every number),
 * {@link ListValue} and {@link MapValue} of any-typed elements, as in Go.
 */
public sealed interface Value {
    /** The dynamic type; meaningless for {@link Nothing}. */
    Type type();

    /** The absence of a value: a missing map key, or nil taken out of its interface. */
    record Nothing() implements Value {
        @Override
        public Type type() {
            return Type.Basic.ANY;
        }
    }

    /** A nil interface, or a nil pointer of a named type. */
    record Nil(Type type) implements Value {}

    record Bool(boolean value) implements Value {
        @Override
        public Type type() {
            return Type.Basic.BOOL;
        }
    }

    /** A string; see {@link GoText} for bytes that are no UTF-8. */
    record Text(String value) implements Value {
        @Override
        public Type type() {
            return Type.Basic.STRING;
        }
    }

    /** An integer of one of Go's integer types; unsigned ones use all 64 bits. */
    record Int(Type.Basic type, long bits) implements Value {}

    record Real(double value) implements Value {
        @Override
        public Type type() {
            return Type.Basic.FLOAT64;
        }
    }

    record Complex(double real, double imaginary) implements Value {
        @Override
        public Type type() {
            return Type.Basic.COMPLEX128;
        }
    }

    record ListValue(Type element, List<Value> items) implements Value {
        @Override
        public Type type() {
            return new Type.ListOf(element);
        }
    }

    /**
     * A map, with methods where its Go type has some; its entries are always in Go's printing order: strings by bytes, numbers by value. The one value that can
     * change, and only by the execution that made it, since sprig's {@code set} does so.
     */
    record MapValue(Type key, Type element, Map<Value, Value> entries, Map<String, Function> methods) implements Value {
        public MapValue(Type key, Type element, Map<Value, Value> entries) {
            this(key, element, entries, Map.of());
        }

        public MapValue {
            if (!(entries instanceof Sorted)) {
                Sorted sorted = new Sorted();
                sorted.putAll(entries);
                entries = sorted;
            }
        }

        @Override
        public Type type() {
            return new Type.MapOf(key, element);
        }

        /** Sets an entry in place. Only for maps that belong to the running execution. */
        public void put(String name, Value value) {
            entries.put(new Text(name), value);
        }

        /** Removes an entry in place. Only for maps that belong to the running execution. */
        public void remove(String name) {
            entries.remove(new Text(name));
        }

        /** The entry for a string key, or {@link #NOTHING}. */
        public Value get(String name) {
            return entries.getOrDefault(new Text(name), NOTHING);
        }
    }

    /**
     * A struct, or a pointer to one where its type says so.
     *
     * @param fields in declaration order
     * @param methods by name
     * @param printed what its String method gives; null if it has none
     */
    record Struct(Type.Named type, SequencedMap<String, Value> fields, Map<String, Function> methods, String printed)
            implements Value {
        public Struct(String goName, SequencedMap<String, Value> fields) {
            this(new Type.Named(goName), fields, Map.of(), null);
        }
    }

    /** A map in the order of {@link #ORDER}. */
    final class Sorted extends TreeMap<Value, Value> {
        Sorted() {
            super(ORDER);
        }
    }

    Nothing NOTHING = new Nothing();
    Nil NIL = new Nil(Type.Basic.ANY);
    Text EMPTY = new Text("");

    /** Order of map keys. Keys of different types (YAML allows them) sort by kind first. */
    Comparator<Value> ORDER = ValueOrder::compare;

    static Value bool(boolean value) {
        return new Bool(value);
    }

    static Value text(String value) {
        return value.isEmpty() ? EMPTY : new Text(value);
    }

    static Value real(double value) {
        return new Real(value);
    }

    /** Go's {@code int}. */
    static Value integer(long value) {
        return new Int(Type.Basic.INT, value);
    }

    /** {@code []interface {}}. */
    static Value list(Collection<? extends Value> items) {
        return new ListValue(Type.Basic.ANY, List.copyOf(items));
    }

    /** {@code []string}. */
    static Value texts(Collection<String> items) {
        return new ListValue(Type.Basic.STRING, items.stream().map(Value::text).toList());
    }

    /** {@code map[string]interface {}}. */
    static Value map(Map<String, ? extends Value> entries) {
        return keyed(Type.Basic.ANY, entries);
    }

    /** {@code map[string]T}. */
    static Value keyed(Type element, Map<String, ? extends Value> entries) {
        Sorted sorted = new Sorted();
        entries.forEach((name, value) -> sorted.put(text(name), value));
        return new MapValue(Type.Basic.STRING, element, sorted);
    }

    /** {@code map[string]string}. */
    static Value textMap(Map<String, String> entries) {
        Map<String, Value> values = new LinkedHashMap<>();
        entries.forEach((name, text) -> values.put(name, text(text)));
        return keyed(Type.Basic.STRING, values);
    }

    /**
     * The value of a JSON tree of plain Java objects, decoded as Go decodes into an untyped variable: all numbers become
     * 64-bit floats. Throws {@link IllegalArgumentException} for objects that no JSON has.
     */
    static Value ofJson(Object tree) {
        return switch (tree) {
            case null -> NIL;
            case Boolean b -> bool(b);
            case String s -> text(s);
            case Number n -> real(n.doubleValue());
            case List<?> list -> {
                List<Value> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(ofJson(item)));
                yield new ListValue(Type.Basic.ANY, items);
            }
            case Map<?, ?> map -> {
                Sorted entries = new Sorted();
                map.forEach((key, value) -> entries.put(text((String) key), ofJson(value)));
                yield new MapValue(Type.Basic.STRING, Type.Basic.ANY, entries);
            }
            default -> throw new IllegalArgumentException("no JSON value: " + tree.getClass().getName());
        };
    }

    /** Go's truth: everything but false, zero, nil and the empty string, list and map. */
    default boolean isTrue() {
        return switch (this) {
            case Nothing ignored -> false;
            case Nil ignored -> false;
            case Bool bool -> bool.value();
            case Text text -> !text.value().isEmpty();
            case Int number -> number.bits() != 0;
            case Real number -> number.value() != 0;
            case Complex number -> number.real() != 0 || number.imaginary() != 0;
            case ListValue list -> !list.items().isEmpty();
            case MapValue map -> !map.entries().isEmpty();
            case Struct ignored -> true;
        };
    }

    /** What an action prints for a value. */
    static String printed(Value value) {
        return Printer.printed(value);
    }

    /** Whether this is nil in one of its forms. */
    default boolean isNil() {
        return this instanceof Nothing || this instanceof Nil;
    }
}
