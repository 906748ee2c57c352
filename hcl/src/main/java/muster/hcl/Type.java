package muster.hcl;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The type of a value, with the meaning that the cty library gave these words. */
public sealed interface Type {
    /** The name that messages use. */
    String friendlyName();

    /** Text, number or truth. */
    enum Primitive implements Type {
        STRING,
        NUMBER,
        BOOL;

        @Override
        public String friendlyName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Any type: of an unknown or null value, or of a parameter that takes everything. */
    record Any() implements Type {
        @Override
        public String friendlyName() {
            return "dynamic";
        }
    }

    /** Items of one type, in order. */
    record ListOf(Type element) implements Type {
        @Override
        public String friendlyName() {
            return "list of " + element.friendlyName();
        }
    }

    /** Different items of one type, sorted. */
    record SetOf(Type element) implements Type {
        @Override
        public String friendlyName() {
            return "set of " + element.friendlyName();
        }
    }

    /** Values of one type by text. */
    record MapOf(Type element) implements Type {
        @Override
        public String friendlyName() {
            return "map of " + element.friendlyName();
        }
    }

    /** A fixed number of items, each of its own type. */
    record TupleOf(List<Type> elements) implements Type {
        public TupleOf {
            elements = List.copyOf(elements);
        }

        @Override
        public String friendlyName() {
            return "tuple";
        }
    }

    /** Named values, each of its own type. */
    record ObjectOf(Map<String, Type> attributes) implements Type {
        public ObjectOf {
            attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
        }

        @Override
        public String friendlyName() {
            return "object";
        }
    }

    /** Text. */
    Type STRING = Primitive.STRING;

    /** A decimal number of any size. */
    Type NUMBER = Primitive.NUMBER;

    /** Truth. */
    Type BOOL = Primitive.BOOL;

    /** Any type. */
    Type ANY = new Any();

    /** As {@link #friendlyName}, but said of what is asked for: {@code any} type inside a collection is not named. */
    default String constraintName() {
        return switch (this) {
            case ListOf list when list.element instanceof Any -> "list of any single type";
            case SetOf set when set.element instanceof Any -> "set of any single type";
            case MapOf map when map.element instanceof Any -> "map of any single type";
            case Any _ -> "any type";
            case Primitive _, ListOf _, SetOf _, MapOf _, TupleOf _, ObjectOf _ -> friendlyName();
        };
    }
}
