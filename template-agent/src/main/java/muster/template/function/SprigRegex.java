package muster.template.function;

import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import muster.template.language.Function;
import muster.template.language.Value;

/** Sprig's functions that find and split by expressions. */
final class SprigRegex {
    static final List<Function> LIST = List.of(
            Function.of("sprig_regexFind", List.of(STRING, STRING), a -> Value.text(find(a.text(0), a.text(1)))),
            Function.of("sprig_mustRegexFind", List.of(STRING, STRING), a -> Value.text(find(a.text(0), a.text(1)))),
            Function.of("sprig_regexFindAll", List.of(STRING, STRING, INT), a -> Value.texts(findAll(a.text(0), a.text(1), a.integer(2)))),
            Function.of("sprig_mustRegexFindAll", List.of(STRING, STRING, INT), a -> Value.texts(findAll(a.text(0), a.text(1), a.integer(2)))),
            Function.of("sprig_regexSplit", List.of(STRING, STRING, INT), a -> Value.texts(split(a.text(0), a.text(1), a.integer(2)))),
            Function.of("sprig_mustRegexSplit", List.of(STRING, STRING, INT), a -> Value.texts(split(a.text(0), a.text(1), a.integer(2)))),
            Function.of("sprig_regexQuoteMeta", List.of(STRING), a -> Value.text(Pattern.quote(a.text(0)))));

    private SprigRegex() {}

    private static String find(String expression, String text) {
        Matcher match = Regex.compile(expression).matcher(text);
        return match.find() ? match.group() : "";
    }

    /** At most {@code count} matches, all if it is negative. An empty match right behind a match does not count. */
    private static List<String> findAll(String expression, String text, long count) {
        List<String> found = new ArrayList<>();
        for (int[] span : spans(expression, text, count)) {
            found.add(text.substring(span[0], span[1]));
        }
        return found;
    }

    private static List<int[]> spans(String expression, String text, long count) {
        List<int[]> spans = new ArrayList<>();
        Matcher match = Regex.compile(expression).matcher(text);
        int last = -1;
        int search = 0;
        while ((count < 0 || spans.size() < count) && search <= text.length() && match.find(search)) {
            boolean empty = match.start() == match.end();
            if (!empty || match.start() != last) {
                spans.add(new int[] {match.start(), match.end()});
            }
            last = match.end();
            search = empty ? match.end() + 1 : match.end();
        }
        return spans;
    }

    /** At most {@code count} pieces, all if it is negative, none if it is 0; an empty text is one empty piece. */
    private static List<String> split(String expression, String text, long count) {
        if (count == 0) {
            return List.of();
        }
        if (!expression.isEmpty() && text.isEmpty()) {
            return List.of("");
        }
        List<String> pieces = new ArrayList<>();
        int begin = 0;
        int end = 0;
        for (int[] span : spans(expression, text, count)) {
            if (count > 0 && pieces.size() == count - 1) {
                break;
            }
            end = span[0];
            if (span[1] != 0) {
                pieces.add(text.substring(begin, end));
            }
            begin = span[1];
        }
        if (end != text.length()) {
            pieces.add(text.substring(begin));
        }
        return pieces;
    }
}
