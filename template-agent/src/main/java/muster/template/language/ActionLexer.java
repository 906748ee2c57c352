package muster.template.language;

import java.util.Map;
import muster.template.language.Token.Kind;
import muster.wire.GoQuote;

/** Single tokens inside an action: names, literals, signs. Owned by one lexer. */
final class ActionLexer {
    private static final Map<String, Kind> KEYWORDS = Map.ofEntries(
            Map.entry("block", Kind.BLOCK), Map.entry("break", Kind.BREAK), Map.entry("continue", Kind.CONTINUE),
            Map.entry("define", Kind.DEFINE), Map.entry("else", Kind.ELSE), Map.entry("end", Kind.END),
            Map.entry("if", Kind.IF), Map.entry("nil", Kind.NIL), Map.entry("range", Kind.RANGE),
            Map.entry("template", Kind.TEMPLATE), Map.entry("with", Kind.WITH));

    private final Cursor at;
    private final String right;
    private int parens;

    ActionLexer(Cursor at, String right) {
        this.at = at;
        this.right = right;
    }

    /** An action begins. */
    void begin() {
        parens = 0;
    }

    boolean hasOpenParens() {
        return parens > 0;
    }

    /** The token that begins with this character, which has been taken already. */
    void token(int c) {
        switch (c) {
            case '=' -> at.emit(Kind.ASSIGN);
            case ':' -> {
                if (at.next() == '=') {
                    at.emit(Kind.DECLARE);
                } else {
                    at.fail("expected :=");
                }
            }
            case '|' -> at.emit(Kind.PIPE);
            case '"' -> quoted();
            case '`' -> rawQuoted();
            case '\'' -> characterConstant();
            case '$' -> fieldOrVariable(Kind.VARIABLE);
            case '(' -> {
                at.emit(Kind.LEFT_PAREN);
                parens++;
            }
            case ')' -> {
                parens--;
                if (parens < 0) {
                    at.fail("unexpected right paren");
                } else {
                    at.emit(Kind.RIGHT_PAREN);
                }
            }
            case '.' -> {
                if (isDigit(at.peek())) {
                    at.position = at.start;
                    number();
                } else {
                    fieldOrVariable(Kind.FIELD);
                }
            }
            default -> {
                if (c == '+' || c == '-' || isDigit(c)) {
                    at.position = at.start;
                    number();
                } else if (isAlphaNumeric(c)) {
                    identifier();
                } else if (c > ' ' && c < 0x7f) {
                    at.emit(Kind.CHARACTER);
                } else {
                    at.fail("unrecognized character in action: " + Quoting.unicode(c));
                }
            }
        }
    }

    private void identifier() {
        while (isAlphaNumeric(at.peek())) {
            at.next();
        }
        if (!atTerminator()) {
            at.fail("bad character " + Quoting.unicode(at.peek()));
            return;
        }
        String word = at.input.substring(at.start, at.position);
        Kind keyword = KEYWORDS.get(word);
        if (keyword != null) {
            at.emit(keyword);
        } else {
            at.emit(word.equals("true") || word.equals("false") ? Kind.BOOL : Kind.IDENTIFIER);
        }
    }

    private void fieldOrVariable(Kind kind) {
        if (atTerminator()) {
            at.emit(kind == Kind.VARIABLE ? Kind.VARIABLE : Kind.DOT);
            return;
        }
        while (isAlphaNumeric(at.peek())) {
            at.next();
        }
        if (atTerminator()) {
            at.emit(kind);
        } else {
            at.fail("bad character " + Quoting.unicode(at.peek()));
        }
    }

    private void quoted() {
        while (true) {
            int c = at.next();
            if (c == '\\') {
                c = at.next();
                if (c != Cursor.END && c != '\n') {
                    continue;
                }
            }
            if (c == Cursor.END || c == '\n') {
                at.fail("unterminated quoted string");
                return;
            }
            if (c == '"') {
                at.emit(Kind.STRING);
                return;
            }
        }
    }

    private void rawQuoted() {
        int end = at.input.indexOf('`', at.position);
        if (end < 0) {
            at.fail("unterminated raw quoted string");
            return;
        }
        at.position = end + 1;
        at.emit(Kind.RAW_STRING);
    }

    private void characterConstant() {
        while (true) {
            int c = at.next();
            if (c == '\\') {
                c = at.next();
                if (c != Cursor.END && c != '\n') {
                    continue;
                }
            }
            if (c == Cursor.END || c == '\n') {
                at.fail("unterminated character constant");
                return;
            }
            if (c == '\'') {
                at.emit(Kind.CHARACTER_CONSTANT);
                return;
            }
        }
    }

    private void number() {
        if (!scanNumber()) {
            at.fail("bad number syntax: " + GoQuote.quote(at.input.substring(at.start, at.position)));
            return;
        }
        if (at.peek() != '+' && at.peek() != '-') {
            at.emit(Kind.NUMBER);
        } else if (scanNumber() && at.input.charAt(at.position - 1) == 'i') {
            at.emit(Kind.COMPLEX);
        } else {
            at.fail("bad number syntax: " + GoQuote.quote(at.input.substring(at.start, at.position)));
        }
    }

    private boolean scanNumber() {
        at.accept("+-");
        String digits = "0123456789_";
        boolean hex = false;
        if (at.accept("0")) {
            if (at.accept("xX")) {
                hex = true;
                digits = "0123456789abcdefABCDEF_";
            } else if (at.accept("oO")) {
                digits = "01234567_";
            } else if (at.accept("bB")) {
                digits = "01_";
            }
        }
        at.acceptRun(digits);
        if (at.accept(".")) {
            at.acceptRun(digits);
        }
        if (digits.length() == 11 && at.accept("eE") || hex && at.accept("pP")) {
            at.accept("+-");
            at.acceptRun("0123456789_");
        }
        at.accept("i");
        if (isAlphaNumeric(at.peek())) {
            at.next();
            return false;
        }
        return true;
    }

    private boolean atTerminator() {
        int c = at.peek();
        return c == Cursor.END || Cursor.isSpace(c) || ".,|:)(".indexOf(c) >= 0 || at.input.startsWith(right, at.position);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isAlphaNumeric(int c) {
        return c == '_' || c != Cursor.END && (Character.isLetter(c) || Character.isDigit(c));
    }
}
