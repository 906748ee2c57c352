package muster.hcl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import muster.hcl.Formatter.Piece;
import muster.hcl.Token.Kind;

/** The lines of a file, and the blanks in them. Pure; used once. */
final class FormattedLines {
    private static final int INDENT = 2;

    /**
     * One line in up to three columns.
     *
     * @param setting from the equals sign on, where the line is a setting whose value ends on it; "" otherwise
     * @param comment at the end; "" where there is none, or nothing else
     * @param end the line's end as it was; "" at the end of the file
     */
    private record Line(int indent, String lead, String setting, String comment, String end) {
        int width(int leadWidth) {
            return INDENT * indent + (setting.isEmpty() ? columns(lead) : leadWidth + 1 + columns(setting));
        }
    }

    private final List<Line> lines = new ArrayList<>();
    /** How many brackets each line that left some open has left open. */
    private final Deque<Integer> open = new ArrayDeque<>();
    private Piece beforeLast;
    private Piece last;
    private boolean afterComment;

    FormattedLines(List<Piece> pieces) {
        List<Piece> line = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece.is(Kind.NEWLINE)) {
                lines.add(line(line, piece.text()));
                line.clear();
            } else {
                line.add(piece);
            }
        }
        lines.add(line(line, ""));
    }

    private Line line(List<Piece> pieces, String end) {
        int indent = indent(pieces.stream().mapToInt(Piece::nesting).sum());
        boolean commented = pieces.size() > 1 && pieces.getLast().comment();
        List<Piece> code = commented ? pieces.subList(0, pieces.size() - 1) : pieces;
        int equals = setting(code);
        String lead = spaced(code.subList(0, equals));
        String setting = spaced(code.subList(equals, code.size()));
        return new Line(indent, lead, setting, commented ? pieces.getLast().text() : "", end);
    }

    /** How deep a line is in that leaves so many brackets open, or closes so many of lines before. */
    private int indent(int net) {
        if (net > 0) {
            int depth = open.size();
            open.push(net);
            return depth;
        }
        int closed = -net;
        while (closed > 0 && !open.isEmpty()) {
            int innermost = open.pop();
            if (innermost > closed) {
                open.push(innermost - closed);
            }
            closed = Math.max(0, closed - innermost);
        }
        return open.size();
    }

    /** Where the equals sign of a setting is whose value ends on this line; the line's length where there is none. */
    private static int setting(List<Piece> line) {
        for (int i = 1; i < line.size(); i++) {
            if (line.get(i).is(Kind.ASSIGN)) {
                return line.subList(i, line.size()).stream().mapToInt(Piece::nesting).sum() == 0 ? i : line.size();
            }
        }
        return line.size();
    }

    private String spaced(List<Piece> pieces) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            if (!text.isEmpty() && isApart(piece)) {
                text.append(' ');
            }
            text.append(piece.text());
            if (!piece.comment()) {
                beforeLast = last;
                last = piece;
            }
            afterComment = piece.comment();
        }
        afterComment = false;
        return text.toString();
    }

    /** Whether a blank is between the last piece and the next one of its line. */
    private boolean isApart(Piece next) {
        if (afterComment || next.comment()) {
            return true;
        }
        if (next.is(Kind.DOT)) {
            // A number and a dot would be read as one number.
            return last.is(Kind.NUMBER) && next.apart();
        }
        if (next.is(Kind.COMMA) || next.is(Kind.ELLIPSIS) || last.is(Kind.DOT) || last.is(Kind.BANG)) {
            return false;
        }
        if (last.is(Kind.COMMA)) {
            return true;
        }
        if (next.is(Kind.OPEN_PAREN) && last.is(Kind.IDENTIFIER)) {
            return isKeyword(last) && next.apart();
        }
        if (next.is(Kind.OPEN_BRACKET) && isOperand(last)) {
            return false;
        }
        if (last.is(Kind.MINUS)) {
            return isOperand(beforeLast);
        }
        if (last.is(Kind.OPEN_BRACE)) {
            return !next.is(Kind.CLOSE_BRACE);
        }
        return next.is(Kind.CLOSE_BRACE) || last.nesting() <= 0 && next.nesting() >= 0;
    }

    /** Whether a value may end with it, so that a minus behind it takes away and a bracket behind it looks into it. */
    private static boolean isOperand(Piece piece) {
        return piece != null && !piece.comment() && switch (piece.kind()) {
            case IDENTIFIER -> !isKeyword(piece);
            case NUMBER, OPEN_QUOTE, OPEN_HEREDOC, CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN -> true;
            default -> false;
        };
    }

    private static boolean isKeyword(Piece piece) {
        return piece.text().equals("in") || piece.text().equals("if");
    }

    String text() {
        int[] leads = widths(true);
        int[] wholes = widths(false);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (!line.lead().isEmpty()) {
                text.repeat(' ', INDENT * line.indent()).append(line.lead());
            }
            if (!line.setting().isEmpty()) {
                text.repeat(' ', leads[i] - columns(line.lead()) + 1).append(line.setting());
            }
            if (!line.comment().isEmpty()) {
                text.repeat(' ', wholes[i] - line.width(leads[i]) + 1).append(line.comment());
            }
            text.append(line.end());
        }
        return text.toString();
    }

    /** For every line how wide the widest of the neighbouring lines of its kind is: those with settings, or those with comments. */
    private int[] widths(boolean settings) {
        int[] leads = settings ? new int[0] : widths(true);
        int[] widths = new int[lines.size()];
        int from = 0;
        while (from < lines.size()) {
            int to = from;
            int widest = 0;
            while (to < lines.size() && !(settings ? lines.get(to).setting() : lines.get(to).comment()).isEmpty()) {
                widest = Math.max(widest, settings ? columns(lines.get(to).lead()) : lines.get(to).width(leads[to]));
                to++;
            }
            java.util.Arrays.fill(widths, from, to, widest);
            from = to + 1;
        }
        return widths;
    }

    /** How wide the last line of a text is. */
    private static int columns(String text) {
        int from = text.lastIndexOf('\n') + 1;
        return text.codePointCount(from, text.length());
    }
}
