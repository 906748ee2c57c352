package muster.template.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.template.language.Token.Kind;
import muster.wire.GoQuote;

/**
 * Cuts source into tokens. Inside an action blanks are tokens, since Go's grammar needs them between operands. The list
 * ends with END_OF_FILE or with ERROR, whose text is the message.
 */
final class Lexer {
    private static final String LEFT_COMMENT = "/*";
    private static final String RIGHT_COMMENT = "*/";
    private static final int TRIM_MARKER = 2;
    private static final int END = -1;
    private static final Map<String, Kind> KEYWORDS = Map.ofEntries(
            Map.entry("block", Kind.BLOCK), Map.entry("break", Kind.BREAK), Map.entry("continue", Kind.CONTINUE),
            Map.entry("define", Kind.DEFINE), Map.entry("else", Kind.ELSE), Map.entry("end", Kind.END),
            Map.entry("if", Kind.IF), Map.entry("nil", Kind.NIL), Map.entry("range", Kind.RANGE),
            Map.entry("template", Kind.TEMPLATE), Map.entry("with", Kind.WITH));

    private final String input;
    private final String left;
    private final String right;
    private final List<Token> tokens = new ArrayList<>();
    private int start;
    private int position;
    private int line = 1;
    private int startLine = 1;
    private int parens;
    private boolean failed;

    private Lexer(String input, Delimiters delimiters) {
        this.input = input;
        this.left = delimiters.left();
        this.right = delimiters.right();
    }

    static List<Token> tokens(String input, Delimiters delimiters) {
        Lexer lexer = new Lexer(input, delimiters);
        lexer.text();
        return lexer.tokens;
    }

    /** Outside of actions. Each turn consumes an action or comment, so there are at most as many turns as characters. */
    private void text() {
        while (!failed) {
            int action = input.indexOf(left, position);
            if (action < 0) {
                position = input.length();
                emitText(position);
                emit(Kind.END_OF_FILE);
                return;
            }
            position = action;
            boolean trim = hasLeftTrimMarker(action + left.length());
            emitText(trim ? trimmedEnd(start, action) : action);
            position += left.length();
            int afterMarker = position + (trim ? TRIM_MARKER : 0);
            if (input.startsWith(LEFT_COMMENT, afterMarker)) {
                position = afterMarker;
                ignore();
                comment();
            } else {
                emit(Kind.LEFT_DELIMITER);
                position = afterMarker;
                ignore();
                parens = 0;
                action();
            }
        }
    }

    private void emitText(int end) {
        if (end > start) {
            tokens.add(new Token(Kind.TEXT, input.substring(start, end), start, startLine));
        }
        ignore();
    }

    private void comment() {
        int end = input.indexOf(RIGHT_COMMENT, position + LEFT_COMMENT.length());
        if (end < 0) {
            fail("unclosed comment");
            return;
        }
        position = end + RIGHT_COMMENT.length();
        if (!atRightDelimiter()) {
            fail("comment ends before closing delimiter");
            return;
        }
        skipRightDelimiter();
        ignore();
    }

    private void action() {
        while (!failed) {
            if (atRightDelimiter()) {
                if (parens > 0) {
                    fail("unclosed left paren");
                } else {
                    rightDelimiter();
                }
                return;
            }
            int c = next();
            if (c == END) {
                fail("unclosed action");
            } else if (isSpace(c)) {
                if (space()) {
                    return;
                }
            } else {
                token(c);
            }
        }
    }

    private void token(int c) {
        switch (c) {
            case '=' -> emit(Kind.ASSIGN);
            case ':' -> {
                if (next() == '=') {
                    emit(Kind.DECLARE);
                } else {
                    fail("expected :=");
                }
            }
            case '|' -> emit(Kind.PIPE);
            case '"' -> quoted();
            case '`' -> rawQuoted();
            case '\'' -> characterConstant();
            case '$' -> fieldOrVariable(Kind.VARIABLE);
            case '(' -> {
                emit(Kind.LEFT_PAREN);
                parens++;
            }
            case ')' -> {
                parens--;
                if (parens < 0) {
                    fail("unexpected right paren");
                } else {
                    emit(Kind.RIGHT_PAREN);
                }
            }
            case '.' -> {
                if (isDigit(peek())) {
                    position = start;
                    number();
                } else {
                    fieldOrVariable(Kind.FIELD);
                }
            }
            default -> {
                if (c == '+' || c == '-' || isDigit(c)) {
                    position = start;
                    number();
                } else if (isAlphaNumeric(c)) {
                    identifier();
                } else if (c > ' ' && c < 0x7f) {
                    emit(Kind.CHARACTER);
                } else {
                    fail("unrecognized character in action: " + Quoting.unicode(c));
                }
            }
        }
    }

    /** Blanks; a right delimiter with a trim marker may hide behind the last of them. Returns true if it ended the action. */
    private boolean space() {
        int blanks = 1;
        while (isSpace(peek())) {
            next();
            blanks++;
        }
        position--;
        boolean marker = hasRightTrimMarker() && input.startsWith(right, position + TRIM_MARKER);
        if (marker) {
            if (blanks > 1) {
                emit(Kind.SPACE);
            }
            if (parens > 0) {
                fail("unclosed left paren");
            } else {
                rightDelimiter();
            }
            return true;
        }
        position++;
        emit(Kind.SPACE);
        return false;
    }

    private void rightDelimiter() {
        int delimiter = position + (hasRightTrimMarker() ? TRIM_MARKER : 0);
        tokens.add(new Token(Kind.RIGHT_DELIMITER, right, delimiter, startLine));
        skipRightDelimiter();
        ignore();
    }

    private void skipRightDelimiter() {
        boolean trim = hasRightTrimMarker() && input.startsWith(right, position + TRIM_MARKER);
        position += (trim ? TRIM_MARKER : 0) + right.length();
        while (trim && position < input.length() && isSpace(input.charAt(position))) {
            position++;
        }
    }

    private void identifier() {
        while (isAlphaNumeric(peek())) {
            next();
        }
        if (!atTerminator()) {
            fail("bad character " + Quoting.unicode(peek()));
            return;
        }
        String word = input.substring(start, position);
        Kind keyword = KEYWORDS.get(word);
        if (keyword != null) {
            emit(keyword);
        } else {
            emit(word.equals("true") || word.equals("false") ? Kind.BOOL : Kind.IDENTIFIER);
        }
    }

    private void fieldOrVariable(Kind kind) {
        if (atTerminator()) {
            emit(kind == Kind.VARIABLE ? Kind.VARIABLE : Kind.DOT);
            return;
        }
        while (isAlphaNumeric(peek())) {
            next();
        }
        if (atTerminator()) {
            emit(kind);
        } else {
            fail("bad character " + Quoting.unicode(peek()));
        }
    }

    private void quoted() {
        while (true) {
            int c = next();
            if (c == '\\') {
                c = next();
                if (c != END && c != '\n') {
                    continue;
                }
            }
            if (c == END || c == '\n') {
                fail("unterminated quoted string");
                return;
            }
            if (c == '"') {
                emit(Kind.STRING);
                return;
            }
        }
    }

    private void rawQuoted() {
        int end = input.indexOf('`', position);
        if (end < 0) {
            fail("unterminated raw quoted string");
            return;
        }
        position = end + 1;
        emit(Kind.RAW_STRING);
    }

    private void characterConstant() {
        while (true) {
            int c = next();
            if (c == '\\') {
                c = next();
                if (c != END && c != '\n') {
                    continue;
                }
            }
            if (c == END || c == '\n') {
                fail("unterminated character constant");
                return;
            }
            if (c == '\'') {
                emit(Kind.CHARACTER_CONSTANT);
                return;
            }
        }
    }

    private void number() {
        if (!scanNumber()) {
            fail("bad number syntax: " + GoQuote.quote(input.substring(start, position)));
            return;
        }
        if (peek() != '+' && peek() != '-') {
            emit(Kind.NUMBER);
        } else if (scanNumber() && input.charAt(position - 1) == 'i') {
            emit(Kind.COMPLEX);
        } else {
            fail("bad number syntax: " + GoQuote.quote(input.substring(start, position)));
        }
    }

    private boolean scanNumber() {
        accept("+-");
        String digits = "0123456789_";
        boolean hex = false;
        if (accept("0")) {
            if (accept("xX")) {
                hex = true;
                digits = "0123456789abcdefABCDEF_";
            } else if (accept("oO")) {
                digits = "01234567_";
            } else if (accept("bB")) {
                digits = "01_";
            }
        }
        acceptRun(digits);
        if (accept(".")) {
            acceptRun(digits);
        }
        if (digits.length() == 11 && accept("eE") || hex && accept("pP")) {
            accept("+-");
            acceptRun("0123456789_");
        }
        accept("i");
        if (isAlphaNumeric(peek())) {
            next();
            return false;
        }
        return true;
    }

    private boolean accept(String valid) {
        int c = peek();
        if (c != END && valid.indexOf(c) >= 0) {
            next();
            return true;
        }
        return false;
    }

    private void acceptRun(String valid) {
        while (accept(valid)) {
            continue;
        }
    }

    private int peek() {
        return position < input.length() ? input.codePointAt(position) : END;
    }

    private int next() {
        int c = peek();
        if (c != END) {
            position += Character.charCount(c);
        }
        return c;
    }

    private boolean atTerminator() {
        int c = peek();
        return c == END || isSpace(c) || ".,|:)(".indexOf(c) >= 0 || input.startsWith(right, position);
    }

    private boolean atRightDelimiter() {
        return input.startsWith(right, position)
                || hasRightTrimMarker() && input.startsWith(right, position + TRIM_MARKER);
    }

    private boolean hasLeftTrimMarker(int at) {
        return at + 1 < input.length() && input.charAt(at) == '-' && isSpace(input.charAt(at + 1));
    }

    private boolean hasRightTrimMarker() {
        return position + 1 < input.length() && isSpace(input.charAt(position)) && input.charAt(position + 1) == '-';
    }

    private int trimmedEnd(int from, int end) {
        int trimmed = end;
        while (trimmed > from && isSpace(input.charAt(trimmed - 1))) {
            trimmed--;
        }
        return trimmed;
    }

    private void emit(Kind kind) {
        tokens.add(new Token(kind, input.substring(start, position), start, startLine));
        ignore();
    }

    /** Starts the next token here. */
    private void ignore() {
        for (int i = start; i < position; i++) {
            if (input.charAt(i) == '\n') {
                line++;
            }
        }
        start = position;
        startLine = line;
    }

    private void fail(String message) {
        tokens.add(new Token(Kind.ERROR, message, start, startLine));
        failed = true;
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isAlphaNumeric(int c) {
        return c == '_' || c != END && (Character.isLetter(c) || Character.isDigit(c));
    }
}
