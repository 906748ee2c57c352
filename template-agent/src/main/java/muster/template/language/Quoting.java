package muster.template.language;

/** Go's quoted literals, read and written. */
final class Quoting {
    private Quoting() {}

    /** The literal is malformed. */
    static final class SyntaxException extends RuntimeException {
        SyntaxException() {
            super("invalid syntax");
        }
    }

    /** The text of a literal in double quotes or back quotes. */
    static String unquote(String literal) {
        String body = literal.substring(1, literal.length() - 1);
        if (literal.charAt(0) == '`') {
            return body.replace("\r", "");
        }
        Unquoter unquoter = new Unquoter(body, '"');
        StringBuilder text = new StringBuilder(body.length());
        while (unquoter.hasNext()) {
            text.appendCodePoint(unquoter.next());
        }
        String result = text.toString();
        return unquoter.hadBytes ? GoText.of(GoText.bytes(result)) : result;
    }

    /** The character of a literal in single quotes. */
    static int unquoteCharacter(String literal) {
        Unquoter unquoter = new Unquoter(literal.substring(1, literal.length() - 1), '\'');
        if (!unquoter.hasNext()) {
            throw new SyntaxException();
        }
        int c = unquoter.next();
        if (unquoter.hasNext()) {
            throw new MalformedCharacterException(literal);
        }
        return GoText.isEscapedByte(c) ? GoText.escapedByte(c) : c;
    }

    /** More than one character between single quotes. */
    static final class MalformedCharacterException extends RuntimeException {
        MalformedCharacterException(String literal) {
            super("malformed character constant: " + literal);
        }
    }

    private static final class Unquoter {
        private final String body;
        private final char quote;
        private int at;
        private boolean hadBytes;

        Unquoter(String body, char quote) {
            this.body = body;
            this.quote = quote;
        }

        boolean hasNext() {
            return at < body.length();
        }

        int next() {
            int c = body.codePointAt(at);
            at += Character.charCount(c);
            if (c == quote || c == '\n') {
                throw new SyntaxException();
            }
            return c == '\\' ? escape() : c;
        }

        private int escape() {
            char c = at < body.length() ? body.charAt(at++) : 0;
            return switch (c) {
                case 'a' -> 7;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'v' -> 11;
                case '\\' -> '\\';
                case 'x' -> asByte(digits(2, 16));
                case 'u' -> character(digits(4, 16));
                case 'U' -> character(digits(8, 16));
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    at--;
                    yield asByte(digits(3, 8));
                }
                case '\'', '"' -> {
                    if (c != quote) {
                        throw new SyntaxException();
                    }
                    yield c;
                }
                default -> throw new SyntaxException();
            };
        }

        private long digits(int count, int radix) {
            if (at + count > body.length()) {
                throw new SyntaxException();
            }
            long value = 0;
            for (int i = 0; i < count; i++) {
                int digit = Character.digit(body.charAt(at++), radix);
                if (digit < 0) {
                    throw new SyntaxException();
                }
                value = value * radix + digit;
            }
            return value;
        }

        private int asByte(long value) {
            if (value > 0xff) {
                throw new SyntaxException();
            }
            if (value < 0x80) {
                return (int) value;
            }
            hadBytes = true;
            return 0xdc00 + (int) value;
        }

        private int character(long value) {
            if (value > Character.MAX_CODE_POINT || value >= 0xd800 && value < 0xe000) {
                throw new SyntaxException();
            }
            return (int) value;
        }
    }

    /** {@code "text"} with Go's escapes; with {@code ascii}, everything beyond ASCII is escaped too. */
    static String quote(String text, boolean ascii) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> escape(out, c, '"', ascii));
        return out.append('"').toString();
    }

    /** {@code 'c'} with Go's escapes. */
    static String quoteCharacter(int c, boolean ascii) {
        StringBuilder out = new StringBuilder().append('\'');
        boolean valid = Character.isValidCodePoint(c) && !(c >= 0xd800 && c < 0xe000);
        escape(out, valid ? c : GoText.REPLACEMENT, '\'', ascii);
        return out.append('\'').toString();
    }

    /** Whether the text can stand between back quotes. */
    static boolean canBackquote(String text) {
        return text.codePoints().noneMatch(c -> c < ' ' && c != '\t' || c == '`' || c == 0x7f || c == 0xfeff
                || GoText.isEscapedByte(c));
    }

    private static void escape(StringBuilder out, int c, char quote, boolean ascii) {
        if (GoText.isEscapedByte(c)) {
            out.append(String.format("\\x%02x", GoText.escapedByte(c)));
            return;
        }
        if (c == quote || c == '\\') {
            out.append('\\').append((char) c);
            return;
        }
        if (isPrintable(c) && (!ascii || c < 0x80)) {
            out.appendCodePoint(c);
            return;
        }
        switch (c) {
            case 7 -> out.append("\\a");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 11 -> out.append("\\v");
            default -> {
                if (c < ' ' || c == 0x7f) {
                    out.append(String.format("\\x%02x", c));
                } else if (c < 0x10000) {
                    out.append(String.format("\\u%04x", c));
                } else {
                    out.append(String.format("\\U%08x", c));
                }
            }
        }
    }

    /** {@code U+0041 'A'}, as {@code %#U}. */
    static String unicode(int c) {
        return c < 0 ? "U+FFFFFFFFFFFFFFFF" : String.format("U+%04X", c) + (isPrintable(c) ? " '" + Character.toString(c) + "'" : "");
    }

    /** Letters, marks, numbers, punctuation, symbols and the ASCII blank. */
    static boolean isPrintable(int c) {
        if (c == ' ') {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
