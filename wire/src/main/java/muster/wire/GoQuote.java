package muster.wire;

/** Quoted text as Go's strconv.Quote makes it. */
public final class GoQuote {
    private GoQuote() {}

    /** Double quotes around, Go's escapes inside; printable characters stay. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case 7 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 11 -> out.append("\\v");
                default -> escape(out, c);
            }
        });
        return out.append('"').toString();
    }

    private static void escape(StringBuilder out, int c) {
        if (c == ' ' || isPrintable(c)) {
            out.appendCodePoint(c);
        } else if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\x%02x", c));
        } else if (c < 0x10000) {
            out.append(String.format("\\u%04x", c >= 0xd800 && c < 0xe000 ? 0xfffd : c));
        } else {
            out.append(String.format("\\U%08x", c));
        }
    }

    /** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII blank. */
    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
