package muster.hcl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import muster.hcl.Token.Kind;

/**
 * Reads tokens for the parsers, with newlines or without, and knows how to get back on the road after an error. Once it
 * had to recover, what follows is likely to be noise: parsers then keep quiet about unexpected tokens.
 */
final class TokenCursor {
    /** Deeper nesting than this is refused: hostile input must not exhaust the stack, not even one of 512 KiB. */
    private static final int MAX_DEPTH = 60;

    final Diagnostics diagnostics;
    private final List<Token> tokens;
    private final Deque<Boolean> newlines = new ArrayDeque<>();
    private int next;
    private int depth;
    private boolean recovering;

    TokenCursor(List<Token> tokens, Diagnostics diagnostics) {
        this.tokens = tokens;
        this.diagnostics = diagnostics;
        newlines.push(true);
    }

    /** From here to the matching {@link #leaveNewlines}, newlines are seen or passed over. */
    void enterNewlines(boolean seen) {
        newlines.push(seen);
    }

    void leaveNewlines() {
        newlines.pop();
    }

    Token peek() {
        return tokens.get(index());
    }

    Token read() {
        int i = index();
        next = Math.min(i + 1, tokens.size() - 1);
        return tokens.get(i);
    }

    /** The token after {@link #peek}, newlines treated alike. */
    Token peekSecond() {
        int saved = next;
        read();
        Token second = peek();
        next = saved;
        return second;
    }

    /** The place of the token read last. */
    SourceRange previousRange() {
        return tokens.get(Math.max(0, next - 1)).range();
    }

    private int index() {
        int i = next;
        while (!newlines.element() && tokens.get(i).is(Kind.NEWLINE)) {
            i++;
        }
        return i;
    }

    boolean recovering() {
        return recovering;
    }

    void startRecovery() {
        recovering = true;
    }

    /** Reports an unexpected token, unless something before it already went wrong. */
    void unexpected(String summary, String detail, SourceRange subject) {
        if (!recovering) {
            diagnostics.error(summary, detail, subject);
        }
    }

    void unexpected(String summary, String detail, SourceRange subject, SourceRange context) {
        if (!recovering) {
            diagnostics.add(Diagnostic.error(summary, detail, subject, context));
        }
    }

    /** Counts a level of nesting; false once there are too many, which is then reported. */
    boolean descend() {
        depth++;
        if (depth <= MAX_DEPTH) {
            return true;
        }
        unexpected(
                "Nesting too deep",
                "Expressions and blocks may be nested at most " + MAX_DEPTH + " levels deep.",
                peek().range());
        recovering = true;
        next = tokens.size() - 1;
        return false;
    }

    void ascend() {
        depth--;
    }

    /** Skips to the end of the construct that {@code end} closes, and returns that token, or the end of the file. */
    Token recover(Kind end) {
        Kind start = opener(end);
        recovering = true;
        int nest = 0;
        while (true) {
            Token token = read();
            Kind kind = end == Kind.SEQUENCE_END && token.is(Kind.DIRECTIVE) ? Kind.INTERPOLATION : token.kind();
            if (kind == Kind.END) {
                return token;
            } else if (kind == start) {
                nest++;
            } else if (kind == end) {
                if (nest < 1) {
                    return token;
                }
                nest--;
            }
        }
    }

    /** Skips to the end of the line on which everything opened since is closed again. */
    void recoverAfterItem() {
        recovering = true;
        Deque<Kind> open = new ArrayDeque<>();
        while (true) {
            Token token = read();
            switch (token.kind()) {
                case NEWLINE -> {
                    if (open.isEmpty()) {
                        return;
                    }
                }
                case END -> {
                    return;
                }
                case OPEN_BRACE, OPEN_BRACKET, OPEN_PAREN, OPEN_QUOTE, OPEN_HEREDOC, INTERPOLATION ->
                    open.push(token.kind());
                case DIRECTIVE -> open.push(Kind.INTERPOLATION);
                case CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN, CLOSE_QUOTE, CLOSE_HEREDOC, SEQUENCE_END ->
                    close(open, opener(token.kind()));
                default -> {}
            }
        }
    }

    private static void close(Deque<Kind> open, Kind opener) {
        while (!open.isEmpty() && open.pop() != opener) {
            // What was opened inside and never closed ends here too.
        }
    }

    private static Kind opener(Kind closer) {
        return switch (closer) {
            case CLOSE_BRACE -> Kind.OPEN_BRACE;
            case CLOSE_BRACKET -> Kind.OPEN_BRACKET;
            case CLOSE_PAREN -> Kind.OPEN_PAREN;
            case CLOSE_QUOTE -> Kind.OPEN_QUOTE;
            case CLOSE_HEREDOC -> Kind.OPEN_HEREDOC;
            case SEQUENCE_END -> Kind.INTERPOLATION;
            default -> Kind.END;
        };
    }
}
