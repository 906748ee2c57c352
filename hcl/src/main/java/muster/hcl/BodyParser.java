package muster.hcl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Token.Kind;

/** Attributes and blocks (HCL native syntax specification, "Structural Elements"). */
final class BodyParser {
    private static final String ITEM_REQUIRED = "Argument or block definition required";

    private final TokenCursor cursor;
    private final ExpressionParser expressions;
    private final boolean lenient;

    /** {@code lenient} reads the older syntax too: several items on a line, commas between them, quoted names. */
    BodyParser(TokenCursor cursor, boolean lenient) {
        this.cursor = cursor;
        this.lenient = lenient;
        this.expressions = new ExpressionParser(cursor);
    }

    /** The body of a whole file. */
    Body file(String name) {
        return body(Kind.END, SourceRange.startOf(name));
    }

    private Body body(Kind end, SourceRange open) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        List<Block> blocks = new ArrayList<>();
        cursor.enterNewlines(true);
        boolean reading = cursor.descend();
        while (reading) {
            Token token = cursor.peek();
            switch (token.kind()) {
                case NEWLINE -> cursor.read();
                case IDENTIFIER -> item(cursor.read(), attributes, blocks);
                default -> {
                    if (lenient && token.is(Kind.COMMA)) {
                        cursor.read();
                        continue;
                    } else if (lenient && token.is(Kind.OPEN_QUOTE)) {
                        quotedName(token, attributes, blocks);
                        continue;
                    } else if (token.is(end)) {
                        cursor.read();
                    } else {
                        refuse(token, end);
                    }
                    reading = false;
                }
            }
        }
        cursor.ascend();
        cursor.leaveNewlines();
        return new Body(attributes, blocks, SourceRange.between(open, cursor.previousRange()));
    }

    private void refuse(Token token, Kind end) {
        if (token.is(Kind.OPEN_QUOTE)) {
            cursor.unexpected("Invalid argument name", "Argument names must not be quoted.", token.range());
        } else {
            cursor.unexpected(ITEM_REQUIRED, "An argument or block definition is required here.", token.range());
        }
        cursor.recover(end);
    }

    private void quotedName(Token open, Map<String, Attribute> attributes, List<Block> blocks) {
        String name = expressions.plainString();
        SourceRange range = SourceRange.between(open.range(), cursor.previousRange());
        item(new Token(Kind.IDENTIFIER, name, range), attributes, blocks);
    }

    private void item(Token name, Map<String, Attribute> attributes, List<Block> blocks) {
        switch (cursor.peek().kind()) {
            case ASSIGN -> keep(attribute(name, false), attributes);
            case OPEN_QUOTE, OPEN_BRACE, IDENTIFIER -> block(name).ifPresent(blocks::add);
            default -> {
                cursor.diagnostics.error(
                        ITEM_REQUIRED,
                        "An argument or block definition is required here. To set an argument, use the equals sign \"=\""
                                + " to introduce the argument value.",
                        name.range());
                cursor.recoverAfterItem();
            }
        }
    }

    private void keep(Attribute attribute, Map<String, Attribute> attributes) {
        Attribute before = attributes.putIfAbsent(attribute.name(), attribute);
        if (before != null) {
            cursor.diagnostics.error(
                    "Attribute redefined",
                    "The argument \"" + attribute.name() + "\" was already set at " + before.nameRange()
                            + ". Each argument may be set only once.",
                    attribute.nameRange());
        }
    }

    private Attribute attribute(Token name, boolean singleLine) {
        cursor.read();
        int before = cursor.diagnostics.size();
        Expression value = expressions.expression();
        SourceRange end = cursor.previousRange();
        if (cursor.recovering() && cursor.diagnostics.hasErrorsSince(before)) {
            cursor.recoverAfterItem();
        } else if (!singleLine) {
            end = endOfLine(name, end);
        }
        return new Attribute(name.text(), value, name.range(), SourceRange.between(name.range(), end));
    }

    private SourceRange endOfLine(Token name, SourceRange end) {
        Token next = cursor.peek();
        if (next.is(Kind.NEWLINE) || next.is(Kind.END)) {
            cursor.read();
            return end;
        }
        if (lenient) {
            return end;
        }
        String detail = "An argument definition must end with a newline.";
        SourceRange context = SourceRange.between(name.range(), next.range());
        if (next.is(Kind.COMMA)) {
            cursor.unexpected(
                    "Unexpected comma after argument",
                    "Argument definitions must be separated by newlines, not commas. " + detail,
                    next.range(),
                    context);
        } else {
            cursor.unexpected("Missing newline after argument", detail, next.range(), context);
        }
        cursor.recoverAfterItem();
        return end;
    }

    private Optional<Block> block(Token type) {
        List<String> labels = new ArrayList<>();
        List<SourceRange> labelRanges = new ArrayList<>();
        while (true) {
            Token token = cursor.peek();
            switch (token.kind()) {
                case OPEN_BRACE -> {
                    return Optional.of(blockBody(type, labels, labelRanges));
                }
                case IDENTIFIER -> {
                    cursor.read();
                    labels.add(token.text());
                    labelRanges.add(token.range());
                }
                case OPEN_QUOTE -> {
                    int before = cursor.diagnostics.size();
                    labels.add(expressions.plainString());
                    labelRanges.add(SourceRange.between(token.range(), cursor.previousRange()));
                    if (cursor.recovering() && cursor.diagnostics.hasErrorsSince(before)) {
                        cursor.recoverAfterItem();
                        return Optional.empty();
                    }
                }
                default -> {
                    cursor.unexpected(
                            "Invalid block definition", headerFault(token), token.range(),
                            SourceRange.between(type.range(), token.range()));
                    cursor.recoverAfterItem();
                    return Optional.empty();
                }
            }
        }
    }

    private static String headerFault(Token token) {
        return switch (token.kind()) {
            case ASSIGN ->
                "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block.";
            case NEWLINE ->
                "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as"
                        + " the block header.";
            default -> "Either a quoted string block label or an opening brace (\"{\") is expected here.";
        };
    }

    private Block blockBody(Token type, List<String> labels, List<SourceRange> labelRanges) {
        Token open = cursor.read();
        int before = cursor.diagnostics.size();
        Kind next = cursor.peek().kind();
        boolean lines = lenient || next == Kind.NEWLINE || next == Kind.END || next == Kind.CLOSE_BRACE;
        Body body = lines ? body(Kind.CLOSE_BRACE, open.range()) : singleArgument(open.range());
        Block block = new Block(type.text(), labels, body, type.range(), labelRanges, open.range());
        if (cursor.recovering() && cursor.diagnostics.hasErrorsSince(before)) {
            return block;
        }
        Token end = cursor.peek();
        if (end.is(Kind.NEWLINE) || end.is(Kind.END)) {
            cursor.read();
        } else if (!lenient) {
            cursor.unexpected(
                    "Missing newline after block definition",
                    "A block definition must end with a newline.",
                    end.range(),
                    SourceRange.between(type.range(), end.range()));
            cursor.recoverAfterItem();
        }
        return block;
    }

    /** {@code block { name = value }} on one line. */
    private Body singleArgument(SourceRange open) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        Token name = cursor.read();
        Token next = cursor.peek();
        if (!name.is(Kind.IDENTIFIER)) {
            cursor.unexpected(ITEM_REQUIRED, "An argument or block definition is required here.", name.range());
            cursor.recover(Kind.CLOSE_BRACE);
        } else if (next.is(Kind.ASSIGN)) {
            Attribute attribute = attribute(name, true);
            attributes.put(attribute.name(), attribute);
            closeSingleArgument();
        } else if (next.is(Kind.OPEN_QUOTE) || next.is(Kind.OPEN_BRACE) || next.is(Kind.IDENTIFIER)) {
            cursor.unexpected(
                    "Argument definition required",
                    "A single-line block definition can contain only a single argument. If you meant to define argument \""
                            + name.text() + "\", use an equals sign to assign it a value. To define a nested block, place"
                            + " it on a line of its own within its parent block.",
                    SourceRange.between(name.range(), next.range()));
            cursor.recover(Kind.CLOSE_BRACE);
        } else {
            cursor.unexpected(
                    ITEM_REQUIRED,
                    "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to"
                            + " introduce the argument value.",
                    name.range());
            cursor.recover(Kind.CLOSE_BRACE);
        }
        return new Body(attributes, List.of(), SourceRange.between(open, cursor.previousRange()));
    }

    private void closeSingleArgument() {
        Token end = cursor.peek();
        if (end.is(Kind.CLOSE_BRACE)) {
            cursor.read();
            return;
        }
        String summary = "Invalid single-argument block definition";
        switch (end.kind()) {
            case COMMA ->
                cursor.unexpected(
                        summary,
                        "Single-line block syntax can include only one argument definition. To define multiple arguments,"
                                + " use the multi-line block syntax with one argument definition per line.",
                        end.range());
            case NEWLINE ->
                cursor.unexpected(
                        summary,
                        "An argument definition on the same line as its containing block creates a single-line block"
                                + " definition, which must also be closed on the same line. Place the block's closing"
                                + " brace immediately after the argument definition.",
                        end.range());
            default ->
                cursor.unexpected(
                        summary,
                        "A single-line block definition must end with a closing brace immediately after its single"
                                + " argument definition.",
                        end.range());
        }
        cursor.recover(Kind.CLOSE_BRACE);
    }
}
