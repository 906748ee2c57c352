package muster.template.language;

import java.util.List;
import muster.template.language.Token.Kind;

/**
 * Cuts source into tokens. Inside an action blanks are tokens, since Go's grammar needs them between operands. The list
 * ends with END_OF_FILE or with ERROR, whose text is the message.
 */
final class Lexer {
    private static final String LEFT_COMMENT = "/*";
    private static final String RIGHT_COMMENT = "*/";
    private static final int TRIM_MARKER = 2;

    private final Cursor at;
    private final String left;
    private final String right;
    private final ActionLexer inside;

    private Lexer(String input, Delimiters delimiters) {
        this.at = new Cursor(input);
        this.left = delimiters.left();
        this.right = delimiters.right();
        this.inside = new ActionLexer(at, right);
    }

    static List<Token> tokens(String input, Delimiters delimiters) {
        Lexer lexer = new Lexer(input, delimiters);
        lexer.text();
        return lexer.at.tokens;
    }

    /** Outside of actions. Each turn consumes an action or comment, so there are at most as many turns as characters. */
    private void text() {
        while (!at.hasFailed()) {
            int action = at.input.indexOf(left, at.position);
            if (action < 0) {
                at.position = at.input.length();
                emitText(at.position);
                at.emit(Kind.END_OF_FILE);
                return;
            }
            at.position = action;
            boolean trim = hasLeftTrimMarker(action + left.length());
            emitText(trim ? trimmedEnd(at.start, action) : action);
            at.position += left.length();
            int afterMarker = at.position + (trim ? TRIM_MARKER : 0);
            if (at.input.startsWith(LEFT_COMMENT, afterMarker)) {
                at.position = afterMarker;
                at.ignore();
                comment();
            } else {
                at.emit(Kind.LEFT_DELIMITER);
                at.position = afterMarker;
                at.ignore();
                inside.begin();
                action();
            }
        }
    }

    private void emitText(int end) {
        if (end > at.start) {
            at.add(Kind.TEXT, at.input.substring(at.start, end), at.start);
        }
        at.ignore();
    }

    private void comment() {
        int end = at.input.indexOf(RIGHT_COMMENT, at.position + LEFT_COMMENT.length());
        if (end < 0) {
            at.fail("unclosed comment");
            return;
        }
        at.position = end + RIGHT_COMMENT.length();
        if (!atRightDelimiter()) {
            at.fail("comment ends before closing delimiter");
            return;
        }
        skipRightDelimiter();
        at.ignore();
    }

    private void action() {
        while (!at.hasFailed()) {
            if (atRightDelimiter()) {
                if (inside.hasOpenParens()) {
                    at.fail("unclosed left paren");
                } else {
                    rightDelimiter();
                }
                return;
            }
            int c = at.next();
            if (c == Cursor.END) {
                at.fail("unclosed action");
            } else if (Cursor.isSpace(c)) {
                if (space()) {
                    return;
                }
            } else {
                inside.token(c);
            }
        }
    }

    /** Blanks; a right delimiter with a trim marker may hide behind the last of them. Returns true if it ended the action. */
    private boolean space() {
        int blanks = 1;
        while (Cursor.isSpace(at.peek())) {
            at.next();
            blanks++;
        }
        at.position--;
        boolean marker = hasRightTrimMarker() && at.input.startsWith(right, at.position + TRIM_MARKER);
        if (marker) {
            if (blanks > 1) {
                at.emit(Kind.SPACE);
            }
            if (inside.hasOpenParens()) {
                at.fail("unclosed left paren");
            } else {
                rightDelimiter();
            }
            return true;
        }
        at.position++;
        at.emit(Kind.SPACE);
        return false;
    }

    private void rightDelimiter() {
        int delimiter = at.position + (hasRightTrimMarker() ? TRIM_MARKER : 0);
        at.add(Kind.RIGHT_DELIMITER, right, delimiter);
        skipRightDelimiter();
        at.ignore();
    }

    private void skipRightDelimiter() {
        boolean trim = hasRightTrimMarker() && at.input.startsWith(right, at.position + TRIM_MARKER);
        at.position += (trim ? TRIM_MARKER : 0) + right.length();
        while (trim && at.position < at.input.length() && Cursor.isSpace(at.input.charAt(at.position))) {
            at.position++;
        }
    }

    private boolean atRightDelimiter() {
        return at.input.startsWith(right, at.position)
                || hasRightTrimMarker() && at.input.startsWith(right, at.position + TRIM_MARKER);
    }

    private boolean hasLeftTrimMarker(int place) {
        return place + 1 < at.input.length() && at.input.charAt(place) == '-' && Cursor.isSpace(at.input.charAt(place + 1));
    }

    private boolean hasRightTrimMarker() {
        return at.position + 1 < at.input.length() && Cursor.isSpace(at.input.charAt(at.position)) && at.input.charAt(at.position + 1) == '-';
    }

    private int trimmedEnd(int from, int end) {
        int trimmed = end;
        while (trimmed > from && Cursor.isSpace(at.input.charAt(trimmed - 1))) {
            trimmed--;
        }
        return trimmed;
    }
}
