package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import muster.hcl.Token.Kind;

/**
 * Lays a file out in the canonical style: two blanks for each open bracket, one blank between tokens, the equals signs and the
 * comments of neighbouring lines below each other. Lines stay lines and comments stay; what is quoted and what is in heredocs is not
 * touched. A file laid out once is not changed by doing it again. Pure.
 */
public final class Formatter {
    /** A token, a comment, or a quoted text or heredoc as a whole; {@code apart} when white space stood before it. */
    record Piece(Kind kind, String text, boolean comment, boolean apart) {
        static Piece comment(String text, boolean apart) {
            return new Piece(Kind.INVALID, text, true, apart);
        }

        boolean is(Kind expected) {
            return !comment && kind == expected;
        }

        /** 1 where it opens a bracket, -1 where it closes one. */
        int nesting() {
            return comment ? 0 : switch (kind) {
                case OPEN_BRACE, OPEN_BRACKET, OPEN_PAREN -> 1;
                case CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN -> -1;
                default -> 0;
            };
        }
    }

    private Formatter() {}

    /** The text in canonical style. Only for files without errors: throws {@link IllegalArgumentException} for others. */
    public static String format(ParsedFile file) {
        if (file.hasErrors()) {
            throw new IllegalArgumentException(file.name() + " has syntax errors: they have to be mended before it can be laid out");
        }
        return new FormattedLines(pieces(file.name(), file.text())).text();
    }

    /** The file in pieces, of which those that end a line are of the kind NEWLINE; without the byte order mark. */
    static List<Piece> pieces(String name, String text) {
        List<Token> tokens = Lexer.code(name, text);
        List<Piece> pieces = new ArrayList<>();
        Offsets offsets = new Offsets(text);
        int end = offsets.to(tokens.getFirst().range().start().offset() == 3 && text.startsWith("\uFEFF") ? 3 : 0);
        int i = 0;
        while (!tokens.get(i).is(Kind.END)) {
            int start = offsets.to(tokens.get(i).range().start().offset());
            boolean apart = gap(text, end, start, pieces);
            int last = wholeFrom(tokens, i);
            end = offsets.to(tokens.get(last).range().end().offset());
            pieces.add(new Piece(tokens.get(i).kind(), text.substring(start, end), false, apart));
            i = last + 1;
        }
        gap(text, end, text.length(), pieces);
        return pieces;
    }

    /** The comments between two tokens; whether white space is before what follows. */
    private static boolean gap(String text, int from, int to, List<Piece> pieces) {
        int at = from;
        boolean apart = false;
        while (at < to) {
            char c = text.charAt(at);
            if (c != '#' && c != '/') {
                apart = true;
                at++;
                continue;
            }
            int close = text.startsWith("/*", at) ? text.indexOf("*/", at + 2) : -1;
            int end = close < 0 ? to : close + 2;
            pieces.add(Piece.comment(text.substring(at, end).stripTrailing(), apart));
            apart = false;
            at = end;
        }
        return apart;
    }

    /** The last token of the quoted text or heredoc that begins at one; otherwise the token itself. */
    private static int wholeFrom(List<Token> tokens, int first) {
        int depth = 0;
        int i = first;
        while (true) {
            depth += switch (tokens.get(i).kind()) {
                case OPEN_QUOTE, OPEN_HEREDOC -> 1;
                case CLOSE_QUOTE, CLOSE_HEREDOC -> -1;
                default -> 0;
            };
            if (depth <= 0 || tokens.get(i + 1).is(Kind.END)) {
                return i;
            }
            i++;
        }
    }

    /** Places of a text by their distance in bytes from the beginning; asked in rising order. */
    private static final class Offsets {
        private final String text;
        private int at;
        private int bytes;

        Offsets(String text) {
            this.text = text;
        }

        int to(int offset) {
            while (bytes < offset && at < text.length()) {
                int c = text.codePointAt(at);
                at += Character.charCount(c);
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            }
            return at;
        }
    }
}
