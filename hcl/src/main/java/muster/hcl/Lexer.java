package muster.hcl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import muster.hcl.Token.Kind;

/**
 * Cuts a text into tokens (HCL native syntax specification, "Lexical Elements"). Never fails: what is no token becomes one
 * of the kinds that {@link InvalidTokens} reports. Templates nest code and code nests templates, so a stack of modes says
 * how the next character is read; its depth is bounded only by the length of the text, never by the call stack.
 */
final class Lexer {
    /** How the next characters are read. */
    private sealed interface Mode {
        /** Code; counts braces, so that the one that closes a template sequence is known. */
        final class Code implements Mode {
            final boolean inTemplate;
            int braces;

            Code(boolean inTemplate) {
                this.inTemplate = inTemplate;
            }
        }

        record Quoted() implements Mode {}

        /** Template text up to the end of the file. */
        record Bare() implements Mode {}

        record Heredoc(String marker) implements Mode {}
    }

    private final String file;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Mode> modes = new ArrayDeque<>();
    private int at;
    private int line = 1;
    private int column = 1;
    private int offset;

    private Lexer(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /** The tokens of a body or an expression; the last one is always {@link Kind#END}. */
    static List<Token> code(String file, String text) {
        return new Lexer(file, text).run(new Mode.Code(false));
    }

    /** The tokens of a text that is itself a template, as a heredoc's inside. */
    static List<Token> template(String file, String text) {
        return new Lexer(file, text).run(new Mode.Bare());
    }

    private List<Token> run(Mode first) {
        if (text.startsWith("\uFEFF")) {
            at = 1;
            offset = 3;
        }
        modes.push(first);
        while (at < text.length()) {
            switch (modes.element()) {
                case Mode.Code code -> code(code);
                case Mode.Quoted _ -> quoted();
                case Mode.Bare _ -> literal(Kind.HEREDOC_TEXT, true);
                case Mode.Heredoc heredoc -> heredoc(heredoc);
            }
        }
        emit(Kind.END, 0);
        return tokens;
    }

    private void code(Mode.Code mode) {
        char c = text.charAt(at);
        switch (c) {
            case ' ', '\t' -> skip(run(at, ' ', '\t'));
            case '\r' -> {
                if (peek(1) == '\n') {
                    emit(Kind.NEWLINE, 2);
                } else {
                    emit(Kind.INVALID, 1);
                }
            }
            case '\n' -> emit(Kind.NEWLINE, 1);
            case '#' -> skip(lineLength(at));
            case '/' -> slash();
            case '"' -> {
                emit(Kind.OPEN_QUOTE, 1);
                modes.push(new Mode.Quoted());
            }
            case '{' -> {
                mode.braces++;
                emit(Kind.OPEN_BRACE, 1);
            }
            case '}' -> closeBrace(mode, Kind.CLOSE_BRACE, 1);
            case '~' -> {
                if (mode.inTemplate && mode.braces == 0 && peek(1) == '}') {
                    closeBrace(mode, Kind.SEQUENCE_END, 2);
                } else {
                    emit(Kind.TILDE, 1);
                }
            }
            case '<' -> {
                if (peek(1) != '<' || !openHeredoc()) {
                    operator();
                }
            }
            default -> {
                if (c >= '0' && c <= '9') {
                    emit(Kind.NUMBER, numberLength());
                } else if (isIdentifierStart(text.codePointAt(at))) {
                    emit(Kind.IDENTIFIER, identifierLength(at));
                } else {
                    operator();
                }
            }
        }
    }

    private void closeBrace(Mode.Code mode, Kind kind, int length) {
        if (mode.inTemplate && mode.braces == 0) {
            emit(Kind.SEQUENCE_END, length);
            modes.pop();
        } else {
            mode.braces--;
            emit(kind, length);
        }
    }

    private void slash() {
        if (peek(1) == '/') {
            skip(lineLength(at));
        } else if (peek(1) == '*') {
            int end = text.indexOf("*/", at + 2);
            skip(end < 0 ? text.length() - at : end + 2 - at);
        } else {
            emit(Kind.SLASH, 1);
        }
    }

    private void operator() {
        int code = text.codePointAt(at);
        char next = peek(1);
        switch (code) {
            case '[' -> emit(Kind.OPEN_BRACKET, 1);
            case ']' -> emit(Kind.CLOSE_BRACKET, 1);
            case '(' -> emit(Kind.OPEN_PAREN, 1);
            case ')' -> emit(Kind.CLOSE_PAREN, 1);
            case '*' -> pair(next == '*', Kind.STAR_STAR, Kind.STAR);
            case '+' -> emit(Kind.PLUS, 1);
            case '-' -> emit(Kind.MINUS, 1);
            case '%' -> emit(Kind.PERCENT, 1);
            case '=' -> {
                if (next == '>') {
                    emit(Kind.FAT_ARROW, 2);
                } else {
                    pair(next == '=', Kind.EQUAL, Kind.ASSIGN);
                }
            }
            case '!' -> pair(next == '=', Kind.NOT_EQUAL, Kind.BANG);
            case '<' -> pair(next == '=', Kind.LESS_EQUAL, Kind.LESS);
            case '>' -> pair(next == '=', Kind.GREATER_EQUAL, Kind.GREATER);
            case '&' -> pair(next == '&', Kind.AND, Kind.AMPERSAND);
            case '|' -> pair(next == '|', Kind.OR, Kind.PIPE);
            case '.' -> {
                if (next == '.' && peek(2) == '.') {
                    emit(Kind.ELLIPSIS, 3);
                } else {
                    emit(Kind.DOT, 1);
                }
            }
            case ',' -> emit(Kind.COMMA, 1);
            case '?' -> emit(Kind.QUESTION, 1);
            case ':' -> emit(Kind.COLON, 1);
            case '^' -> emit(Kind.CARET, 1);
            case '\'' -> emit(Kind.APOSTROPHE, 1);
            case '`' -> emit(Kind.BACKTICK, 1);
            case ';' -> emit(Kind.SEMICOLON, 1);
            default -> emit(Kind.INVALID, Character.charCount(code));
        }
    }

    private void pair(boolean both, Kind two, Kind one) {
        emit(both ? two : one, both ? 2 : 1);
    }

    private void quoted() {
        char c = text.charAt(at);
        if (c == '"') {
            emit(Kind.CLOSE_QUOTE, 1);
            modes.pop();
        } else if (c == '\n' || c == '\r' && peek(1) == '\n') {
            emit(Kind.QUOTED_NEWLINE, c == '\n' ? 1 : 2);
        } else {
            literal(Kind.QUOTED_TEXT, false);
        }
    }

    /** A sequence mark, or the literal text up to the next one, the closing quote or the end of the line. */
    private void literal(Kind kind, boolean lines) {
        char first = text.charAt(at);
        if ((first == '$' || first == '%') && peek(1) == '{') {
            emit(first == '$' ? Kind.INTERPOLATION : Kind.DIRECTIVE, peek(2) == '~' ? 3 : 2);
            modes.push(new Mode.Code(true));
            return;
        }
        int i = at;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (lines && c == '\n') {
                i++;
                break;
            }
            if (!lines && (c == '"' || c == '\n' || c == '\r' && charAt(i + 1) == '\n')) {
                break;
            }
            if (!lines && c == '\\' && i + 1 < text.length() && charAt(i + 1) != '\n' && charAt(i + 1) != '\r') {
                i += 2;
            } else if ((c == '$' || c == '%') && charAt(i + 1) == c && charAt(i + 2) == '{') {
                i += 3;
            } else if ((c == '$' || c == '%') && charAt(i + 1) == '{') {
                break;
            } else {
                i++;
            }
        }
        emit(kind, Math.max(1, i - at));
    }

    private boolean openHeredoc() {
        int i = at + 2;
        if (charAt(i) == '-') {
            i++;
        }
        if (i >= text.length() || !isIdentifierStart(text.codePointAt(i))) {
            return false;
        }
        int length = identifierLength(i);
        String marker = text.substring(i, i + length);
        i += length;
        if (charAt(i) == '\r') {
            i++;
        }
        if (charAt(i) != '\n') {
            return false;
        }
        emit(Kind.OPEN_HEREDOC, i + 1 - at);
        modes.push(new Mode.Heredoc(marker));
        return true;
    }

    private void heredoc(Mode.Heredoc mode) {
        if (at > 0 && text.charAt(at - 1) == '\n') {
            int end = text.indexOf('\n', at);
            if (end >= 0 && text.substring(at, end).strip().equals(mode.marker)) {
                int length = end - at;
                if (text.charAt(end - 1) == '\r') {
                    length--;
                }
                emit(Kind.CLOSE_HEREDOC, length);
                modes.pop();
                return;
            }
        }
        literal(Kind.HEREDOC_TEXT, true);
    }

    private int numberLength() {
        int i = digits(at);
        if (charAt(i) == '.' && isDigit(charAt(i + 1))) {
            i = digits(i + 1);
        }
        if (charAt(i) == 'e' || charAt(i) == 'E') {
            int exponent = i + 1;
            if (charAt(exponent) == '+' || charAt(exponent) == '-') {
                exponent++;
            }
            if (isDigit(charAt(exponent))) {
                i = digits(exponent);
            }
        }
        return i - at;
    }

    private int digits(int from) {
        int i = from;
        while (isDigit(charAt(i))) {
            i++;
        }
        return i;
    }

    private int identifierLength(int from) {
        int i = from;
        while (i < text.length() && isIdentifierPart(text.codePointAt(i))) {
            i += Character.charCount(text.codePointAt(i));
        }
        return i - from;
    }

    /** Whether a whole text is one identifier. */
    static boolean isIdentifier(String word) {
        return !word.isEmpty()
                && isIdentifierStart(word.codePointAt(0))
                && word.codePoints().allMatch(Lexer::isIdentifierPart);
    }

    private static boolean isIdentifierStart(int c) {
        return c == '_' || Character.isUnicodeIdentifierStart(c);
    }

    private static boolean isIdentifierPart(int c) {
        return c == '-' || Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private int run(int from, char a, char b) {
        int i = from;
        while (i < text.length() && (text.charAt(i) == a || text.charAt(i) == b)) {
            i++;
        }
        return i - from;
    }

    private int lineLength(int from) {
        int end = text.indexOf('\n', from);
        if (end < 0) {
            return text.length() - from;
        }
        return (end > from && text.charAt(end - 1) == '\r' ? end - 1 : end) - from;
    }

    private char peek(int ahead) {
        return charAt(at + ahead);
    }

    private char charAt(int i) {
        return i < text.length() ? text.charAt(i) : '\0';
    }

    private void skip(int length) {
        advance(length);
    }

    private void emit(Kind kind, int length) {
        Position start = position();
        String part = text.substring(at, at + length);
        advance(length);
        tokens.add(new Token(kind, part, new SourceRange(file, start, position())));
    }

    private Position position() {
        return new Position(line, column, offset);
    }

    private void advance(int length) {
        int end = at + length;
        while (at < end) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            offset += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (c == '\n') {
                line++;
                column = 1;
            } else if (c < 0x80 ? c != '\r' || charAt(at) != '\n' : startsCharacter(c)) {
                column++;
            }
        }
    }

    /** Combining marks, joiners and variation selectors belong to the character before them. */
    private static boolean startsCharacter(int c) {
        int type = Character.getType(c);
        return type != Character.NON_SPACING_MARK && type != Character.ENCLOSING_MARK && c != 0x200D;
    }
}
