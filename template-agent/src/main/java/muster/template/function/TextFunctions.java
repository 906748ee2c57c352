package muster.template.function;

import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;

/** Functions on strings; the subject is always the last argument, for pipes. */
final class TextFunctions {
    static final List<Function> LIST = List.of(
            Function.of("toLower", List.of(STRING), a -> Value.text(lower(a.text(0)))),
            Function.of("toUpper", List.of(STRING), a -> Value.text(upper(a.text(0)))),
            Function.of("toTitle", List.of(STRING), a -> Value.text(title(a.text(0)))),
            Function.of("trimSpace", List.of(STRING), a -> Value.text(trimSpace(a.text(0)))),
            Function.of("trim", List.of(STRING, STRING), a -> Value.text(trim(a.text(0), a.text(1)))),
            Function.of("trimPrefix", List.of(STRING, STRING), a -> Value.text(trimPrefix(a.text(0), a.text(1)))),
            Function.of("trimSuffix", List.of(STRING, STRING), a -> Value.text(trimSuffix(a.text(0), a.text(1)))),
            Function.of("replaceAll", List.of(STRING, STRING, STRING), a -> Value.text(a.text(2).replace(a.text(0), a.text(1)))),
            Function.of("regexReplaceAll", List.of(STRING, STRING, STRING),
                    a -> Value.text(Regex.replaceAll(a.text(0), a.text(1), a.text(2)))),
            Function.of("regexMatch", List.of(STRING, STRING), a -> Value.bool(Regex.matches(a.text(0), a.text(1)))),
            Function.of("split", List.of(STRING, STRING), a -> Value.texts(split(a.text(0), a.text(1)))),
            Function.of("join", List.of(STRING, Type.ListOf.STRINGS), a -> Value.text(String.join(a.text(0), a.texts(1)))),
            Function.of("indent", List.of(INT, STRING), a -> Value.text(indent(a.integer(0), a.text(1)))));

    private static final int MAX_INDENT = 10_000;

    private TextFunctions() {}

    /** Unlike Java's, one character for one character: {@code ß} stays. */
    static String upper(String text) {
        return mapped(text, true);
    }

    static String lower(String text) {
        return mapped(text, false);
    }

    private static String mapped(String text, boolean upper) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().map(upper ? Character::toUpperCase : Character::toLowerCase).forEach(out::appendCodePoint);
        return out.toString();
    }

    /** The first letter of each word upper-cased; apostrophes, dots and underscores between letters do not end a word. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean cased = false;
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (Character.isLetter(c)) {
                out.appendCodePoint(cased ? c : Character.toTitleCase(c));
                cased = true;
            } else {
                boolean inside = i > 0 && next < text.length() && Character.isLetter(text.codePointBefore(i))
                        && Character.isLetter(text.codePointAt(next)) && "'\u2019.\u00b7:".indexOf(c) >= 0;
                cased &= inside || c == '_' || Character.isDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK;
                out.appendCodePoint(c);
            }
            i = next;
        }
        return out.toString();
    }

    /** Unicode's White_Space, as Go's unicode.IsSpace. */
    private static boolean isSpace(int c) {
        return c >= '\t' && c <= '\r' || c == 0x85 || c == 0xa0 || Character.isSpaceChar(c);
    }

    static String trimSpace(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    static String trim(String characters, String text) {
        int[] points = text.codePoints().toArray();
        int start = 0;
        int end = points.length;
        while (start < end && characters.indexOf(points[start]) >= 0) {
            start++;
        }
        while (end > start && characters.indexOf(points[end - 1]) >= 0) {
            end--;
        }
        return new String(points, start, end - start);
    }

    static String trimPrefix(String prefix, String text) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    static String trimSuffix(String suffix, String text) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    /** White space around the text is dropped first; no text is no element. */
    static List<String> split(String separator, String text) {
        String trimmed = trimSpace(text);
        return trimmed.isEmpty() ? List.of() : splitExactly(separator, trimmed);
    }

    /** As Go's strings.Split: an empty separator separates characters. */
    static List<String> splitExactly(String separator, String text) {
        if (separator.isEmpty()) {
            return text.codePoints().mapToObj(Character::toString).toList();
        }
        return List.of(text.split(Pattern.quote(separator), -1));
    }

    private static String indent(long spaces, String text) {
        if (spaces < 0) {
            throw new FunctionException("indent value must be a positive integer");
        }
        String blanks = " ".repeat((int) Math.min(spaces, MAX_INDENT));
        return splitExactly("\n", text).stream()
                .map(line -> line.isEmpty() ? line : blanks + line)
                .collect(Collectors.joining("\n"));
    }
}
