package muster.hcl;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/** Steps into values: attributes and indexes, with HCL's messages when there is nothing to step into. */
final class Traversal {
    private static final String NO_ELEMENT = "The given key does not identify an element in this collection value";

    private final Diagnostics diagnostics;

    Traversal(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    Value walk(Value from, List<Expression.Step> steps) {
        Value value = from;
        for (Expression.Step step : steps) {
            value = switch (step) {
                case Expression.Step.Name name -> attribute(value, name.name(), name.range());
                case Expression.Step.Key key -> index(value, key.key(), key.range());
            };
        }
        return value;
    }

    Value attribute(Value value, String name, SourceRange range) {
        return switch (value) {
            case Value.Null _ ->
                fail(
                        "Attempt to get attribute from null value",
                        "This value is null, so it does not have any attributes.",
                        range);
            case Value.Unknown _ -> Value.unknown();
            case Value.Mapping mapping -> {
                Value found = mapping.entries().get(name);
                if (found != null) {
                    yield found;
                }
                yield mapping.type() instanceof Type.MapOf
                        ? fail(
                                "Missing map element",
                                "This map does not have an element with the key \"" + name + "\".",
                                range)
                        : unsupported("This object does not have an attribute named \"" + name + "\".", range);
            }
            case Value.Sequence sequence -> {
                boolean objects = !sequence.items().isEmpty()
                        && sequence.items().stream().allMatch(item -> item instanceof Value.Mapping)
                        && sequence.type() instanceof Type.ListOf;
                yield unsupported(
                        objects
                                ? "Can't access attributes on a list of objects. Did you mean to access attribute \"" + name
                                        + "\" for a specific element of the list, or across all elements of the list?"
                                : "This value does not have any attributes.",
                        range);
            }
            case Value.Text _, Value.Number _, Value.Bool _ ->
                unsupported(
                        "Can't access attributes on a primitive-typed value (" + value.type().friendlyName() + ").", range);
        };
    }

    Value index(Value collection, Value key, SourceRange range) {
        if (collection.isNull()) {
            return fail("Attempt to index null value", "This value is null, so it does not have any indices.", range);
        }
        if (key.isNull()) {
            return fail("Invalid index", "Can't use a null value as an indexing key.", range);
        }
        if (collection instanceof Value.Unknown || key instanceof Value.Unknown) {
            return Value.unknown();
        }
        try {
            return switch (collection) {
                case Value.Sequence sequence when !(sequence.type() instanceof Type.SetOf) -> item(sequence, key, range);
                case Value.Mapping mapping -> entry(mapping, key, range);
                case Value.Sequence _ ->
                    fail("Invalid index", "Elements of a set are identified only by their value and don't have any separate"
                            + " index or key to select with, so it's only possible to perform operations across all"
                            + " elements of the set.", range);
                case Value.Text _, Value.Number _, Value.Bool _, Value.Null _, Value.Unknown _ ->
                    fail("Invalid index", "This value does not have any indices.", range);
            };
        } catch (ConversionException e) {
            return fail("Invalid index", NO_ELEMENT + ": " + e.getMessage() + ".", range);
        }
    }

    private Value item(Value.Sequence sequence, Value key, SourceRange range) throws ConversionException {
        Value.Number number = (Value.Number) Conversion.convert(key, Type.NUMBER);
        int size = sequence.items().size();
        boolean inside = number.isWhole()
                && number.value().signum() >= 0
                && number.value().compareTo(BigDecimal.valueOf(size)) < 0;
        return inside
                ? sequence.items().get(number.value().intValueExact())
                : fail("Invalid index", NO_ELEMENT + ".", range);
    }

    private Value entry(Value.Mapping mapping, Value key, SourceRange range) throws ConversionException {
        Value.Text name = (Value.Text) Conversion.convert(key, Type.STRING);
        Value found = mapping.entries().get(name.value());
        return found != null ? found : fail("Invalid index", NO_ELEMENT + ".", range);
    }

    /** A reference in its plain form: {@code env["HOME"]}, {@code attr.cpu.arch}. */
    static String text(Expression.Reference reference) {
        return reference.root() + reference.steps().stream().map(Traversal::text).collect(Collectors.joining());
    }

    private static String text(Expression.Step step) {
        return switch (step) {
            case Expression.Step.Name name -> "." + name.name();
            case Expression.Step.Key(Value.Text key, SourceRange _) -> "[\"" + key.value() + "\"]";
            case Expression.Step.Key(Value.Number key, SourceRange _) -> "[" + key.text() + "]";
            case Expression.Step.Key(Value.Bool key, SourceRange _) -> "[" + key.value() + "]";
            case Expression.Step.Key _ -> "[null]";
        };
    }

    private Value unsupported(String detail, SourceRange range) {
        return fail("Unsupported attribute", detail, range);
    }

    private Value fail(String summary, String detail, SourceRange range) {
        diagnostics.error(summary, detail, range);
        return Value.unknown();
    }
}
