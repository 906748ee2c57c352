package muster.hcl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an expression stands for. Immutable; equal when type and content are. */
public sealed interface Value {
    /** Its type. */
    Type type();

    /** Text. */
    record Text(String value) implements Value {
        @Override
        public Type type() {
            return Type.STRING;
        }
    }

    /** A number, exactly; equal numbers are equal however they were written. */
    record Number(BigDecimal value) implements Value {
        public Number {
            value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        }

        @Override
        public Type type() {
            return Type.NUMBER;
        }

        /** Plain decimal digits, no exponent, no needless zeros. */
        public String text() {
            return value.toPlainString();
        }

        /** Whether it has no fraction. */
        public boolean isWhole() {
            return value.scale() <= 0;
        }
    }

    /** Truth. */
    record Bool(boolean value) implements Value {
        @Override
        public Type type() {
            return Type.BOOL;
        }
    }

    /** No value, of some type. */
    record Null(Type type) implements Value {}

    /** A value that could not be worked out, because something before it failed. */
    record Unknown(Type type) implements Value {}

    /** Items in order: a list of one type, a sorted set of one type, or a tuple. */
    record Sequence(Type type, List<Value> items) implements Value {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Values by name, sorted by name: a map of one type, or an object. */
    record Mapping(Type type, SortedMap<String, Value> entries) implements Value {
        public Mapping {
            entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        }
    }

    /** Text. */
    static Value string(String text) {
        return new Text(text);
    }

    /** A whole number. */
    static Value number(long number) {
        return new Number(BigDecimal.valueOf(number));
    }

    /** A number. */
    static Value number(BigDecimal number) {
        return new Number(number);
    }

    /** Truth. */
    static Value bool(boolean truth) {
        return new Bool(truth);
    }

    /** The value {@code null} of no particular type. */
    static Value nothing() {
        return new Null(Type.ANY);
    }

    /** A value about which nothing is known. */
    static Value unknown() {
        return new Unknown(Type.ANY);
    }

    /** A tuple. */
    static Value tuple(List<Value> items) {
        return new Sequence(new Type.TupleOf(items.stream().map(Value::type).toList()), items);
    }

    /** A list; every item must be of type {@code element}. */
    static Value list(Type element, List<Value> items) {
        return new Sequence(new Type.ListOf(element), items);
    }

    /** A set; every item must be of type {@code element}. Duplicates vanish, the rest is sorted. */
    static Value set(Type element, Collection<Value> items) {
        TreeSet<Value> sorted = new TreeSet<>(ORDER);
        sorted.addAll(items);
        return new Sequence(new Type.SetOf(element), new ArrayList<>(sorted));
    }

    /** An object. */
    static Value object(Map<String, Value> attributes) {
        SortedMap<String, Type> types = new TreeMap<>();
        attributes.forEach((name, value) -> types.put(name, value.type()));
        return new Mapping(new Type.ObjectOf(types), new TreeMap<>(attributes));
    }

    /** A map; every value must be of type {@code element}. */
    static Value map(Type element, Map<String, Value> entries) {
        return new Mapping(new Type.MapOf(element), new TreeMap<>(entries));
    }

    /** Whether it is null. */
    default boolean isNull() {
        return this instanceof Null;
    }

    /** Whether it and everything in it is known. */
    default boolean isWhollyKnown() {
        return switch (this) {
            case Text _, Number _, Bool _, Null _ -> true;
            case Unknown _ -> false;
            case Sequence sequence -> sequence.items.stream().allMatch(Value::isWhollyKnown);
            case Mapping mapping -> mapping.entries.values().stream().allMatch(Value::isWhollyKnown);
        };
    }

    /** The order in which a set's items stand: numbers by size, text by its UTF-8 bytes, the rest by structure. */
    Comparator<Value> ORDER = Value::compare;

    private static int compare(Value a, Value b) {
        if (a instanceof Text left && b instanceof Text right) {
            return compareText(left.value, right.value);
        }
        if (a instanceof Number left && b instanceof Number right) {
            return left.value.compareTo(right.value);
        }
        if (a instanceof Bool left && b instanceof Bool right) {
            return Boolean.compare(left.value, right.value);
        }
        if (a instanceof Sequence left && b instanceof Sequence right) {
            return compareItems(left.items, right.items);
        }
        if (a instanceof Mapping left && b instanceof Mapping right) {
            return left.equals(right) ? 0 : compareText(left.entries.toString(), right.entries.toString());
        }
        return Integer.compare(rank(a), rank(b));
    }

    private static int compareItems(List<Value> a, List<Value> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static int compareText(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length()) {
            int left = a.codePointAt(i);
            int right = b.codePointAt(i);
            if (left != right) {
                return Integer.compare(left, right);
            }
            i += Character.charCount(left);
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int rank(Value value) {
        return switch (value) {
            case Null _ -> 0;
            case Unknown _ -> 1;
            case Bool _ -> 2;
            case Number _ -> 3;
            case Text _ -> 4;
            case Sequence _ -> 5;
            case Mapping _ -> 6;
        };
    }
}
