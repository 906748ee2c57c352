package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.hcl.Expression.ObjectLiteral;
import muster.hcl.Token.Kind;

/** Tuples, objects and for expressions; the cursor stands before the opening bracket or brace. */
final class CollectionParser {
    private final TokenCursor cursor;
    private final ExpressionParser expressions;

    CollectionParser(TokenCursor cursor, ExpressionParser expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    Expression tuple() {
        cursor.enterNewlines(false);
        try {
            Token open = cursor.read();
            if (cursor.peek().isWord("for")) {
                return forExpression(open, Kind.CLOSE_BRACKET);
            }
            List<Expression> items = new ArrayList<>();
            Token close;
            while (true) {
                if (cursor.peek().is(Kind.CLOSE_BRACKET)) {
                    close = cursor.read();
                    break;
                }
                int before = cursor.diagnostics.size();
                items.add(expressions.expression());
                if (failed(before)) {
                    close = cursor.recover(Kind.CLOSE_BRACKET);
                    break;
                }
                Token next = cursor.peek();
                if (next.is(Kind.COMMA)) {
                    cursor.read();
                } else if (!next.is(Kind.CLOSE_BRACKET)) {
                    missingItemSeparator(open, next);
                    close = cursor.recover(Kind.CLOSE_BRACKET);
                    break;
                }
            }
            return new Expression.Tuple(items, open.range(), range(open, close));
        } finally {
            cursor.leaveNewlines();
        }
    }

    private void missingItemSeparator(Token open, Token next) {
        if (next.is(Kind.END)) {
            cursor.unexpected(
                    "Unterminated tuple constructor expression",
                    "There is no corresponding closing bracket before the end of the file. This may be caused by"
                            + " incorrect bracket nesting elsewhere in this file.",
                    open.range());
        } else {
            cursor.unexpected(
                    "Missing item separator",
                    "Expected a comma to mark the beginning of the next item.",
                    next.range(),
                    range(open, next));
        }
    }

    Expression object() {
        cursor.enterNewlines(true);
        try {
            Token open = cursor.read();
            skipNewlines();
            if (cursor.peek().isWord("for") && !endsKey(cursor.peekSecond())) {
                cursor.leaveNewlines();
                cursor.enterNewlines(false);
                return forExpression(open, Kind.CLOSE_BRACE);
            }
            List<ObjectLiteral.Item> items = new ArrayList<>();
            Token close = null;
            while (close == null) {
                skipNewlines();
                if (cursor.peek().is(Kind.CLOSE_BRACE)) {
                    close = cursor.read();
                } else if (!item(open, items) || !separator(open)) {
                    close = cursor.recover(Kind.CLOSE_BRACE);
                }
            }
            return new ObjectLiteral(items, open.range(), range(open, close));
        } finally {
            cursor.leaveNewlines();
        }
    }

    private static boolean endsKey(Token token) {
        return token.is(Kind.ASSIGN) || token.is(Kind.COLON);
    }

    private boolean item(Token open, List<ObjectLiteral.Item> items) {
        int before = cursor.diagnostics.size();
        Expression key = key(expressions.expression());
        if (failed(before)) {
            return false;
        }
        Token equals = cursor.peek();
        if (!endsKey(equals)) {
            missingEquals(open, key, equals);
            return false;
        }
        cursor.read();
        Expression value = expressions.expression();
        items.add(new ObjectLiteral.Item(key, value));
        return !failed(before);
    }

    private static Expression key(Expression written) {
        return written instanceof Expression.Reference word && word.steps().isEmpty()
                ? new Expression.Literal(Value.string(word.root()), word.range())
                : written;
    }

    private void missingEquals(Token open, Expression key, Token found) {
        SourceRange context = range(open, found);
        switch (found.kind()) {
            case NEWLINE, COMMA, CLOSE_BRACE ->
                cursor.unexpected(
                        "Missing attribute value",
                        "Expected an attribute value, introduced by an equals sign (\"=\").",
                        found.range(),
                        context);
            case IDENTIFIER ->
                cursor.unexpected(
                        "Missing attribute separator",
                        "Expected a newline or comma to mark the beginning of the next attribute.",
                        found.range(),
                        context);
            case END -> unterminated(open);
            default ->
                cursor.unexpected(
                        "Missing key/value separator",
                        "Expected an equals sign (\"=\") to mark the beginning of the attribute value."
                                + (key instanceof Expression.Reference
                                        ? " If you intended to given an attribute name containing periods or spaces,"
                                                + " write the name in quotes to create a string literal."
                                        : ""),
                        found.range(),
                        context);
        }
    }

    private boolean separator(Token open) {
        Token next = cursor.peek();
        switch (next.kind()) {
            case COMMA, NEWLINE -> cursor.read();
            case CLOSE_BRACE -> {}
            case END -> {
                unterminated(open);
                return false;
            }
            default -> {
                cursor.unexpected(
                        "Missing attribute separator",
                        "Expected a newline or comma to mark the beginning of the next attribute.",
                        next.range(),
                        range(open, next));
                return false;
            }
        }
        return true;
    }

    private void unterminated(Token open) {
        cursor.unexpected(
                "Unterminated object constructor expression",
                "There is no corresponding closing brace before the end of the file. This may be caused by incorrect"
                        + " brace nesting elsewhere in this file.",
                open.range());
    }

    private void skipNewlines() {
        while (cursor.peek().is(Kind.NEWLINE)) {
            cursor.read();
        }
    }

    private Expression forExpression(Token open, Kind end) {
        Token word = cursor.read();
        ForIntroduction introduction = new ForIntroduction(cursor, expressions);
        if (!introduction.read(word)) {
            return ExpressionParser.unknown(range(open, cursor.recover(end)));
        }
        int before = cursor.diagnostics.size();
        if (!expect(Kind.COLON, "For expression requires a colon after the collection expression.")) {
            return ExpressionParser.unknown(range(open, cursor.recover(end)));
        }
        Expression first = expressions.expression();
        Optional<Expression> key = Optional.empty();
        Expression value = first;
        boolean grouped = false;
        if (end == Kind.CLOSE_BRACE && !failed(before)) {
            if (!expect(Kind.FAT_ARROW, "For expression requires a key expression and a value expression, separated by =>.")) {
                return ExpressionParser.unknown(range(open, cursor.recover(end)));
            }
            key = Optional.of(first);
            value = expressions.expression();
            if (cursor.peek().is(Kind.ELLIPSIS)) {
                cursor.read();
                grouped = true;
            }
        }
        Optional<Expression> condition = Optional.empty();
        if (!failed(before) && cursor.peek().isWord("if")) {
            cursor.read();
            condition = Optional.of(expressions.expression());
        }
        if (failed(before)) {
            return ExpressionParser.unknown(range(open, cursor.recover(end)));
        }
        Token close = cursor.peek();
        if (close.is(end)) {
            cursor.read();
        } else {
            cursor.unexpected(
                    "Invalid 'for' expression",
                    "Extra characters after the end of the 'for' expression.",
                    close.range(),
                    range(open, close));
            close = cursor.recover(end);
        }
        return new Expression.For(
                introduction.keyName, introduction.valueName, introduction.collection, key, value, condition, grouped,
                open.range(), range(open, close));
    }

    private boolean expect(Kind kind, String detail) {
        Token token = cursor.peek();
        if (token.is(kind)) {
            cursor.read();
            return true;
        }
        cursor.unexpected("Invalid 'for' expression", detail, token.range());
        cursor.startRecovery();
        return false;
    }

    private boolean failed(int before) {
        return cursor.recovering() && cursor.diagnostics.hasErrorsSince(before);
    }

    private static SourceRange range(Token first, Token last) {
        return SourceRange.between(first.range(), last.range());
    }
}
