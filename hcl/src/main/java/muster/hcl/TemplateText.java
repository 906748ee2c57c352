package muster.hcl;

/** Resolves the escapes of literal template text. */
final class TemplateText {
    private TemplateText() {}

    /** {@code $${} and {@code %%{}, the only escapes of heredocs. */
    static String unescapeMarks(String text) {
        return text.indexOf('{') < 0 ? text : text.replace("$${", "${").replace("%%{", "%{");
    }

    /** The text between quotes, backslash escapes included. */
    static String unquote(Token token, Diagnostics diagnostics) {
        String text = token.text();
        if (text.indexOf('\\') < 0) {
            return unescapeMarks(text);
        }
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\\') {
                i += escape(text, i, out, token, diagnostics);
            } else if ((c == '$' || c == '%') && text.startsWith(c + "{", i + 1)) {
                out.append(c).append('{');
                i += 3;
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    /** Appends the meaning of the escape at {@code i} and returns how long it is written. */
    private static int escape(String text, int i, StringBuilder out, Token token, Diagnostics diagnostics) {
        char selector = i + 1 < text.length() ? text.charAt(i + 1) : '\0';
        switch (selector) {
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case '"', '\\' -> out.append(selector);
            case 'u' -> {
                return unicode(text, i, 4, "four", out, token, diagnostics);
            }
            case 'U' -> {
                return unicode(text, i, 8, "eight", out, token, diagnostics);
            }
            default -> {
                String shown = selector == '\0' ? "" : text.substring(i + 1, text.offsetByCodePoints(i + 1, 1));
                diagnostics.error(
                        "Invalid escape sequence",
                        "The symbol \"" + shown + "\" is not a valid escape sequence selector.",
                        place(text, i, 1 + shown.length(), token));
                out.append('\\');
                return 1;
            }
        }
        return 2;
    }

    private static int unicode(
            String text, int i, int digits, String word, StringBuilder out, Token token, Diagnostics diagnostics) {
        int code = 0;
        int at = i + 2;
        while (at < text.length() && at < i + 2 + digits && Character.digit(text.charAt(at), 16) >= 0) {
            code = code << 4 | Character.digit(text.charAt(at), 16);
            at++;
        }
        if (at < i + 2 + digits || !Character.isValidCodePoint(code)) {
            diagnostics.error(
                    "Invalid escape sequence",
                    "The \\" + text.charAt(i + 1) + " escape sequence must be followed by " + word
                            + " hexadecimal digits.",
                    place(text, i, at - i, token));
            out.append(text, i, at);
        } else {
            out.appendCodePoint(code);
        }
        return at - i;
    }

    private static SourceRange place(String text, int from, int length, Token token) {
        Position start = advance(token.range().start(), text, 0, from);
        return new SourceRange(token.range().file(), start, advance(start, text, from, from + length));
    }

    private static Position advance(Position start, String text, int from, int to) {
        String part = text.substring(from, Math.min(to, text.length()));
        int bytes = part.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        return new Position(start.line(), start.column() + part.codePointCount(0, part.length()), start.offset() + bytes);
    }
}
