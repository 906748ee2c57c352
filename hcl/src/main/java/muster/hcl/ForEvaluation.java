package muster.hcl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** For expressions: tuples, objects and grouped objects out of a collection. */
final class ForEvaluation {
    /** Nested loops multiply; more items than this are refused. */
    private static final int MAX_ITEMS = 1_000_000;

    /** A key and a value of the collection that is walked. */
    record Pair(Value key, Value value) {}

    private final Evaluator evaluator;
    private final Diagnostics diagnostics;

    ForEvaluation(Evaluator evaluator, Diagnostics diagnostics) {
        this.evaluator = evaluator;
        this.diagnostics = diagnostics;
    }

    /** The pairs of a collection; empty if it is none. */
    static Optional<List<Pair>> pairs(Value collection) {
        List<Pair> pairs = new ArrayList<>();
        switch (collection) {
            case Value.Sequence sequence -> {
                boolean set = sequence.type() instanceof Type.SetOf;
                for (int i = 0; i < sequence.items().size(); i++) {
                    Value item = sequence.items().get(i);
                    pairs.add(new Pair(set ? item : Value.number(i), item));
                }
            }
            case Value.Mapping mapping ->
                mapping.entries().forEach((key, value) -> pairs.add(new Pair(Value.string(key), value)));
            case Value.Text _, Value.Number _, Value.Bool _, Value.Null _, Value.Unknown _ -> {
                return Optional.empty();
            }
        }
        return Optional.of(pairs);
    }

    Value evaluate(Expression.For loop, Scope scope) {
        Value collection = evaluator.evaluate(loop.collection(), scope);
        if (collection instanceof Value.Unknown) {
            return Value.unknown();
        }
        Optional<List<Pair>> pairs = pairs(collection);
        if (pairs.isEmpty()) {
            return collection.isNull()
                    ? fail(
                            "Iteration over null value",
                            "A null value cannot be used as the collection in a 'for' expression.",
                            loop.collection())
                    : fail(
                            "Iteration over non-iterable value",
                            "A value of type " + collection.type().friendlyName()
                                    + " cannot be used as the collection in a 'for' expression.",
                            loop.collection());
        }
        List<Value> items = new ArrayList<>();
        Map<String, List<Value>> groups = new TreeMap<>();
        boolean known = true;
        for (Pair pair : pairs.get()) {
            Scope inner = scope.with(names(loop, pair));
            Optional<Boolean> wanted = wanted(loop, inner);
            if (wanted.isEmpty()) {
                return Value.unknown();
            }
            if (!wanted.get()) {
                continue;
            }
            if (items.size() >= MAX_ITEMS) {
                return fail("Too many items", "A 'for' expression may produce at most " + MAX_ITEMS + " items.", loop);
            }
            if (loop.key().isEmpty()) {
                items.add(evaluator.evaluate(loop.value(), inner));
            } else {
                known &= entry(loop, inner, groups);
            }
        }
        if (loop.key().isEmpty()) {
            return Value.tuple(items);
        }
        return known ? object(loop, groups) : Value.unknown();
    }

    private static Map<String, Value> names(Expression.For loop, Pair pair) {
        Map<String, Value> names = new LinkedHashMap<>();
        loop.keyName().ifPresent(name -> names.put(name, pair.key()));
        names.put(loop.valueName(), pair.value());
        return names;
    }

    /** Whether the condition holds; empty when that can't be told. */
    private Optional<Boolean> wanted(Expression.For loop, Scope scope) {
        if (loop.condition().isEmpty()) {
            return Optional.of(true);
        }
        Expression condition = loop.condition().get();
        Value value = evaluator.evaluate(condition, scope);
        if (value.isNull()) {
            fail("Condition is null", "The value of the 'if' clause must not be null.", condition);
            return Optional.empty();
        }
        try {
            return Conversion.convert(value, Type.BOOL) instanceof Value.Bool(boolean truth)
                    ? Optional.of(truth)
                    : Optional.empty();
        } catch (ConversionException e) {
            fail("Invalid 'for' condition", "The 'if' clause value is invalid: " + e.getMessage() + ".", condition);
            return Optional.empty();
        }
    }

    private boolean entry(Expression.For loop, Scope scope, Map<String, List<Value>> groups) {
        Expression keyExpression = loop.key().orElseThrow();
        Value key = evaluator.evaluate(keyExpression, scope);
        Value value = evaluator.evaluate(loop.value(), scope);
        if (key.isNull()) {
            fail("Invalid object key", "Key expression in 'for' expression must not produce a null value.", keyExpression);
            return false;
        }
        try {
            if (!(Conversion.convert(key, Type.STRING) instanceof Value.Text(String name))) {
                return false;
            }
            List<Value> group = groups.computeIfAbsent(name, _ -> new ArrayList<>());
            if (!group.isEmpty() && !loop.grouped()) {
                fail(
                        "Duplicate object key",
                        "Two different items produced the key \"" + name + "\" in this 'for' expression. If duplicates are"
                                + " expected, use the ellipsis (...) after the value expression to enable grouping by key.",
                        keyExpression);
                return false;
            }
            group.add(value);
            return true;
        } catch (ConversionException e) {
            fail("Invalid object key", "The key expression produced an invalid result: " + e.getMessage() + ".", keyExpression);
            return false;
        }
    }

    private static Value object(Expression.For loop, Map<String, List<Value>> groups) {
        Map<String, Value> attributes = new TreeMap<>();
        groups.forEach((name, values) -> attributes.put(name, loop.grouped() ? Value.tuple(values) : values.getFirst()));
        return Value.object(attributes);
    }

    private Value fail(String summary, String detail, Expression blamed) {
        diagnostics.error(summary, detail, blamed.range());
        return Value.unknown();
    }
}
