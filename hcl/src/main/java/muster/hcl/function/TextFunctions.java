package muster.hcl.function;

import static muster.hcl.function.Definitions.items;
import static muster.hcl.function.Definitions.list;
import static muster.hcl.function.Definitions.number;
import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;
import static muster.hcl.function.Definitions.textList;
import static muster.hcl.function.Definitions.whole;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.hcl.FunctionException;
import muster.hcl.Type;
import muster.hcl.Value;

/** Text: cutting, joining, searching. */
final class TextFunctions {
    private static final int MAX_LENGTH = 16 << 20;

    private TextFunctions() {}

    static void define(Definitions d) {
        d.values("upper", a -> Value.string(string(a, 0).toUpperCase(Locale.ROOT)), text("str"));
        d.values("lower", a -> Value.string(string(a, 0).toLowerCase(Locale.ROOT)), text("str"));
        d.values("title", a -> Value.string(title(string(a, 0))), text("str"));
        d.values("reverse", a -> Value.string(new StringBuilder(string(a, 0)).reverse().toString()), text("str"));
        d.values("strrev", a -> Value.string(new StringBuilder(string(a, 0)).reverse().toString()), text("str"));
        d.values("strlen", a -> Value.number(characters(string(a, 0)).size()), text("str"));
        d.values("substr", TextFunctions::substring, text("str"), number("offset"), number("length"));
        d.values("chomp", a -> Value.string(chomp(string(a, 0))), text("str"));
        d.values("indent", TextFunctions::indent, number("spaces"), text("str"));
        d.values("trim", a -> Value.string(trim(string(a, 0), string(a, 1))), text("str"), text("cutset"));
        d.values("trimspace", a -> Value.string(string(a, 0).strip()), text("str"));
        d.values("trimprefix", a -> Value.string(withoutPrefix(string(a, 0), string(a, 1))), text("str"), text("prefix"));
        d.values("trimsuffix", a -> Value.string(withoutSuffix(string(a, 0), string(a, 1))), text("str"), text("suffix"));
        d.values("split", a -> textList(split(string(a, 1), string(a, 0))), text("separator"), text("str"));
        d.variadic("join", TextFunctions::join, text("separator"), list("lists", Type.STRING));
        d.values("sort", TextFunctions::sort, list("list", Type.STRING));
        d.values(
                "replace",
                a -> bounded(string(a, 0).replace(string(a, 1), string(a, 2))),
                text("str"), text("substr"), text("replace"));
        d.values(
                "regex_replace",
                a -> bounded(pattern(a, 1).matcher(string(a, 0)).replaceAll(replacement(string(a, 2)))),
                text("str"), text("pattern"), text("replace"));
        d.values("regex", TextFunctions::regex, text("pattern"), text("string"));
        d.values("regexall", TextFunctions::regexAll, text("pattern"), text("string"));
    }

    private static Value bounded(String text) throws FunctionException {
        if (text.length() > MAX_LENGTH) {
            throw new FunctionException("the result is longer than " + MAX_LENGTH + " characters");
        }
        return Value.string(text);
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean start = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(start ? Character.toTitleCase(c) : c);
            start = !(Character.isLetterOrDigit(c) || c == '_' || c == '\'');
        }
        return out.toString();
    }

    /** The user-perceived characters: combining marks stay with their base. */
    private static List<String> characters(String text) {
        List<String> characters = new ArrayList<>();
        java.text.BreakIterator breaks = java.text.BreakIterator.getCharacterInstance(Locale.ROOT);
        breaks.setText(text);
        int start = breaks.first();
        for (int end = breaks.next(); end != java.text.BreakIterator.DONE; end = breaks.next()) {
            characters.add(text.substring(start, end));
            start = end;
        }
        return characters;
    }

    private static Value substring(List<Value> a) throws FunctionException {
        List<String> characters = characters(string(a, 0));
        int offset = whole(a, 1);
        int length = whole(a, 2);
        if (offset < 0) {
            offset += characters.size();
        }
        int from = Math.clamp(offset, 0, characters.size());
        int to = length < 0 ? characters.size() : (int) Math.min(characters.size(), (long) from + length);
        return Value.string(String.join("", characters.subList(from, to)));
    }

    private static String chomp(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end);
    }

    private static Value indent(List<Value> a) throws FunctionException {
        int spaces = Math.clamp(whole(a, 0), 0, 1000);
        return bounded(string(a, 1).replace("\n", "\n" + " ".repeat(spaces)));
    }

    private static String trim(String text, String cut) {
        int from = 0;
        int to = text.length();
        while (from < to && cut.indexOf(text.codePointAt(from)) >= 0) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (to > from && cut.indexOf(text.codePointBefore(to)) >= 0) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static String withoutPrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    private static String withoutSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private static List<String> split(String text, String separator) {
        if (separator.isEmpty()) {
            return characters(text);
        }
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Value join(List<Value> a) throws FunctionException {
        if (a.size() < 2) {
            throw new FunctionException("at least one list is required");
        }
        List<String> parts = new ArrayList<>();
        for (int list = 1; list < a.size(); list++) {
            List<Value> items = items(a, list);
            for (int i = 0; i < items.size(); i++) {
                if (!(items.get(i) instanceof Value.Text(String part))) {
                    throw new FunctionException(
                            list, "element " + i + " of list " + (list - 1) + " is null; cannot concatenate null values");
                }
                parts.add(part);
            }
        }
        return bounded(String.join(string(a, 0), parts));
    }

    private static Value sort(List<Value> a) throws FunctionException {
        List<Value> items = new ArrayList<>(items(a, 0));
        if (items.stream().anyMatch(Value::isNull)) {
            throw new FunctionException(0, "given list element is null; a null string cannot be sorted");
        }
        items.sort(Value.ORDER);
        return Value.list(Type.STRING, items);
    }

    private static Pattern pattern(List<Value> a, int i) throws FunctionException {
        try {
            return Pattern.compile(string(a, i));
        } catch (PatternSyntaxException e) {
            throw new FunctionException(i, "invalid regexp pattern: " + e.getMessage());
        }
    }

    /** Go writes {@code $1} and {@code ${name}}; a backslash means itself there, but not in this engine. */
    private static String replacement(String go) {
        return go.replace("\\", "\\\\");
    }

    private static Value regex(List<Value> a) throws FunctionException {
        Matcher matcher = pattern(a, 0).matcher(string(a, 1));
        if (!matcher.find()) {
            throw new FunctionException("pattern did not match any part of the given string");
        }
        return capture(matcher);
    }

    private static Value regexAll(List<Value> a) throws FunctionException {
        Matcher matcher = pattern(a, 0).matcher(string(a, 1));
        List<Value> matches = new ArrayList<>();
        while (matcher.find()) {
            matches.add(capture(matcher));
        }
        return matches.isEmpty()
                ? Value.list(Type.ANY, matches)
                : Value.list(matches.getFirst().type(), matches);
    }

    private static Value capture(Matcher matcher) {
        Map<String, Integer> names = matcher.pattern().namedGroups();
        if (!names.isEmpty()) {
            Map<String, Value> named = new TreeMap<>();
            names.forEach((name, group) -> named.put(name, group(matcher, group)));
            return Value.object(named);
        }
        if (matcher.groupCount() == 0) {
            return Value.string(matcher.group());
        }
        List<Value> groups = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
            groups.add(group(matcher, i));
        }
        return Value.tuple(groups);
    }

    private static Value group(Matcher matcher, int group) {
        String text = matcher.group(group);
        return text == null ? Value.nothing() : Value.string(text);
    }
}
