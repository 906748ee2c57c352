package muster.template.language;

import java.util.ArrayList;
import java.util.List;
import muster.template.language.Token.Kind;

/** A place in a source, and the tokens cut from what lies before it. Owned by one lexer. */
final class Cursor {
    static final int END = -1;

    final String input;
    final List<Token> tokens = new ArrayList<>();
    /** Where the token that is being read began. */
    int start;
    int position;
    private int line = 1;
    private int startLine = 1;
    private boolean failed;

    Cursor(String input) {
        this.input = input;
    }

    boolean hasFailed() {
        return failed;
    }

    boolean accept(String valid) {
        int c = peek();
        if (c != END && valid.indexOf(c) >= 0) {
            next();
            return true;
        }
        return false;
    }

    void acceptRun(String valid) {
        while (accept(valid)) {
            continue;
        }
    }

    int peek() {
        return position < input.length() ? input.codePointAt(position) : END;
    }

    int next() {
        int c = peek();
        if (c != END) {
            position += Character.charCount(c);
        }
        return c;
    }

    /** The token that ends here; the next one starts here. */
    void emit(Kind kind) {
        tokens.add(new Token(kind, input.substring(start, position), start, startLine));
        ignore();
    }

    /** Starts the next token here. */
    void ignore() {
        for (int i = start; i < position; i++) {
            if (input.charAt(i) == '\n') {
                line++;
            }
        }
        start = position;
        startLine = line;
    }

    /** An error is the last token. */
    void fail(String message) {
        tokens.add(new Token(Kind.ERROR, message, start, startLine));
        failed = true;
    }

    /** A token of its own making that starts at a given place on the line where the reading began. */
    void add(Kind kind, String text, int at) {
        tokens.add(new Token(kind, text, at, startLine));
    }

    /** What Go's grammar takes for blanks. */
    static boolean isSpace(int c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }
}
