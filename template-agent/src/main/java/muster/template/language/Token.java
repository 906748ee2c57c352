package muster.template.language;

import muster.wire.GoQuote;

/**
 * A piece of source.
 *
 * @param position index of its first character in the source
 * @param line of its first character, from 1
 */
record Token(Kind kind, String text, int position, int line) {
    /** Kinds; keywords are those after {@link #DOT}, inclusive. */
    enum Kind {
        ERROR, END_OF_FILE, TEXT, LEFT_DELIMITER, RIGHT_DELIMITER, SPACE, ASSIGN, DECLARE, PIPE, LEFT_PAREN, RIGHT_PAREN,
        CHARACTER, BOOL, CHARACTER_CONSTANT, COMPLEX, NUMBER, STRING, RAW_STRING, IDENTIFIER, FIELD, VARIABLE,
        DOT, BLOCK, BREAK, CONTINUE, DEFINE, ELSE, END, IF, NIL, RANGE, TEMPLATE, WITH
    }

    /** As error messages show it. */
    @Override
    public String toString() {
        if (kind == Kind.END_OF_FILE) {
            return "EOF";
        }
        if (kind == Kind.ERROR) {
            return text;
        }
        if (kind.compareTo(Kind.DOT) >= 0) {
            return "<" + text + ">";
        }
        if (GoText.length(text) > 10) {
            int end = text.offsetByCodePoints(0, Math.min(10, text.codePointCount(0, text.length())));
            return GoQuote.quote(text.substring(0, end)) + "...";
        }
        return GoQuote.quote(text);
    }
}
