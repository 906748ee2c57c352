package muster.lb.route;

import com.google.re2j.Pattern;

/** A shell pattern: {@code *} any text (dots and slashes included), {@code ?} one character, {@code [a-c]}, {@code {a,b}}. */
public final class Glob {
    private static final String SPECIAL = "*?[{\\";

    private final Pattern pattern;

    private Glob(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Whether the text means more than itself. */
    public static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
    }

    /** The text before the pattern's first special character; all that match begin with it. */
    static String literalPrefix(String text) {
        int at = 0;
        while (at < text.length() && SPECIAL.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(0, at);
    }

    /** The text behind the pattern's last special character; all that match end with it. */
    static String literalSuffix(String text) {
        int at = text.length();
        while (at > 0 && (SPECIAL + "]},").indexOf(text.charAt(at - 1)) < 0) {
            at--;
        }
        // Behind a backslash the first character belongs to it, and with a comma a suffix might be an alternative's.
        return at > 0 && text.charAt(at - 1) == '\\' ? text.substring(Math.min(at + 1, text.length())) : text.substring(at);
    }

    /** Compiles a pattern; throws {@link IllegalArgumentException} for an open bracket or brace. */
    public static Glob compile(String text) {
        StringBuilder out = new StringBuilder("(?s)^");
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '*' -> out.append(".*");
                case '?' -> out.append('.');
                case '\\' -> {
                    i++;
                    out.append(Pattern.quote(i < text.length() ? text.substring(i, i + 1) : "\\"));
                }
                case '[' -> {
                    int end = text.indexOf(']', i + 1);
                    if (end <= i + 1) {
                        throw new IllegalArgumentException("\"" + text + "\" has a [ without characters and ]");
                    }
                    out.append(characterClass(text.substring(i + 1, end)));
                    i = end;
                }
                case '{' -> {
                    depth++;
                    out.append("(?:");
                }
                case '}' -> {
                    if (depth == 0) {
                        throw new IllegalArgumentException("\"" + text + "\" has a } without {");
                    }
                    depth--;
                    out.append(')');
                }
                case ',' -> out.append(depth > 0 ? "|" : ",");
                default -> out.append(Pattern.quote(String.valueOf(c)));
            }
        }
        if (depth > 0) {
            throw new IllegalArgumentException("\"" + text + "\" has a { without }");
        }
        try {
            return new Glob(Pattern.compile(out.append('$').toString()));
        } catch (com.google.re2j.PatternSyntaxException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no pattern: " + e.getMessage(), e);
        }
    }

    /** Whether the whole text matches. */
    public boolean matches(String text) {
        return pattern.matches(text);
    }

    private static String characterClass(String members) {
        boolean negated = members.startsWith("!") || members.startsWith("^");
        String inner = (negated ? members.substring(1) : members).replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^");
        return (negated ? "[^" : "[") + inner + "]";
    }
}
