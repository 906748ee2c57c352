package muster.hcl;

import java.util.List;
import muster.hcl.Token.Kind;

/** Reads HCL native syntax. Any text is accepted; what is wrong with it is in the diagnostics. */
public final class Hcl {
    private Hcl() {}

    /** Parses a whole file; {@code name} is what ranges call it. */
    public static ParsedFile parse(String name, String text) {
        return parse(name, text, false);
    }

    /**
     * As {@link #parse}, but the first version of the language is understood too: several items on one line, commas
     * between items, quoted names.
     */
    public static ParsedFile parseLenient(String name, String text) {
        return parse(name, text, true);
    }

    private static ParsedFile parse(String name, String text, boolean lenient) {
        Diagnostics diagnostics = new Diagnostics();
        List<Token> tokens = Lexer.code(name, text);
        InvalidTokens.report(tokens, diagnostics);
        Body body = new BodyParser(new TokenCursor(tokens, diagnostics), lenient).file(name);
        return new ParsedFile(name, text, body, diagnostics.all());
    }

    /** Parses a text that is one expression, such as the value of a flag. */
    public static Expression parseExpression(String name, String text, Diagnostics diagnostics) {
        List<Token> tokens = Lexer.code(name, text);
        InvalidTokens.report(tokens, diagnostics);
        TokenCursor cursor = new TokenCursor(tokens, diagnostics);
        cursor.enterNewlines(false);
        Expression expression = new ExpressionParser(cursor).expression();
        Token end = cursor.peek();
        if (!end.is(Kind.END)) {
            cursor.unexpected(
                    "Extra characters after expression",
                    "An expression was successfully parsed, but extra characters were found after it.",
                    end.range());
        }
        return expression;
    }

    /** Parses a text that is a template: literal text with {@code ${…}} and {@code %{…}} sequences. */
    public static Expression parseTemplate(String name, String text, Diagnostics diagnostics) {
        List<Token> tokens = Lexer.template(name, text);
        InvalidTokens.report(tokens, diagnostics);
        TokenCursor cursor = new TokenCursor(tokens, diagnostics);
        return new TemplateParser(cursor).upTo(Kind.END, false, SourceRange.startOf(name));
    }
}
