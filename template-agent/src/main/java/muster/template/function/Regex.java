package muster.template.function;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import muster.template.language.FunctionException;

/** RE2 expressions with Go's rules for matches and replacements. Matching takes time linear in the text. */
final class Regex {
    private Regex() {}

    static Pattern compile(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new FunctionException(e.getMessage());
        }
    }

    static boolean matches(String expression, String text) {
        return compile(expression).matcher(text).find();
    }

    /** In the replacement {@code $1} and {@code ${name}} stand for groups, {@code $$} for a dollar. */
    static String replaceAll(String expression, String replacement, String text) {
        return replace(compile(expression), text, match -> expand(replacement, match));
    }

    static String replaceAllLiteral(String expression, String replacement, String text) {
        return replace(compile(expression), text, match -> replacement);
    }

    /** An empty match right behind a match does not count. */
    private static String replace(Pattern pattern, String text, java.util.function.Function<Matcher, String> replacement) {
        StringBuilder out = new StringBuilder();
        Matcher match = pattern.matcher(text);
        int copied = 0;
        int search = 0;
        while (search <= text.length() && match.find(search)) {
            out.append(text, copied, match.start());
            if (match.end() > copied || match.start() == 0) {
                out.append(replacement.apply(match));
            }
            copied = match.end();
            boolean empty = match.start() == match.end();
            search = empty && copied < text.length() ? copied + Character.charCount(text.codePointAt(copied)) : copied + (empty ? 1 : 0);
        }
        return out.append(text, copied, text.length()).toString();
    }

    private static String expand(String template, Matcher match) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c != '$') {
                out.append(c);
                at++;
                continue;
            }
            if (template.startsWith("$$", at)) {
                out.append('$');
                at += 2;
                continue;
            }
            boolean braces = template.startsWith("${", at);
            int start = at + (braces ? 2 : 1);
            int end = start;
            while (end < template.length() && (Character.isLetterOrDigit(template.charAt(end)) || template.charAt(end) == '_')) {
                end++;
            }
            if (end == start || braces && !template.startsWith("}", end)) {
                out.append('$');
                at++;
                continue;
            }
            out.append(group(template.substring(start, end), match));
            at = end + (braces ? 1 : 0);
        }
        return out.toString();
    }

    private static String group(String name, Matcher match) {
        String text = null;
        if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int index = name.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(name);
            text = index <= match.groupCount() ? match.group(index) : null;
        } else if (match.pattern().namedGroups().containsKey(name)) {
            text = match.group(name);
        }
        return text == null ? "" : text;
    }
}
