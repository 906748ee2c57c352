package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import muster.hcl.Token.Kind;

/** Function calls; the cursor stands before the opening parenthesis. */
final class CallParser {
    private final TokenCursor cursor;
    private final ExpressionParser expressions;

    CallParser(TokenCursor cursor, ExpressionParser expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    Expression call(Token name) {
        cursor.enterNewlines(false);
        try {
            Token open = cursor.read();
            List<Expression> arguments = new ArrayList<>();
            boolean expands = false;
            Token close;
            while (true) {
                if (cursor.peek().is(Kind.CLOSE_PAREN)) {
                    close = cursor.read();
                    break;
                }
                int before = cursor.diagnostics.size();
                arguments.add(expressions.expression());
                if (cursor.recovering() && cursor.diagnostics.hasErrorsSince(before)) {
                    close = cursor.recover(Kind.CLOSE_PAREN);
                    break;
                }
                Token separator = cursor.read();
                if (separator.is(Kind.CLOSE_PAREN)) {
                    close = separator;
                    break;
                }
                if (separator.is(Kind.ELLIPSIS)) {
                    expands = true;
                    close = afterExpansion(name);
                    break;
                }
                if (!separator.is(Kind.COMMA)) {
                    missingSeparator(separator, name);
                    close = cursor.recover(Kind.CLOSE_PAREN);
                    break;
                }
            }
            return new Expression.Call(name.text(), arguments, expands, name.range(), open.range(), close.range());
        } finally {
            cursor.leaveNewlines();
        }
    }

    private Token afterExpansion(Token name) {
        Token next = cursor.peek();
        if (next.is(Kind.CLOSE_PAREN)) {
            return cursor.read();
        }
        cursor.unexpected(
                "Missing closing parenthesis",
                "An expanded function argument (with ...) must be immediately followed by closing parentheses.",
                next.range(),
                SourceRange.between(name.range(), next.range()));
        return cursor.recover(Kind.CLOSE_PAREN);
    }

    private void missingSeparator(Token found, Token name) {
        SourceRange context = SourceRange.between(name.range(), found.range());
        if (found.is(Kind.END)) {
            cursor.unexpected(
                    "Unterminated function call",
                    "There is no closing parenthesis for this function call before the end of the file. This may be"
                            + " caused by incorrect parenthesis nesting elsewhere in this file.",
                    SourceRange.between(name.range(), name.range()));
        } else {
            cursor.unexpected(
                    "Missing argument separator",
                    "A comma is required to separate each function argument from the next.",
                    found.range(),
                    context);
        }
    }
}
