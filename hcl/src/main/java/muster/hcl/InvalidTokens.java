package muster.hcl;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import muster.hcl.Token.Kind;

/** Reports characters the language has no use for, each kind once, with what the author probably meant. */
final class InvalidTokens {
    private InvalidTokens() {}

    static void report(List<Token> tokens, Diagnostics diagnostics) {
        Set<Kind> told = EnumSet.noneOf(Kind.class);
        for (Token token : tokens) {
            String[] text = text(token);
            if (text.length == 2 && (repeats(token.kind()) || told.add(token.kind()))) {
                diagnostics.error(text[0], text[1], token.range());
            }
        }
    }

    private static boolean repeats(Kind kind) {
        return kind == Kind.QUOTED_NEWLINE || kind == Kind.INVALID;
    }

    private static String[] text(Token token) {
        return switch (token.kind()) {
            case AMPERSAND -> bitwise(" Did you mean boolean AND (\"&&\")?");
            case PIPE -> bitwise(" Did you mean boolean OR (\"||\")?");
            case TILDE -> bitwise(" Did you mean boolean NOT (\"!\")?");
            case CARET -> bitwise("");
            case STAR_STAR ->
                new String[] {
                    "Unsupported operator",
                    "\"**\" is not a supported operator. Exponentiation is not supported as an operator."
                };
            case APOSTROPHE ->
                invalid("Single quotes are not valid. Use double quotes (\") to enclose strings.");
            case BACKTICK ->
                invalid("The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax,"
                        + " like \"<<EOT\".");
            case SEMICOLON ->
                invalid("The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to"
                        + " separate items in collection values.");
            case QUOTED_NEWLINE ->
                new String[] {
                    "Invalid multi-line string",
                    "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the"
                            + " \\n escape to represent a newline character or use the \"heredoc\" multi-line template"
                            + " syntax."
                };
            case INVALID -> invalidCharacter(token);
            default -> new String[0];
        };
    }

    private static String[] invalidCharacter(Token token) {
        int c = token.text().codePointAt(0);
        if (c == 0xFFFD || c >= 0xD800 && c <= 0xDFFF) {
            return new String[] {
                "Invalid character encoding",
                "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor."
            };
        }
        if (c == 0x201C || c == 0x201D) {
            return invalid("\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when"
                    + " sharing code via documents or discussion forums. It might help to replace the character with a"
                    + " \"straight quote\".");
        }
        return invalid("This character is not used within the language.");
    }

    private static String[] invalid(String detail) {
        return new String[] {"Invalid character", detail};
    }

    private static String[] bitwise(String suggestion) {
        return new String[] {"Unsupported operator", "Bitwise operators are not supported." + suggestion};
    }
}
