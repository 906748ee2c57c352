package muster.hcl;

import java.util.Optional;
import muster.hcl.Token.Kind;

/** {@code k, v in collection}, the part that for expressions and {@code %{for}} directives share. */
final class ForIntroduction {
    private final TokenCursor cursor;
    private final ExpressionParser expressions;
    Optional<String> keyName = Optional.empty();
    String valueName = "";
    Expression collection;

    ForIntroduction(TokenCursor cursor, ExpressionParser expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    /** Reads up to and with the collection; false when it can't be understood, which is then reported. */
    boolean read(Token word) {
        Token name = cursor.peek();
        if (!name.is(Kind.IDENTIFIER)) {
            return refuse("For expression requires variable name after 'for'.", name);
        }
        cursor.read();
        valueName = name.text();
        if (cursor.peek().is(Kind.COMMA)) {
            cursor.read();
            Token second = cursor.peek();
            if (!second.is(Kind.IDENTIFIER)) {
                return refuse("For expression requires value variable name after comma.", second);
            }
            cursor.read();
            keyName = Optional.of(name.text());
            valueName = second.text();
        }
        Token in = cursor.peek();
        if (!in.isWord("in")) {
            return refuse("For expression requires the 'in' keyword after its name declarations.", in);
        }
        cursor.read();
        int before = cursor.diagnostics.size();
        collection = expressions.expression();
        return !(cursor.recovering() && cursor.diagnostics.hasErrorsSince(before));
    }

    private boolean refuse(String detail, Token found) {
        cursor.unexpected("Invalid 'for' expression", detail, found.range());
        cursor.startRecovery();
        return false;
    }
}
