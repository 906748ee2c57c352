package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Types as they are written in {@code type = list(string)}. */
public final class TypeExpression {
    private static final String INVALID = "Invalid type specification";

    private final Diagnostics diagnostics;

    private TypeExpression(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The type that {@code expression} names; {@link Type#ANY} and a diagnostic if it names none. */
    public static Type parse(Expression expression, Diagnostics diagnostics) {
        return new TypeExpression(diagnostics).type(expression);
    }

    private Type type(Expression expression) {
        return switch (expression) {
            case Expression.Reference word when word.steps().isEmpty() -> keyword(word);
            case Expression.Call call -> constructed(call);
            default ->
                fail(
                        "A type specification is either a primitive type keyword (bool, number, string) or a complex type"
                                + " constructor call, like list(string).",
                        expression.range());
        };
    }

    private Type keyword(Expression.Reference word) {
        return switch (word.root()) {
            case "string" -> Type.STRING;
            case "number" -> Type.NUMBER;
            case "bool" -> Type.BOOL;
            case "any" -> Type.ANY;
            case "list", "set", "map" ->
                fail(
                        "The " + word.root() + " type constructor requires one argument specifying the element type.",
                        word.range());
            case "object" ->
                fail(
                        "The object type constructor requires one argument specifying the attribute types and values as a"
                                + " map.",
                        word.range());
            case "tuple" ->
                fail(
                        "The tuple type constructor requires one argument specifying the element types as a list.",
                        word.range());
            default ->
                fail("The keyword \"" + word.root() + "\" is not a valid type specification.", word.range());
        };
    }

    private Type constructed(Expression.Call call) {
        switch (call.name()) {
            case "string", "number", "bool", "any" -> {
                return fail("Primitive type keyword \"" + call.name() + "\" does not expect arguments.", call.range());
            }
            default -> {}
        }
        if (call.arguments().size() != 1) {
            return fail(
                    "The " + call.name() + " type constructor requires one argument specifying the element type.",
                    call.range());
        }
        Expression argument = call.arguments().getFirst();
        return switch (call.name()) {
            case "list" -> new Type.ListOf(type(argument));
            case "set" -> new Type.SetOf(type(argument));
            case "map" -> new Type.MapOf(type(argument));
            case "object" -> object(argument);
            case "tuple" -> tuple(argument);
            default ->
                fail("Keyword \"" + call.name() + "\" is not a valid type constructor.", call.range());
        };
    }

    private Type object(Expression argument) {
        if (!(argument instanceof Expression.ObjectLiteral literal)) {
            return fail("Object type constructor requires a map whose keys are attribute names and whose values are the"
                    + " corresponding attribute types.", argument.range());
        }
        Map<String, Type> attributes = new TreeMap<>();
        for (Expression.ObjectLiteral.Item item : literal.items()) {
            Value key = new Evaluator(diagnostics).evaluate(item.key(), Scope.empty());
            if (key instanceof Value.Text(String name)) {
                attributes.put(name, type(item.value()));
            } else {
                fail("Object constructor map keys must be attribute names.", item.key().range());
            }
        }
        return new Type.ObjectOf(attributes);
    }

    private Type tuple(Expression argument) {
        if (!(argument instanceof Expression.Tuple literal)) {
            return fail("Tuple type constructor requires a list of element types.", argument.range());
        }
        List<Type> elements = new ArrayList<>();
        literal.items().forEach(item -> elements.add(type(item)));
        return new Type.TupleOf(elements);
    }

    private Type fail(String detail, SourceRange range) {
        diagnostics.error(INVALID, detail, range);
        return Type.ANY;
    }
}
