package muster.hcl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Expression.BinaryOperator;
import muster.hcl.Expression.Step;
import muster.hcl.Token.Kind;

/** Expressions (HCL native syntax specification, "Expressions"), by recursive descent with bounded depth. */
final class ExpressionParser {
    /** Exponents beyond this are refused: such a number would take the memory when it is written out. */
    private static final int MAX_EXPONENT = 4096;

    /** Operators from the loosest level to the tightest. */
    private static final List<Map<Kind, BinaryOperator>> LEVELS = List.of(
            level(Kind.OR, BinaryOperator.OR),
            level(Kind.AND, BinaryOperator.AND),
            level(Kind.EQUAL, BinaryOperator.EQUAL, Kind.NOT_EQUAL, BinaryOperator.NOT_EQUAL),
            level(
                    Kind.GREATER, BinaryOperator.GREATER, Kind.GREATER_EQUAL, BinaryOperator.GREATER_EQUAL,
                    Kind.LESS, BinaryOperator.LESS, Kind.LESS_EQUAL, BinaryOperator.LESS_EQUAL),
            level(Kind.PLUS, BinaryOperator.ADD, Kind.MINUS, BinaryOperator.SUBTRACT),
            level(
                    Kind.STAR, BinaryOperator.MULTIPLY, Kind.SLASH, BinaryOperator.DIVIDE,
                    Kind.PERCENT, BinaryOperator.MODULO));

    private final TokenCursor cursor;

    ExpressionParser(TokenCursor cursor) {
        this.cursor = cursor;
    }

    private static Map<Kind, BinaryOperator> level(Object... pairs) {
        Map<Kind, BinaryOperator> level = new EnumMap<>(Kind.class);
        for (int i = 0; i < pairs.length; i += 2) {
            level.put((Kind) pairs[i], (BinaryOperator) pairs[i + 1]);
        }
        return level;
    }

    Expression expression() {
        if (!cursor.descend()) {
            cursor.ascend();
            return unknown(cursor.peek().range());
        }
        Expression result = conditional();
        cursor.ascend();
        return result;
    }

    private Expression conditional() {
        int before = cursor.diagnostics.size();
        Expression condition = binary(0);
        if (failed(before) || !cursor.peek().is(Kind.QUESTION)) {
            return condition;
        }
        cursor.read();
        Expression whenTrue = expression();
        if (failed(before)) {
            return condition;
        }
        Token colon = cursor.peek();
        if (!colon.is(Kind.COLON)) {
            cursor.unexpected(
                    "Missing false expression in conditional",
                    "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
                    colon.range(),
                    SourceRange.between(condition.range(), colon.range()));
            return condition;
        }
        cursor.read();
        Expression whenFalse = expression();
        return new Expression.Conditional(
                condition, whenTrue, whenFalse, SourceRange.between(condition.range(), whenFalse.range()));
    }

    private boolean failed(int before) {
        return cursor.recovering() && cursor.diagnostics.hasErrorsSince(before);
    }

    /** Operators of this level and the tighter ones, all of them from left to right. */
    private Expression binary(int loosest) {
        int before = cursor.diagnostics.size();
        Expression left = withTraversals();
        int level = levelOf(cursor.peek().kind());
        while (!failed(before) && level >= loosest) {
            BinaryOperator operator = LEVELS.get(level).get(cursor.read().kind());
            if (!cursor.descend()) {
                cursor.ascend();
                return left;
            }
            Expression right = binary(level + 1);
            cursor.ascend();
            left = new Expression.Binary(operator, left, right, SourceRange.between(left.range(), right.range()));
            level = levelOf(cursor.peek().kind());
        }
        return left;
    }

    private static int levelOf(Kind kind) {
        for (int level = 0; level < LEVELS.size(); level++) {
            if (LEVELS.get(level).containsKey(kind)) {
                return level;
            }
        }
        return -1;
    }

    private Expression withTraversals() {
        Expression source = term();
        while (true) {
            Token token = cursor.peek();
            Optional<Expression> longer =
                    switch (token.kind()) {
                        case DOT -> dot(source);
                        case OPEN_BRACKET -> bracket(source);
                        default -> Optional.empty();
                    };
            if (longer.isEmpty()) {
                return source;
            }
            source = longer.get();
        }
    }

    private Optional<Expression> dot(Expression source) {
        Token dot = cursor.read();
        Token token = cursor.peek();
        switch (token.kind()) {
            case IDENTIFIER -> {
                cursor.read();
                return Optional.of(step(source, new Step.Name(token.text(), range(dot, token))));
            }
            case NUMBER -> {
                cursor.read();
                Expression result = source;
                for (String part : token.text().split("\\.")) {
                    if (part.isEmpty() || part.length() > 9 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                        cursor.unexpected(
                                "Invalid legacy index syntax",
                                "When using the legacy index syntax, only whole numbers may be used as indices.",
                                token.range());
                        cursor.startRecovery();
                        return Optional.empty();
                    }
                    result = step(result, new Step.Key(Value.number(Long.parseLong(part)), range(dot, token)));
                }
                return Optional.of(result);
            }
            case STAR -> {
                cursor.read();
                return Optional.of(attributeSplat(source, range(dot, token)));
            }
            default -> {
                cursor.unexpected(
                        "Invalid attribute name", "An attribute name is required after a dot.", token.range(),
                        range(dot, token));
                cursor.startRecovery();
                return Optional.empty();
            }
        }
    }

    /** After {@code .*} only attribute names belong to each item; an index applies to the result. */
    private Expression attributeSplat(Expression source, SourceRange mark) {
        Expression each = new Expression.SplatItem(mark);
        while (cursor.peek().is(Kind.DOT)) {
            Token second = cursor.peekSecond();
            if (second.is(Kind.STAR)) {
                cursor.read();
                cursor.read();
                cursor.unexpected(
                        "Nested splat expression not allowed",
                        "A splat expression (*) cannot be used inside another attribute-only splat expression.",
                        second.range());
                cursor.startRecovery();
                break;
            }
            Optional<Expression> longer = dot(each);
            if (longer.isEmpty()) {
                break;
            }
            each = longer.get();
        }
        return new Expression.Splat(source, each, mark, SourceRange.between(source.range(), cursor.previousRange()));
    }

    private Optional<Expression> bracket(Expression source) {
        Token open = cursor.peek();
        cursor.enterNewlines(false);
        try {
            cursor.read();
            if (cursor.peek().is(Kind.STAR) && cursor.peekSecond().is(Kind.CLOSE_BRACKET)) {
                cursor.read();
                Token close = cursor.read();
                cursor.leaveNewlines();
                Expression splat = fullSplat(source, range(open, close));
                cursor.enterNewlines(false);
                return Optional.of(splat);
            }
            int before = cursor.diagnostics.size();
            Expression key = expression();
            if (failed(before)) {
                cursor.recover(Kind.CLOSE_BRACKET);
                return Optional.of(source);
            }
            Token close = cursor.read();
            if (!close.is(Kind.CLOSE_BRACKET)) {
                cursor.unexpected(
                        "Missing close bracket on index",
                        "The index operator must end with a closing bracket (\"]\").",
                        close.range());
                close = cursor.recover(Kind.CLOSE_BRACKET);
            }
            SourceRange brackets = range(open, close);
            return Optional.of(literalKey(key)
                    .map(value -> step(source, new Step.Key(value, brackets)))
                    .orElseGet(() -> new Expression.Index(
                            source, key, brackets, SourceRange.between(source.range(), brackets))));
        } finally {
            cursor.leaveNewlines();
        }
    }

    private static Optional<Value> literalKey(Expression key) {
        return switch (key) {
            case Expression.Literal literal -> Optional.of(literal.value());
            case Expression.Template template
            when template.parts().size() == 1
                            && template.parts().getFirst() instanceof Expression.Literal literal -> Optional.of(
                    literal.value());
            default -> Optional.empty();
        };
    }

    /** Everything after {@code [*]}, further splats too, belongs to each item. */
    private Expression fullSplat(Expression source, SourceRange mark) {
        Expression each = new Expression.SplatItem(mark);
        if (!cursor.descend()) {
            cursor.ascend();
            return source;
        }
        while (true) {
            Optional<Expression> longer =
                    switch (cursor.peek().kind()) {
                        case DOT -> dot(each);
                        case OPEN_BRACKET -> bracket(each);
                        default -> Optional.empty();
                    };
            if (longer.isEmpty()) {
                break;
            }
            each = longer.get();
        }
        cursor.ascend();
        return new Expression.Splat(source, each, mark, SourceRange.between(source.range(), cursor.previousRange()));
    }

    private static Expression step(Expression source, Step step) {
        SourceRange range = SourceRange.between(source.range(), step.range());
        return switch (source) {
            case Expression.Reference reference ->
                new Expression.Reference(reference.root(), plus(reference.steps(), step), reference.rootRange(), range);
            case Expression.Relative relative ->
                new Expression.Relative(relative.source(), plus(relative.steps(), step), range);
            default -> new Expression.Relative(source, List.of(step), range);
        };
    }

    private static List<Step> plus(List<Step> steps, Step step) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return longer;
    }

    private Expression term() {
        Token start = cursor.peek();
        return switch (start.kind()) {
            case OPEN_PAREN -> parenthesized();
            case NUMBER -> {
                cursor.read();
                yield number(start);
            }
            case IDENTIFIER -> {
                cursor.read();
                yield cursor.peek().is(Kind.OPEN_PAREN) ? new CallParser(cursor, this).call(start) : word(start);
            }
            case OPEN_QUOTE, OPEN_HEREDOC -> template();
            case MINUS -> unary(Expression.UnaryOperator.NEGATE);
            case BANG -> unary(Expression.UnaryOperator.NOT);
            case OPEN_BRACKET -> new CollectionParser(cursor, this).tuple();
            case OPEN_BRACE -> new CollectionParser(cursor, this).object();
            default -> {
                cursor.unexpected(
                        "Invalid expression",
                        "Expected the start of an expression, but found an invalid expression token.",
                        start.range());
                cursor.startRecovery();
                yield unknown(start.range());
            }
        };
    }

    private static Expression word(Token word) {
        return switch (word.text()) {
            case "true" -> new Expression.Literal(Value.bool(true), word.range());
            case "false" -> new Expression.Literal(Value.bool(false), word.range());
            case "null" -> new Expression.Literal(Value.nothing(), word.range());
            default -> new Expression.Reference(word.text(), List.of(), word.range(), word.range());
        };
    }

    private Expression number(Token token) {
        BigDecimal number = new BigDecimal(clipped(token.text()));
        if (Math.abs((long) number.precision() - number.scale()) > MAX_EXPONENT || Math.abs(number.scale()) > MAX_EXPONENT) {
            cursor.diagnostics.error(
                    "Invalid number literal",
                    "The number is too large or too small: exponents beyond " + MAX_EXPONENT + " are not supported.",
                    token.range());
            return unknown(token.range());
        }
        return new Expression.Literal(Value.number(number), token.range());
    }

    /** BigDecimal refuses exponents of more than ten digits; such a number is out of range in any case. */
    private static String clipped(String number) {
        int exponent = Math.max(number.indexOf('e'), number.indexOf('E'));
        if (exponent < 0 || number.length() - exponent <= 8) {
            return number;
        }
        return number.substring(0, exponent) + (number.charAt(exponent + 1) == '-' ? "e-999999" : "e999999");
    }

    private Expression parenthesized() {
        cursor.enterNewlines(false);
        try {
            Token open = cursor.read();
            int before = cursor.diagnostics.size();
            Expression inner = expression();
            if (failed(before)) {
                cursor.recover(Kind.CLOSE_PAREN);
                return inner;
            }
            Token close = cursor.peek();
            if (!close.is(Kind.CLOSE_PAREN)) {
                cursor.unexpected(
                        "Unbalanced parentheses",
                        "Expected a closing parenthesis to terminate the expression.",
                        close.range(),
                        range(open, close));
                cursor.startRecovery();
                return inner;
            }
            cursor.read();
            return new Expression.Parenthesized(inner, range(open, close));
        } finally {
            cursor.leaveNewlines();
        }
    }

    private Expression unary(Expression.UnaryOperator operator) {
        Token mark = cursor.read();
        if (!cursor.descend()) {
            cursor.ascend();
            return unknown(mark.range());
        }
        // An operand may carry traversals but no binary operator: -a.b + c is (-a.b) + c.
        Expression operand = withTraversals();
        cursor.ascend();
        return new Expression.Unary(
                operator, operand, mark.range(), SourceRange.between(mark.range(), operand.range()));
    }

    private Expression template() {
        Token open = cursor.read();
        boolean heredoc = open.is(Kind.OPEN_HEREDOC);
        Kind end = heredoc ? Kind.CLOSE_HEREDOC : Kind.CLOSE_QUOTE;
        return new TemplateParser(cursor).upTo(end, heredoc && open.text().startsWith("<<-"), open.range());
    }

    /** A quoted text without sequences: a block label. The cursor stands before its opening quote. */
    String plainString() {
        cursor.read();
        StringBuilder text = new StringBuilder();
        while (true) {
            Token token = cursor.read();
            switch (token.kind()) {
                case CLOSE_QUOTE -> {
                    return text.toString();
                }
                case QUOTED_TEXT -> text.append(TemplateText.unquote(token, cursor.diagnostics));
                case INTERPOLATION, DIRECTIVE -> {
                    String mark = token.is(Kind.INTERPOLATION) ? "$" : "%";
                    cursor.unexpected(
                            "Invalid string literal",
                            "Template sequences are not allowed in this string. To include a literal \"" + mark
                                    + "\", double it (as \"" + mark + mark + "\") to escape it.",
                            token.range());
                    cursor.recover(Kind.SEQUENCE_END);
                }
                case END -> {
                    cursor.unexpected(
                            "Unterminated string literal",
                            "Unable to find the closing quote mark before the end of the file.",
                            token.range());
                    cursor.startRecovery();
                    return text.toString();
                }
                default -> {
                    cursor.unexpected(
                            "Invalid string literal",
                            "Quoted strings may not be split over multiple lines.",
                            token.range());
                    cursor.recover(Kind.CLOSE_QUOTE);
                    return text.toString();
                }
            }
        }
    }

    static Expression unknown(SourceRange range) {
        return new Expression.Literal(Value.unknown(), range);
    }

    private static SourceRange range(Token first, Token last) {
        return SourceRange.between(first.range(), last.range());
    }
}
