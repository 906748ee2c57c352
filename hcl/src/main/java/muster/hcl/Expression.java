package muster.hcl;

import java.util.List;
import java.util.Optional;

/** The syntax tree of a value: what is written, not yet what it means. {@link Evaluator} gives the meaning. */
public sealed interface Expression {
    /** All of it. */
    SourceRange range();

    /** Its beginning, to point at when the whole could span many lines. */
    default SourceRange startRange() {
        return range();
    }

    /** A number, {@code true}, {@code false}, {@code null}, or the literal text of a template. */
    record Literal(Value value, SourceRange range) implements Expression {}

    /** Text with sequences in it; the parts' texts are joined. */
    record Template(List<Expression> parts, SourceRange range) implements Expression {
        public Template {
            parts = List.copyOf(parts);
        }

        @Override
        public SourceRange startRange() {
            return parts.isEmpty() ? range : parts.getFirst().startRange();
        }
    }

    /** A template that is nothing but one interpolation: the value keeps its type. */
    record Wrapped(Expression inner, SourceRange range) implements Expression {
        @Override
        public SourceRange startRange() {
            return inner.startRange();
        }
    }

    /** The texts of a {@code %{for}} directive, joined. */
    record Joined(For items, SourceRange range) implements Expression {}

    /** {@code root.step[step]}. */
    record Reference(String root, List<Step> steps, SourceRange rootRange, SourceRange range) implements Expression {
        public Reference {
            steps = List.copyOf(steps);
        }

        @Override
        public SourceRange startRange() {
            return rootRange;
        }
    }

    /** Steps into the value of another expression. */
    record Relative(Expression source, List<Step> steps, SourceRange range) implements Expression {
        public Relative {
            steps = List.copyOf(steps);
        }

        @Override
        public SourceRange startRange() {
            return source.startRange();
        }
    }

    /** {@code collection[key]} with a computed key. */
    record Index(Expression collection, Expression key, SourceRange bracketRange, SourceRange range)
            implements Expression {
        @Override
        public SourceRange startRange() {
            return collection.startRange();
        }
    }

    /** {@code source[*]…} or {@code source.*…}: {@code each} is evaluated for every item. */
    record Splat(Expression source, Expression each, SourceRange markRange, SourceRange range) implements Expression {
        @Override
        public SourceRange startRange() {
            return source.startRange();
        }
    }

    /** The item at hand, inside {@link Splat#each}. */
    record SplatItem(SourceRange range) implements Expression {}

    /** {@code name(arguments…)}. */
    record Call(
            String name,
            List<Expression> arguments,
            boolean expandsLast,
            SourceRange nameRange,
            SourceRange openRange,
            SourceRange closeRange)
            implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public SourceRange range() {
            return SourceRange.between(nameRange, closeRange);
        }

        @Override
        public SourceRange startRange() {
            return SourceRange.between(nameRange, openRange);
        }
    }

    /** {@code condition ? whenTrue : whenFalse}. */
    record Conditional(Expression condition, Expression whenTrue, Expression whenFalse, SourceRange range)
            implements Expression {
        @Override
        public SourceRange startRange() {
            return condition.startRange();
        }
    }

    /** Two operands. */
    record Binary(BinaryOperator operator, Expression left, Expression right, SourceRange range) implements Expression {
        @Override
        public SourceRange startRange() {
            return left.startRange();
        }
    }

    /** {@code -operand} or {@code !operand}. */
    record Unary(UnaryOperator operator, Expression operand, SourceRange operatorRange, SourceRange range)
            implements Expression {
        @Override
        public SourceRange startRange() {
            return operatorRange;
        }
    }

    /** {@code [items…]}. */
    record Tuple(List<Expression> items, SourceRange openRange, SourceRange range) implements Expression {
        public Tuple {
            items = List.copyOf(items);
        }

        @Override
        public SourceRange startRange() {
            return openRange;
        }
    }

    /** {@code {key = value…}}. */
    record ObjectLiteral(List<Item> items, SourceRange openRange, SourceRange range) implements Expression {
        /** One entry. A key that is a bare word is its own name and stands here as a literal. */
        public record Item(Expression key, Expression value) {}

        public ObjectLiteral {
            items = List.copyOf(items);
        }

        @Override
        public SourceRange startRange() {
            return openRange;
        }
    }

    /** {@code [for k, v in collection : value if condition]}, or with a key the object form. */
    record For(
            Optional<String> keyName,
            String valueName,
            Expression collection,
            Optional<Expression> key,
            Expression value,
            Optional<Expression> condition,
            boolean grouped,
            SourceRange openRange,
            SourceRange range)
            implements Expression {
        @Override
        public SourceRange startRange() {
            return openRange;
        }
    }

    /** {@code (inner)}. */
    record Parenthesized(Expression inner, SourceRange range) implements Expression {}

    /** A step of a traversal. */
    sealed interface Step {
        /** From the dot or bracket to the end of the step. */
        SourceRange range();

        /** {@code .name}. */
        record Name(String name, SourceRange range) implements Step {}

        /** {@code [key]} with a literal key, or the older {@code .0}. */
        record Key(Value key, SourceRange range) implements Step {}
    }

    /** Binary operators. */
    enum BinaryOperator {
        OR,
        AND,
        EQUAL,
        NOT_EQUAL,
        GREATER,
        GREATER_EQUAL,
        LESS,
        LESS_EQUAL,
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        MODULO
    }

    /** Unary operators. */
    enum UnaryOperator {
        NEGATE,
        NOT
    }
}
