package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.hcl.Token.Kind;

/**
 * Templates (HCL native syntax specification, "Templates"). First a flat list of pieces is read; then indentation and white
 * space beside {@code ~} marks are removed from the literal ones; then directives become a tree.
 */
final class TemplateParser {
    /** A piece of a template before its directives are nested. */
    private sealed interface Piece {
        SourceRange range();

        record Text(String text, SourceRange range, boolean startsLine) implements Piece {}

        record Interpolation(Expression value, SourceRange range) implements Piece {}

        record If(Expression condition, SourceRange range) implements Piece {}

        record Else(SourceRange range) implements Piece {}

        record EndIf(SourceRange range) implements Piece {}

        record For(Optional<String> key, String value, Expression collection, SourceRange range) implements Piece {}

        record EndFor(SourceRange range) implements Piece {}

        record Broken(SourceRange range) implements Piece {}
    }

    private final TokenCursor cursor;
    private final ExpressionParser expressions;
    private final List<Piece> pieces = new ArrayList<>();
    private boolean trimNext;
    private int at;

    TemplateParser(TokenCursor cursor) {
        this.cursor = cursor;
        this.expressions = new ExpressionParser(cursor);
    }

    /** Reads up to and with the token {@code end}. */
    Expression upTo(Kind end, boolean dedent, SourceRange open) {
        cursor.enterNewlines(true);
        boolean entered = cursor.descend();
        if (entered) {
            readPieces(end);
        }
        SourceRange range = SourceRange.between(open, cursor.previousRange());
        if (dedent) {
            dedent();
        }
        Expression result = shape(open, range);
        cursor.ascend();
        cursor.leaveNewlines();
        return result;
    }

    private Expression shape(SourceRange open, SourceRange range) {
        if (pieces.size() == 1 && pieces.getFirst() instanceof Piece.Interpolation only) {
            return new Expression.Wrapped(only.value, range);
        }
        List<Expression> parts = new ArrayList<>();
        while (at < pieces.size()) {
            parts.addAll(parts());
            if (at < pieces.size()) {
                Piece stray = pieces.get(at++);
                cursor.unexpected("Unexpected " + name(stray) + " directive", misplaced(stray), stray.range());
            }
        }
        if (parts.isEmpty()) {
            parts.add(new Expression.Literal(Value.string(""), open.after()));
        }
        return new Expression.Template(parts, range);
    }

    private void readPieces(Kind end) {
        boolean startsLine = true;
        while (true) {
            Token token = cursor.peek();
            switch (token.kind()) {
                case QUOTED_TEXT -> text(TemplateText.unquote(cursor.read(), cursor.diagnostics), token, false);
                case HEREDOC_TEXT -> {
                    text(TemplateText.unescapeMarks(cursor.read().text()), token, startsLine);
                    startsLine = token.text().endsWith("\n");
                }
                case QUOTED_NEWLINE -> text(cursor.read().text(), token, false);
                case INTERPOLATION -> {
                    interpolation(startsLine);
                    startsLine = false;
                }
                case DIRECTIVE -> {
                    directive(startsLine);
                    startsLine = false;
                }
                default -> {
                    if (!token.is(end)) {
                        cursor.unexpected(
                                "Unterminated template string",
                                "No closing marker was found for the string.",
                                token.range());
                        cursor.startRecovery();
                    }
                    if (!token.is(Kind.END)) {
                        cursor.read();
                    }
                    return;
                }
            }
        }
    }

    private void text(String text, Token token, boolean startsLine) {
        String kept = trimNext ? text.stripLeading() : text;
        if (kept.isEmpty() && trimNext) {
            return;
        }
        trimNext = false;
        pieces.add(new Piece.Text(kept, token.range(), startsLine));
    }

    private Token open(boolean startsLine) {
        Token open = cursor.read();
        if (open.trims()) {
            trimBefore();
        } else if (startsLine && open.range().start().column() == 1) {
            // Nothing stands before the sequence: the line has no indentation to take away.
            pieces.add(new Piece.Text("", open.range(), true));
        }
        trimNext = false;
        return open;
    }

    private void trimBefore() {
        while (!pieces.isEmpty() && pieces.getLast() instanceof Piece.Text text) {
            pieces.removeLast();
            String kept = text.text.stripTrailing();
            if (!kept.isEmpty()) {
                pieces.add(new Piece.Text(kept, text.range, text.startsLine));
                return;
            }
        }
    }

    private void interpolation(boolean startsLine) {
        Token open = open(startsLine);
        cursor.enterNewlines(false);
        int before = cursor.diagnostics.size();
        Expression value = expressions.expression();
        SourceRange range = close(open, before, "interpolation expression");
        cursor.leaveNewlines();
        pieces.add(new Piece.Interpolation(value, range));
    }

    private SourceRange close(Token open, int before, String what) {
        Token close = cursor.peek();
        if (close.is(Kind.SEQUENCE_END)) {
            cursor.read();
            trimNext = close.trims();
        } else {
            if (!(cursor.recovering() && cursor.diagnostics.hasErrorsSince(before))) {
                if (close.is(Kind.END)) {
                    cursor.unexpected(
                            "Unterminated template string",
                            "No closing marker was found for the string.",
                            close.range());
                } else {
                    cursor.unexpected(
                            "Extra characters after " + what,
                            "Expected a closing brace to end the " + what + ", but found extra characters.",
                            close.range(),
                            SourceRange.between(open.range(), close.range()));
                }
            }
            close = cursor.recover(Kind.SEQUENCE_END);
            trimNext = close.is(Kind.SEQUENCE_END) && close.trims();
        }
        return SourceRange.between(open.range(), close.range());
    }

    private void directive(boolean startsLine) {
        Token open = open(startsLine);
        cursor.enterNewlines(false);
        int before = cursor.diagnostics.size();
        Token word = cursor.peek();
        if (!word.is(Kind.IDENTIFIER)) {
            cursor.unexpected(
                    "Invalid template directive",
                    "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence.",
                    word.range());
            cursor.startRecovery();
            pieces.add(new Piece.Broken(close(open, before, "directive")));
        } else {
            cursor.read();
            Piece piece = keyword(word, open);
            SourceRange range = close(open, before, "directive");
            pieces.add(placed(piece, range));
        }
        cursor.leaveNewlines();
    }

    private Piece keyword(Token word, Token open) {
        SourceRange range = open.range();
        return switch (word.text()) {
            case "if" -> new Piece.If(expressions.expression(), range);
            case "else" -> new Piece.Else(range);
            case "endif" -> new Piece.EndIf(range);
            case "endfor" -> new Piece.EndFor(range);
            case "for" -> {
                ForIntroduction introduction = new ForIntroduction(cursor, expressions);
                yield introduction.read(word)
                        ? new Piece.For(introduction.keyName, introduction.valueName, introduction.collection, range)
                        : new Piece.Broken(range);
            }
            default -> {
                cursor.unexpected(
                        "Invalid template control keyword",
                        "\"" + word.text() + "\" is not a valid template control keyword.",
                        word.range());
                cursor.startRecovery();
                yield new Piece.Broken(range);
            }
        };
    }

    private static Piece placed(Piece piece, SourceRange range) {
        return switch (piece) {
            case Piece.If it -> new Piece.If(it.condition, range);
            case Piece.Else _ -> new Piece.Else(range);
            case Piece.EndIf _ -> new Piece.EndIf(range);
            case Piece.EndFor _ -> new Piece.EndFor(range);
            case Piece.For it -> new Piece.For(it.key, it.value, it.collection, range);
            case Piece.Text _, Piece.Interpolation _, Piece.Broken _ -> new Piece.Broken(range);
        };
    }

    /** Takes away the indentation that all lines share; blank lines have no say and keep what they hold, as in the original. */
    private void dedent() {
        int common = Integer.MAX_VALUE;
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Text text && text.startsLine && !isBlankLine(text.text)) {
                common = Math.min(common, indentation(text.text));
            }
        }
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i) instanceof Piece.Text text && text.startsLine && !isBlankLine(text.text)) {
                int cut = Math.min(common, indentation(text.text));
                pieces.set(i, new Piece.Text(text.text.substring(cut), text.range, true));
            }
        }
        pieces.removeIf(piece -> piece instanceof Piece.Text text && text.text.isEmpty());
    }

    private static boolean isBlankLine(String line) {
        return line.endsWith("\n") && line.isBlank();
    }

    private static int indentation(String line) {
        int i = 0;
        while (i < line.length() && line.charAt(i) != '\n' && Character.isWhitespace(line.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Parts up to the end or to a directive that closes or divides an outer one. */
    private List<Expression> parts() {
        List<Expression> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        SourceRange textRange = null;
        while (at < pieces.size()) {
            Piece piece = pieces.get(at);
            if (piece instanceof Piece.Text literal) {
                textRange = textRange == null ? literal.range : SourceRange.between(textRange, literal.range);
                text.append(literal.text);
                at++;
                continue;
            }
            if (textRange != null) {
                parts.add(new Expression.Literal(Value.string(text.toString()), textRange));
                text.setLength(0);
                textRange = null;
            }
            switch (piece) {
                case Piece.Interpolation it -> {
                    at++;
                    parts.add(it.value);
                }
                case Piece.If it -> parts.add(conditional(it));
                case Piece.For it -> parts.add(loop(it));
                case Piece.Broken _ -> at++;
                case Piece.Else _, Piece.EndIf _, Piece.EndFor _ -> {
                    return parts;
                }
                case Piece.Text _ -> throw new IllegalStateException("literal text is handled above");
            }
        }
        if (textRange != null) {
            parts.add(new Expression.Literal(Value.string(text.toString()), textRange));
        }
        return parts;
    }

    private Expression conditional(Piece.If open) {
        at++;
        if (!cursor.descend()) {
            cursor.ascend();
            at = pieces.size();
            return ExpressionParser.unknown(open.range);
        }
        Expression whenTrue = section(open.range);
        Expression whenFalse = new Expression.Literal(Value.string(""), open.range.after());
        if (at < pieces.size() && pieces.get(at) instanceof Piece.Else otherwise) {
            at++;
            whenFalse = section(otherwise.range);
        }
        cursor.ascend();
        return new Expression.Conditional(
                open.condition, whenTrue, whenFalse, closed(Piece.EndIf.class, open.range, "if", "endif"));
    }

    private Expression loop(Piece.For open) {
        at++;
        if (!cursor.descend()) {
            cursor.ascend();
            at = pieces.size();
            return ExpressionParser.unknown(open.range);
        }
        Expression body = section(open.range);
        cursor.ascend();
        SourceRange range = closed(Piece.EndFor.class, open.range, "for", "endfor");
        Expression.For items = new Expression.For(
                open.key, open.value, open.collection, Optional.empty(), body, Optional.empty(), false, open.range, range);
        return new Expression.Joined(items, range);
    }

    private Expression section(SourceRange open) {
        List<Expression> parts = parts();
        SourceRange range = parts.isEmpty()
                ? open.after()
                : SourceRange.between(parts.getFirst().range(), parts.getLast().range());
        return new Expression.Template(parts, range);
    }

    private SourceRange closed(Class<? extends Piece> wanted, SourceRange open, String name, String closer) {
        if (at < pieces.size() && wanted.isInstance(pieces.get(at))) {
            return SourceRange.between(open, pieces.get(at++).range());
        }
        if (at < pieces.size()) {
            Piece stray = pieces.get(at++);
            cursor.unexpected("Unexpected " + name(stray) + " directive", "Expecting an " + closer + " directive for the "
                    + name + " started at " + open + ".", stray.range());
        } else {
            cursor.unexpected(
                    "Unexpected end of template",
                    "The " + name + " directive at " + open + " is missing its corresponding " + closer + " directive.",
                    cursor.previousRange());
        }
        cursor.startRecovery();
        return open;
    }

    private static String name(Piece piece) {
        return switch (piece) {
            case Piece.If _ -> "if";
            case Piece.Else _ -> "else";
            case Piece.EndIf _ -> "endif";
            case Piece.For _ -> "for";
            case Piece.EndFor _ -> "endfor";
            case Piece.Text _, Piece.Interpolation _, Piece.Broken _ -> "template";
        };
    }

    private static String misplaced(Piece piece) {
        return switch (piece) {
            case Piece.Else _ -> "The else directive must be placed within an if directive.";
            case Piece.EndIf _ -> "There is no open if directive for this endif to close.";
            case Piece.EndFor _ -> "There is no open for directive for this endfor to close.";
            case Piece.If _, Piece.For _, Piece.Text _, Piece.Interpolation _, Piece.Broken _ ->
                "This directive is not expected here.";
        };
    }
}
