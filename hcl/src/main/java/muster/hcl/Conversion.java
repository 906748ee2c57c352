package muster.hcl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Conversion between types and the common type of several, by cty's rules. */
public final class Conversion {
    private static final int MAX_DIGITS = 4096;

    private Conversion() {}

    /** {@code value} as {@code wanted}. */
    public static Value convert(Value value, Type wanted) throws ConversionException {
        // Comparing the classes first spares the start of a command line the set-up of the records' equals methods.
        if (wanted instanceof Type.Any || value.type().getClass() == wanted.getClass() && value.type().equals(wanted)) {
            return value;
        }
        return switch (value) {
            case Value.Unknown _ -> new Value.Unknown(wanted);
            case Value.Null(Type type) -> {
                if (type instanceof Type.Any || convertible(type, wanted)) {
                    yield new Value.Null(wanted);
                }
                throw mismatch(type, wanted);
            }
            case Value.Text text -> fromText(text, wanted);
            case Value.Number number -> {
                if (wanted == Type.STRING) {
                    yield Value.string(number.text());
                }
                throw mismatch(value.type(), wanted);
            }
            case Value.Bool bool -> {
                if (wanted == Type.STRING) {
                    yield Value.string(Boolean.toString(bool.value()));
                }
                throw mismatch(value.type(), wanted);
            }
            case Value.Sequence sequence -> fromSequence(sequence, wanted);
            case Value.Mapping mapping -> fromMapping(mapping, wanted);
        };
    }

    private static boolean convertible(Type from, Type to) {
        return from instanceof Type.Primitive == to instanceof Type.Primitive;
    }

    private static Value fromText(Value.Text text, Type wanted) throws ConversionException {
        String value = text.value();
        if (wanted == Type.NUMBER) {
            return parseNumber(value).map(Value::number).orElseThrow(() -> new ConversionException("a number is required"));
        }
        if (wanted == Type.BOOL) {
            return switch (value) {
                case "true", "1" -> Value.bool(true);
                case "false", "0" -> Value.bool(false);
                case "True", "TRUE" ->
                    throw new ConversionException("a bool is required; to convert from string, use lowercase \"true\"");
                case "False", "FALSE" ->
                    throw new ConversionException("a bool is required; to convert from string, use lowercase \"false\"");
                default -> throw new ConversionException("a bool is required");
            };
        }
        throw mismatch(Type.STRING, wanted);
    }

    /** A decimal number written as text, if it is one of reasonable size. */
    static Optional<BigDecimal> parseNumber(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return Optional.empty();
        }
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
                return Optional.empty();
            }
        }
        try {
            BigDecimal number = new BigDecimal(text);
            boolean sane = Math.abs((long) number.scale()) <= MAX_DIGITS;
            return sane ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Value fromSequence(Value.Sequence from, Type wanted) throws ConversionException {
        return switch (wanted) {
            case Type.ListOf(Type element) -> {
                Type common = element instanceof Type.Any ? commonElement(from, "list") : element;
                yield Value.list(common, convertItems(from, common));
            }
            case Type.SetOf(Type element) -> {
                Type common = element instanceof Type.Any ? commonElement(from, "set") : element;
                yield Value.set(common, convertItems(from, common));
            }
            case Type.TupleOf(List<Type> elements) when elements.size() == from.items().size() -> {
                List<Value> items = new ArrayList<>();
                for (int i = 0; i < elements.size(); i++) {
                    items.add(element(from.items().get(i), elements.get(i), "element " + i));
                }
                yield Value.tuple(items);
            }
            case Type.TupleOf _, Type.MapOf _, Type.ObjectOf _, Type.Primitive _, Type.Any _ ->
                throw mismatch(from.type(), wanted);
        };
    }

    private static Type commonElement(Value.Sequence from, String kind) throws ConversionException {
        return unify(from.items().stream().map(Value::type).toList())
                .orElseThrow(() -> new ConversionException("all " + kind + " elements must have the same type"));
    }

    private static List<Value> convertItems(Value.Sequence from, Type element) throws ConversionException {
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < from.items().size(); i++) {
            items.add(element(from.items().get(i), element, "element " + i));
        }
        return items;
    }

    private static Value element(Value value, Type wanted, String place) throws ConversionException {
        try {
            return convert(value, wanted);
        } catch (ConversionException e) {
            throw new ConversionException(place + ": " + e.getMessage());
        }
    }

    private static Value fromMapping(Value.Mapping from, Type wanted) throws ConversionException {
        SortedMap<String, Value> converted = new TreeMap<>();
        switch (wanted) {
            case Type.MapOf(Type element) -> {
                Type common = element;
                if (element instanceof Type.Any) {
                    common = unify(from.entries().values().stream().map(Value::type).toList())
                            .orElseThrow(() -> new ConversionException("all map elements must have the same type"));
                }
                for (Map.Entry<String, Value> entry : from.entries().entrySet()) {
                    converted.put(entry.getKey(), element(entry.getValue(), common, "element \"" + entry.getKey() + "\""));
                }
                return Value.map(common, converted);
            }
            case Type.ObjectOf(Map<String, Type> attributes) -> {
                for (Map.Entry<String, Type> attribute : attributes.entrySet()) {
                    Value value = from.entries().get(attribute.getKey());
                    if (value == null) {
                        throw new ConversionException("attribute \"" + attribute.getKey() + "\" is required");
                    }
                    converted.put(
                            attribute.getKey(),
                            element(value, attribute.getValue(), "attribute \"" + attribute.getKey() + "\""));
                }
                return Value.object(converted);
            }
            case Type.ListOf _, Type.SetOf _, Type.TupleOf _, Type.Primitive _, Type.Any _ ->
                throw mismatch(from.type(), wanted);
        }
    }

    private static ConversionException mismatch(Type from, Type wanted) {
        if (from instanceof Type.TupleOf && wanted instanceof Type.TupleOf tuple) {
            return new ConversionException(
                    "incorrect number of elements; expected " + tuple.elements().size());
        }
        return new ConversionException(wanted.constraintName() + " required");
    }

    /** The type all of {@code types} can become without loss: the same, or text where primitives differ. */
    public static Optional<Type> unify(Collection<Type> types) {
        List<Type> known = types.stream().filter(t -> !(t instanceof Type.Any)).distinct().toList();
        if (known.isEmpty()) {
            return Optional.of(Type.ANY);
        }
        if (known.size() == 1) {
            return Optional.of(known.getFirst());
        }
        if (known.stream().allMatch(t -> t instanceof Type.Primitive)) {
            return Optional.of(Type.STRING);
        }
        if (known.stream().allMatch(t -> t instanceof Type.TupleOf || t instanceof Type.ListOf || t instanceof Type.SetOf)) {
            return unifySequences(known);
        }
        if (known.stream().allMatch(t -> t instanceof Type.ObjectOf || t instanceof Type.MapOf)) {
            return unifyMappings(known);
        }
        return Optional.empty();
    }

    private static Optional<Type> unifySequences(List<Type> types) {
        List<Type> elements = new ArrayList<>();
        for (Type type : types) {
            switch (type) {
                case Type.TupleOf tuple -> elements.addAll(tuple.elements());
                case Type.ListOf list -> elements.add(list.element());
                case Type.SetOf set -> elements.add(set.element());
                case Type.MapOf _, Type.ObjectOf _, Type.Primitive _, Type.Any _ -> {
                    return Optional.empty();
                }
            }
        }
        return unify(elements).map(Type.ListOf::new);
    }

    private static Optional<Type> unifyMappings(List<Type> types) {
        List<Type> elements = new ArrayList<>();
        for (Type type : types) {
            switch (type) {
                case Type.ObjectOf object -> elements.addAll(object.attributes().values());
                case Type.MapOf map -> elements.add(map.element());
                case Type.ListOf _, Type.SetOf _, Type.TupleOf _, Type.Primitive _, Type.Any _ -> {
                    return Optional.empty();
                }
            }
        }
        return unify(elements).map(Type.MapOf::new);
    }
}
