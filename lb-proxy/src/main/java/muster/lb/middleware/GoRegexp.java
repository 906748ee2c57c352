package muster.lb.middleware;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Replacement as Go's regexp package does it. */
final class GoRegexp {
    private static final Pattern GROUP = Pattern.compile("\\$\\{([A-Za-z0-9_]+)\\}|\\$([A-Za-z0-9_]+)|\\$\\$");

    private GoRegexp() {}

    /** The expression; throws {@link IllegalArgumentException} in Traefik's words. */
    static Pattern compile(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("error compiling regular expression " + expression + ": " + e.getMessage(), e);
        }
    }

    /** Every match replaced, with {@code $1} and {@code ${name}} in the replacement. */
    static String replaced(Pattern expression, String text, String replacement) {
        Matcher matcher = expression.matcher(text);
        StringBuilder out = new StringBuilder();
        int last = 0;
        while (matcher.find()) {
            out.append(text, last, matcher.start()).append(expanded(matcher, replacement));
            last = matcher.end();
        }
        return out.append(text, last, text.length()).toString();
    }

    private static String expanded(Matcher match, String replacement) {
        Matcher group = GROUP.matcher(replacement);
        StringBuilder out = new StringBuilder();
        int last = 0;
        while (group.find()) {
            out.append(replacement, last, group.start());
            String name = group.group(1) != null ? group.group(1) : group.group(2);
            out.append(name == null ? "$" : value(match, name));
            last = group.end();
        }
        return out.append(replacement, last, replacement.length()).toString();
    }

    private static String value(Matcher match, String name) {
        try {
            String value = name.matches("[0-9]{1,3}")
                    ? Integer.parseInt(name) <= match.groupCount() ? match.group(Integer.parseInt(name)) : ""
                    : match.group(name);
            return value == null ? "" : value;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
