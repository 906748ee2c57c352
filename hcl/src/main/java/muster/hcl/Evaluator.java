package muster.hcl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Gives expressions their values. Problems go to the diagnostics and leave an unknown value behind, so that one run
 * reports all of them. Stateless but for its diagnostics; belongs to the thread that uses them.
 */
public final class Evaluator {
    /** Nested loops multiply; an expression that takes more steps than this is refused. */
    private static final int MAX_STEPS = 5_000_000;

    /** A chain of operators is as deep as it is long; deeper ones than this are refused. */
    private static final int MAX_DEPTH = 200;

    private static final int MAX_TEXT = 16 << 20;

    /** What one evaluation and those it starts have used up together. */
    private static final class Spent {
        int steps;
        int depth;
    }

    private final Diagnostics diagnostics;
    private final Traversal traversal;
    private final Spent spent;

    public Evaluator(Diagnostics diagnostics) {
        this(diagnostics, new Spent());
    }

    private Evaluator(Diagnostics diagnostics, Spent spent) {
        this.diagnostics = diagnostics;
        this.traversal = new Traversal(diagnostics);
        this.spent = spent;
    }

    /** One that reports elsewhere but shares the bounds on work with this one: for trying whether something works. */
    public Evaluator reportingTo(Diagnostics other) {
        return new Evaluator(other, spent);
    }

    /** The value of {@code expression} where {@code scope} says what names mean. */
    public Value evaluate(Expression expression, Scope scope) {
        if (++spent.steps > MAX_STEPS || spent.depth > MAX_DEPTH) {
            return fail(
                    "Expression too complex",
                    "Evaluating this takes more than " + MAX_STEPS + " steps, or is nested more than " + MAX_DEPTH
                            + " levels deep. Split it into simpler expressions.",
                    expression.range());
        }
        spent.depth++;
        Value value = meaning(expression, scope);
        spent.depth--;
        return value;
    }

    private Value meaning(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Template template -> template(template, scope);
            case Expression.Wrapped wrapped -> evaluate(wrapped.inner(), scope);
            case Expression.Parenthesized inner -> evaluate(inner.inner(), scope);
            case Expression.Joined joined -> joined(joined, scope);
            case Expression.Reference reference -> reference(reference, scope);
            case Expression.Relative relative -> traversal.walk(evaluate(relative.source(), scope), relative.steps());
            case Expression.Index index ->
                traversal.index(
                        evaluate(index.collection(), scope), evaluate(index.key(), scope), index.bracketRange());
            case Expression.Splat splat -> splat(splat, scope);
            case Expression.SplatItem _ -> scope.currentSplatItem();
            case Expression.Call call -> new CallEvaluation(this, diagnostics).call(call, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Binary binary -> binary(binary, scope);
            case Expression.Unary unary -> unary(unary, scope);
            case Expression.Tuple tuple ->
                Value.tuple(tuple.items().stream().map(item -> evaluate(item, scope)).toList());
            case Expression.ObjectLiteral object -> object(object, scope);
            case Expression.For loop -> new ForEvaluation(this, diagnostics).evaluate(loop, scope);
        };
    }

    private Value reference(Expression.Reference reference, Scope scope) {
        Optional<Value> root = scope.variable(reference.root());
        if (root.isPresent()) {
            return traversal.walk(root.get(), reference.steps());
        }
        if (scope.unresolved().isPresent()) {
            return scope.unresolved().get().resolve(Traversal.text(reference));
        }
        if (scope.variableNames().isEmpty()) {
            return fail("Variables not allowed", "Variables may not be used here.", reference.rootRange());
        }
        return fail(
                "Unknown variable",
                "There is no variable named \"" + reference.root() + "\"."
                        + NameSuggestion.sentence(reference.root(), scope.variableNames()),
                reference.rootRange());
    }

    private Value template(Expression.Template template, Scope scope) {
        StringBuilder text = new StringBuilder();
        boolean known = true;
        for (Expression part : template.parts()) {
            Optional<String> piece = piece(evaluate(part, scope), part);
            known &= piece.isPresent();
            piece.ifPresent(text::append);
        }
        if (text.length() > MAX_TEXT) {
            return fail("Text too long", "The text is longer than " + MAX_TEXT + " characters.", template.range());
        }
        return known ? Value.string(text.toString()) : new Value.Unknown(Type.STRING);
    }

    private Optional<String> piece(Value value, Expression part) {
        if (value.isNull()) {
            diagnostics.error(
                    "Invalid template interpolation value",
                    "The expression result is null. Cannot include a null value in a string template.",
                    part.range());
            return Optional.empty();
        }
        try {
            return Conversion.convert(value, Type.STRING) instanceof Value.Text text
                    ? Optional.of(text.value())
                    : Optional.empty();
        } catch (ConversionException e) {
            diagnostics.error(
                    "Invalid template interpolation value",
                    "Cannot include the given value in a string template: " + e.getMessage() + ".",
                    part.range());
            return Optional.empty();
        }
    }

    private Value joined(Expression.Joined joined, Scope scope) {
        Value items = evaluate(joined.items(), scope);
        if (!(items instanceof Value.Sequence sequence)) {
            return new Value.Unknown(Type.STRING);
        }
        StringBuilder text = new StringBuilder();
        for (Value item : sequence.items()) {
            Optional<String> piece = piece(item, joined.items().value());
            if (piece.isEmpty()) {
                return new Value.Unknown(Type.STRING);
            }
            text.append(piece.get());
        }
        return Value.string(text.toString());
    }

    private Value splat(Expression.Splat splat, Scope scope) {
        Value source = evaluate(splat.source(), scope);
        return switch (source) {
            case Value.Unknown _ -> Value.unknown();
            case Value.Null(Type.ListOf _), Value.Null(Type.SetOf _), Value.Null(Type.TupleOf _) ->
                fail(
                        "Splat of null value",
                        "Splat expressions (with the * symbol) cannot be applied to null sequences.",
                        splat.source().range());
            case Value.Null _ -> Value.tuple(List.of());
            case Value.Sequence sequence -> {
                List<Value> items = each(splat, sequence.items(), scope);
                yield sequence.type() instanceof Type.TupleOf ? Value.tuple(items) : listIfUniform(items);
            }
            case Value.Text _, Value.Number _, Value.Bool _, Value.Mapping _ ->
                Value.tuple(each(splat, List.of(source), scope));
        };
    }

    private List<Value> each(Expression.Splat splat, List<Value> items, Scope scope) {
        return items.stream().map(item -> evaluate(splat.each(), scope.withSplatItem(item))).toList();
    }

    private static Value listIfUniform(List<Value> items) {
        List<Type> types = items.stream().map(Value::type).distinct().toList();
        return types.size() == 1 ? Value.list(types.getFirst(), items) : Value.tuple(items);
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        // The branch not taken must not complain: it often is only valid under the opposite condition.
        Diagnostics ofTrue = new Diagnostics();
        Diagnostics ofFalse = new Diagnostics();
        Value whenTrue = reportingTo(ofTrue).evaluate(conditional.whenTrue(), scope);
        Value whenFalse = reportingTo(ofFalse).evaluate(conditional.whenFalse(), scope);
        Optional<Type> common = Conversion.unify(List.of(whenTrue.type(), whenFalse.type()));
        boolean bothWritten = !(whenTrue instanceof Value.Unknown) && !(whenFalse instanceof Value.Unknown);
        if (common.isEmpty() && bothWritten) {
            return fail(
                    "Inconsistent conditional result types",
                    "The true and false result expressions must have consistent types. The given expressions are "
                            + whenTrue.type().friendlyName() + " and " + whenFalse.type().friendlyName()
                            + ", respectively.",
                    SourceRange.between(conditional.whenTrue().range(), conditional.whenFalse().range()));
        }
        Value condition = evaluate(conditional.condition(), scope);
        if (condition.isNull()) {
            return fail(
                    "Null condition",
                    "The condition value is null. Conditions must either be true or false.",
                    conditional.condition().range());
        }
        if (condition instanceof Value.Unknown) {
            return Value.unknown();
        }
        try {
            if (!(Conversion.convert(condition, Type.BOOL) instanceof Value.Bool(boolean truth))) {
                return Value.unknown();
            }
            Value chosen = truth ? whenTrue : whenFalse;
            diagnostics.addAll((truth ? ofTrue : ofFalse).all());
            return common.isPresent() && chosen.isWhollyKnown() ? unified(chosen, common.get()) : chosen;
        } catch (ConversionException _) {
            return fail(
                    "Incorrect condition type",
                    "The condition expression must be of type bool.",
                    conditional.condition().range());
        }
    }

    private static Value unified(Value chosen, Type common) {
        // Tuples and objects that differ only in length or attributes keep their own shape.
        if (!(common instanceof Type.Primitive) && !(chosen.isNull())) {
            return chosen;
        }
        try {
            return Conversion.convert(chosen, common);
        } catch (ConversionException _) {
            return chosen;
        }
    }

    private Value binary(Expression.Binary binary, Scope scope) {
        Value left = evaluate(binary.left(), scope);
        Value right = evaluate(binary.right(), scope);
        return switch (binary.operator()) {
            case EQUAL, NOT_EQUAL -> {
                if (!left.isWhollyKnown() || !right.isWhollyKnown()) {
                    yield new Value.Unknown(Type.BOOL);
                }
                boolean same = left.isNull() && right.isNull() || left.equals(right);
                yield Value.bool(same == (binary.operator() == Expression.BinaryOperator.EQUAL));
            }
            case OR, AND -> {
                Optional<Value> a = operand(left, Type.BOOL, "left operand", binary.left());
                Optional<Value> b = operand(right, Type.BOOL, "right operand", binary.right());
                yield a.isPresent() && b.isPresent() ? logic(binary.operator(), a.get(), b.get()) : new Value.Unknown(Type.BOOL);
            }
            case GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO -> {
                Optional<Value> a = operand(left, Type.NUMBER, "left operand", binary.left());
                Optional<Value> b = operand(right, Type.NUMBER, "right operand", binary.right());
                yield a.isPresent() && b.isPresent() ? numbers(binary, a.get(), b.get()) : Value.unknown();
            }
        };
    }

    private static Value logic(Expression.BinaryOperator operator, Value a, Value b) {
        if (!(a instanceof Value.Bool(boolean left)) || !(b instanceof Value.Bool(boolean right))) {
            return new Value.Unknown(Type.BOOL);
        }
        return Value.bool(operator == Expression.BinaryOperator.AND ? left && right : left || right);
    }

    private Value numbers(Expression.Binary binary, Value a, Value b) {
        if (!(a instanceof Value.Number(BigDecimal left)) || !(b instanceof Value.Number(BigDecimal right))) {
            return Value.unknown();
        }
        try {
            return switch (binary.operator()) {
                case GREATER -> Value.bool(left.compareTo(right) > 0);
                case GREATER_EQUAL -> Value.bool(left.compareTo(right) >= 0);
                case LESS -> Value.bool(left.compareTo(right) < 0);
                case LESS_EQUAL -> Value.bool(left.compareTo(right) <= 0);
                case ADD -> Value.number(Arithmetic.add(left, right));
                case SUBTRACT -> Value.number(Arithmetic.subtract(left, right));
                case MULTIPLY -> Value.number(Arithmetic.multiply(left, right));
                case DIVIDE -> Value.number(Arithmetic.divide(left, right));
                case MODULO -> Value.number(Arithmetic.remainder(left, right));
                case OR, AND, EQUAL, NOT_EQUAL -> Value.unknown();
            };
        } catch (ConversionException e) {
            return fail("Operation failed", "Error during operation: " + e.getMessage() + ".", binary.range());
        }
    }

    private Value unary(Expression.Unary unary, Scope scope) {
        boolean negates = unary.operator() == Expression.UnaryOperator.NEGATE;
        Value value = evaluate(unary.operand(), scope);
        Optional<Value> operand =
                operand(value, negates ? Type.NUMBER : Type.BOOL, "unary operand", unary.operand());
        return switch (operand.orElse(Value.unknown())) {
            case Value.Number(BigDecimal number) -> Value.number(number.negate());
            case Value.Bool(boolean truth) -> Value.bool(!truth);
            case Value.Text _, Value.Null _, Value.Unknown _, Value.Sequence _, Value.Mapping _ -> Value.unknown();
        };
    }

    private Optional<Value> operand(Value value, Type type, String name, Expression expression) {
        try {
            if (value.isNull()) {
                throw new ConversionException("argument must not be null");
            }
            return Optional.of(Conversion.convert(value, type));
        } catch (ConversionException e) {
            diagnostics.error(
                    "Invalid operand", "Unsuitable value for " + name + ": " + e.getMessage() + ".", expression.range());
            return Optional.empty();
        }
    }

    private Value object(Expression.ObjectLiteral object, Scope scope) {
        Map<String, Value> attributes = new TreeMap<>();
        boolean known = true;
        for (Expression.ObjectLiteral.Item item : object.items()) {
            Value key = evaluate(item.key(), scope);
            Value value = evaluate(item.value(), scope);
            if (key.isNull()) {
                diagnostics.error("Null value as key", "Can't use a null value as a key.", item.key().range());
                known = false;
                continue;
            }
            try {
                if (Conversion.convert(key, Type.STRING) instanceof Value.Text(String name)) {
                    attributes.put(name, value);
                } else {
                    known = false;
                }
            } catch (ConversionException e) {
                diagnostics.error(
                        "Incorrect key type", "Can't use this value as a key: " + e.getMessage() + ".", item.key().range());
                known = false;
            }
        }
        return known ? Value.object(attributes) : Value.unknown();
    }

    private Value fail(String summary, String detail, SourceRange range) {
        diagnostics.error(summary, detail, range);
        return Value.unknown();
    }
}
