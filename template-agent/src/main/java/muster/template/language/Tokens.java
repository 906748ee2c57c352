package muster.template.language;

import java.util.List;
import muster.template.language.Token.Kind;

/** The tokens of one source as a parser takes them, and the errors that tell where it stands. Owned by one parser. */
final class Tokens {
    private final String name;
    private final List<Token> tokens;
    private int next;
    private int newest;
    private int actionLine;

    /** @param name the template's, for messages */
    Tokens(String name, List<Token> tokens) {
        this.name = name;
        this.tokens = tokens;
    }

    Token peek() {
        int index = Math.min(next, tokens.size() - 1);
        newest = Math.max(newest, index);
        return tokens.get(index);
    }

    /** The next token; the last one, which is an end or an error, is returned again and again. */
    Token next() {
        Token token = peek();
        next++;
        return token;
    }

    /** Takes the last one back. */
    void back() {
        next--;
    }

    /** Where the parser stands, to {@link #rewind} to. */
    int mark() {
        return next;
    }

    void rewind(int mark) {
        next = mark;
    }

    /** An action began at this line, 0 when it has ended: an unclosed one tells where. */
    void inAction(int line) {
        actionLine = line;
    }

    Token nextNonSpace() {
        skipSpace();
        return next();
    }

    Token peekNonSpace() {
        skipSpace();
        return peek();
    }

    private void skipSpace() {
        while (peek().kind() == Kind.SPACE) {
            next++;
        }
    }

    void expect(Kind kind, String context) {
        Token token = nextNonSpace();
        if (token.kind() != kind) {
            throw unexpected(token, context);
        }
    }

    TemplateException unexpected(Token token, String context) {
        if (token.kind() != Kind.ERROR) {
            return error("unexpected " + token + " in " + context);
        }
        String extra = "";
        if (actionLine != 0 && actionLine != token.line()) {
            extra = (token.text().endsWith(" action") ? " started at " : " in action started at ") + name + ":" + actionLine;
        }
        return error(token.text() + extra);
    }

    TemplateException error(String message) {
        return new TemplateException(
                TemplateException.Phase.PARSE, "template: " + name + ":" + tokens.get(newest).line() + ": " + message);
    }

    /** The text that a literal stands for. */
    String unquote(Token token) {
        try {
            return Quoting.unquote(token.text());
        } catch (Quoting.SyntaxException e) {
            throw error(e.getMessage());
        }
    }
}
