package muster.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Finds where a text stops being JSON, and says so in the words of Go's encoding/json, which clients compare. Pure; one text, one thread. */
public final class GoSyntax {
    private static final int MAX_DEPTH = 10_000;

    private static final class Fault extends RuntimeException {
        Fault(String message) {
            super(message, null, false, false);
        }
    }

    private final String text;
    private final boolean tokens;
    private int at;

    private GoSyntax(String text, boolean tokens) {
        this.text = text;
        this.tokens = tokens;
    }

    /** What is wrong with the first value of the text; empty where it is one. */
    public static Optional<String> fault(byte[] json) {
        try {
            new GoSyntax(new String(json, StandardCharsets.UTF_8), false).values();
            return Optional.empty();
        } catch (Fault fault) {
            return Optional.of(fault.getMessage());
        }
    }

    /** As {@link #fault}, in the words of whoever reads a value token by token: a text that ends between two of them is at its end. */
    public static Optional<String> tokenFault(byte[] json) {
        try {
            new GoSyntax(new String(json, StandardCharsets.UTF_8), true).values();
            return Optional.empty();
        } catch (Fault fault) {
            return Optional.of(fault.getMessage());
        }
    }

    /** One value, and whatever is inside: by a stack of its own, since a text may nest deeper than a thread's goes. */
    private void values() {
        Deque<Character> open = new ArrayDeque<>();
        boolean empty = begins(open);
        while (!open.isEmpty()) {
            skip();
            if (empty && peek() == close(open.peek())) {
                at++;
                open.pop();
                empty = false;
            } else if (empty || !closed(open)) {
                if (open.peek() == '{') {
                    skip();
                    key(empty);
                }
                empty = begins(open);
            }
        }
    }

    /** Reads a value, or the beginning of an object or list; whether it was such a beginning. */
    private boolean begins(Deque<Character> open) {
        skip();
        char c = token();
        switch (c) {
            case '{', '[' -> {
                open.push(c);
                if (open.size() > MAX_DEPTH) {
                    throw new Fault("exceeded max depth");
                }
                return true;
            }
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> {
                if (c != '-' && (c < '0' || c > '9')) {
                    throw invalid(c, "looking for beginning of value");
                }
                number(c);
            }
        }
        return false;
    }

    private void key(boolean first) {
        char c = token();
        if (c != '"') {
            throw tokens && first ? new Fault("invalid character " + quoted(c)) : invalid(c, "looking for beginning of object key string");
        }
        string();
        skip();
        char colon = token();
        if (colon != ':') {
            throw invalid(colon, "after object key");
        }
    }

    /** After a value: whether its object or list ends here; else a comma was read. */
    private boolean closed(Deque<Character> open) {
        skip();
        char c = token();
        char wanted = close(open.peek());
        if (c == wanted) {
            open.pop();
            return true;
        }
        if (c != ',') {
            throw invalid(c, wanted == '}' ? "after object key:value pair" : "after array element");
        }
        return false;
    }

    private static char close(char open) {
        return open == '{' ? '}' : ']';
    }

    private void string() {
        while (true) {
            char c = next();
            if (c == '"') {
                return;
            }
            if (c < ' ') {
                throw invalid(c, "in string literal");
            }
            if (c == '\\') {
                escape();
            }
        }
    }

    private void escape() {
        char c = next();
        if (c == 'u') {
            for (int i = 0; i < 4; i++) {
                char hex = next();
                if (Character.digit(hex, 16) < 0) {
                    throw invalid(hex, "in \\u hexadecimal character escape");
                }
            }
        } else if ("bfnrt\\/\"".indexOf(c) < 0) {
            throw invalid(c, "in string escape code");
        }
    }

    private void literal(String word) {
        for (int i = 1; i < word.length(); i++) {
            char c = next();
            if (c != word.charAt(i)) {
                throw invalid(c, "in literal " + word + " (expecting " + quoted(word.charAt(i)) + ")");
            }
        }
    }

    private void number(char begins) {
        char c = begins;
        if (c == '-') {
            c = next();
            if (c < '0' || c > '9') {
                throw invalid(c, "in numeric literal");
            }
        }
        if (c != '0') {
            digits();
        }
        if (peek() == '.') {
            at++;
            digit("after decimal point in numeric literal");
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digit("in exponent of numeric literal");
        }
    }

    private void digit(String where) {
        char c = next();
        if (c < '0' || c > '9') {
            throw invalid(c, where);
        }
        digits();
    }

    private void digits() {
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
    }

    private void skip() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    /** The first character of a token. */
    private char token() {
        if (tokens && at >= text.length()) {
            throw new Fault("EOF");
        }
        return next();
    }

    private char next() {
        if (at >= text.length()) {
            throw new Fault("unexpected EOF");
        }
        return text.charAt(at++);
    }

    private static Fault invalid(char c, String where) {
        return new Fault("invalid character " + quoted(c) + " " + where);
    }

    private static String quoted(char c) {
        return switch (c) {
            case '\'' -> "'\\''";
            case '"' -> "'\"'";
            default -> {
                String text = GoQuote.quote(String.valueOf(c));
                yield "'" + text.substring(1, text.length() - 1) + "'";
            }
        };
    }
}
