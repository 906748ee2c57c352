package muster.hcl;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads JSON with the place of every value; used for HCL's JSON syntax, whose messages point at keys and values. */
final class JsonText {
    /** A value with its place. */
    sealed interface Node {
        SourceRange range();

        record Text(String value, SourceRange range) implements Node {}

        record Number(BigDecimal value, SourceRange range) implements Node {}

        record Bool(boolean value, SourceRange range) implements Node {}

        record Nothing(SourceRange range) implements Node {}

        record Array(List<Node> items, SourceRange range) implements Node {}

        record Dictionary(List<Member> members, SourceRange range) implements Node {}
    }

    /** A name and its value, in source order; names may repeat. */
    record Member(String name, SourceRange nameRange, Node value) {}

    private static final int MAX_DEPTH = 60;

    private final String file;
    private final String text;
    private final Diagnostics diagnostics;
    private int at;
    private int line = 1;
    private int column = 1;
    private int offset;
    private int depth;
    private boolean failed;

    private JsonText(String file, String text, Diagnostics diagnostics) {
        this.file = file;
        this.text = text;
        this.diagnostics = diagnostics;
    }

    /** The value that is the whole text; empty when it is none, which is then reported. */
    static Optional<Node> parse(String file, String text, Diagnostics diagnostics) {
        JsonText reader = new JsonText(file, text, diagnostics);
        reader.blanks();
        Node node = reader.value();
        reader.blanks();
        if (!reader.failed && reader.at < text.length()) {
            reader.fail("Extraneous data after value", "Extra characters appear after the JSON value.");
        }
        return reader.failed ? Optional.empty() : Optional.of(node);
    }

    private Node value() {
        Position start = position();
        if (at >= text.length()) {
            return fail("Missing JSON value", "The JSON data ends prematurely.");
        }
        char c = text.charAt(at);
        if (++depth > MAX_DEPTH) {
            return fail("Nesting too deep", "JSON values may be nested at most " + MAX_DEPTH + " levels deep.");
        }
        Node node = switch (c) {
            case '{' -> dictionary(start);
            case '[' -> array(start);
            case '"' -> {
                String value = string();
                yield new Node.Text(value, since(start));
            }
            case 't', 'f', 'n' -> keyword(start);
            default -> number(start);
        };
        depth--;
        return node;
    }

    private Node keyword(Position start) {
        for (String word : List.of("true", "false", "null")) {
            if (text.startsWith(word, at)) {
                advance(word.length());
                return word.equals("null") ? new Node.Nothing(since(start)) : new Node.Bool(word.equals("true"), since(start));
            }
        }
        return fail("Invalid JSON keyword", "A JSON keyword must be true, false or null.");
    }

    private Node number(Position start) {
        int end = at;
        while (end < text.length() && "+-0123456789.eE".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        Optional<BigDecimal> number = Conversion.parseNumber(text.substring(at, end));
        if (number.isEmpty()) {
            return fail("Invalid JSON value", "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.");
        }
        advance(end - at);
        return new Node.Number(number.get(), since(start));
    }

    private Node array(Position start) {
        List<Node> items = new ArrayList<>();
        advance(1);
        blanks();
        while (!failed && !take(']')) {
            items.add(value());
            blanks();
            if (!failed && !take(',') && peek() != ']') {
                return fail("Missing comma", "A comma is required between JSON array items.");
            }
            blanks();
        }
        return new Node.Array(items, since(start));
    }

    private Node dictionary(Position start) {
        List<Member> members = new ArrayList<>();
        advance(1);
        blanks();
        while (!failed && !take('}')) {
            if (peek() != '"') {
                return fail("Invalid object key", "A JSON object key must be a quoted string.");
            }
            Position nameStart = position();
            String name = string();
            SourceRange nameRange = since(nameStart);
            blanks();
            if (!failed && !take(':')) {
                return fail("Missing property value colon", "A colon must appear between an object property's name and its value.");
            }
            blanks();
            if (!failed) {
                members.add(new Member(name, nameRange, value()));
            }
            blanks();
            if (!failed && !take(',') && peek() != '}') {
                return fail("Missing property separator", "A comma must appear between each property definition in an object.");
            }
            blanks();
        }
        return new Node.Dictionary(members, since(start));
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        advance(1);
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                advance(1);
                return out.toString();
            } else if (c == '\\') {
                escape(out);
            } else if (c < 0x20) {
                break;
            } else {
                out.append(c);
                advance(1);
            }
        }
        fail("Invalid JSON string", "The string is not terminated or holds a control character.");
        return out.toString();
    }

    private void escape(StringBuilder out) {
        char selector = at + 1 < text.length() ? text.charAt(at + 1) : '\0';
        int simple = "\"\\/bfnrt".indexOf(selector);
        if (simple >= 0) {
            out.append("\"\\/\b\f\n\r\t".charAt(simple));
            advance(2);
            return;
        }
        if (selector == 'u' && at + 6 <= text.length()) {
            String digits = text.substring(at + 2, at + 6);
            if (digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                out.append((char) Integer.parseInt(digits, 16));
                advance(6);
                return;
            }
        }
        fail("Invalid JSON string", "The backslash is not followed by a valid escape sequence.");
        at = text.length();
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            advance(1);
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(char c) {
        if (peek() == c && at < text.length()) {
            advance(1);
            return true;
        }
        return false;
    }

    private Node fail(String summary, String detail) {
        Position here = position();
        SourceRange range = new SourceRange(file, here, here);
        if (!failed) {
            diagnostics.error(summary, detail, range);
        }
        failed = true;
        return new Node.Nothing(range);
    }

    private SourceRange since(Position start) {
        return new SourceRange(file, start, position());
    }

    private Position position() {
        return new Position(line, column, offset);
    }

    private void advance(int chars) {
        for (int end = Math.min(at + chars, text.length()); at < end; at++) {
            char c = text.charAt(at);
            offset += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            if (c == '\n') {
                line++;
                column = 1;
            } else if (!Character.isLowSurrogate(c)) {
                column++;
            }
        }
    }
}
