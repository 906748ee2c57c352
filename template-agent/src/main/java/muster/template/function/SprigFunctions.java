package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.INT;
import static muster.template.language.Type.Basic.STRING;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;
import muster.wire.GoQuote;

/** The functions of the sprig library that templates use most, under their {@code sprig_} names. */
final class SprigFunctions {
    static final List<Function> LIST = List.of(
            Function.of("sprig_upper", List.of(STRING), a -> Value.text(TextFunctions.upper(a.text(0)))),
            Function.of("sprig_lower", List.of(STRING), a -> Value.text(TextFunctions.lower(a.text(0)))),
            Function.of("sprig_title", List.of(STRING), a -> Value.text(TextFunctions.title(a.text(0)))),
            Function.of("sprig_trim", List.of(STRING), a -> Value.text(TextFunctions.trimSpace(a.text(0)))),
            Function.of("sprig_trimAll", List.of(STRING, STRING), a -> Value.text(TextFunctions.trim(a.text(0), a.text(1)))),
            Function.of("sprig_trimSuffix", List.of(STRING, STRING), a -> Value.text(TextFunctions.trimSuffix(a.text(0), a.text(1)))),
            Function.of("sprig_trimPrefix", List.of(STRING, STRING), a -> Value.text(TextFunctions.trimPrefix(a.text(0), a.text(1)))),
            Function.of("sprig_replace", List.of(STRING, STRING, STRING), a -> Value.text(a.text(2).replace(a.text(0), a.text(1)))),
            Function.of("sprig_contains", List.of(STRING, STRING), a -> Value.bool(a.text(1).contains(a.text(0)))),
            Function.of("sprig_hasPrefix", List.of(STRING, STRING), a -> Value.bool(a.text(1).startsWith(a.text(0)))),
            Function.of("sprig_hasSuffix", List.of(STRING, STRING), a -> Value.bool(a.text(1).endsWith(a.text(0)))),
            Function.variadic("sprig_quote", List.of(), ANY, a -> Value.text(quoted(a, "\"", true))),
            Function.variadic("sprig_squote", List.of(), ANY, a -> Value.text(quoted(a, "'", false))),
            Function.variadic("sprig_cat", List.of(), ANY, a -> Value.text(cat(a))),
            Function.of("sprig_toString", List.of(ANY), a -> Value.text(text(a.get(0)))),
            Function.of("sprig_splitList", List.of(STRING, STRING), a -> Value.texts(TextFunctions.splitExactly(a.text(0), a.text(1)))),
            Function.of("sprig_join", List.of(STRING, ANY), a -> Value.text(join(a.text(0), a.get(1)))),
            Function.of("sprig_sortAlpha", List.of(ANY), a -> Value.texts(strings(a.get(0)).stream().sorted().toList())),
            Function.of("sprig_regexMatch", List.of(STRING, STRING), a -> Value.bool(Regex.matches(a.text(0), a.text(1)))),
            Function.of("sprig_mustRegexMatch", List.of(STRING, STRING), a -> Value.bool(Regex.matches(a.text(0), a.text(1)))),
            Function.of("sprig_regexReplaceAll", List.of(STRING, STRING, STRING),
                    a -> Value.text(Regex.replaceAll(a.text(0), a.text(2), a.text(1)))),
            Function.of("sprig_regexReplaceAllLiteral", List.of(STRING, STRING, STRING),
                    a -> Value.text(Regex.replaceAllLiteral(a.text(0), a.text(2), a.text(1)))),
            Function.variadic("sprig_default", List.of(ANY), ANY, a -> a.size() == 2 && a.get(1).isTrue() ? a.get(1) : a.get(0)),
            Function.of("sprig_empty", List.of(ANY), a -> Value.bool(!a.get(0).isTrue())),
            Function.variadic("sprig_coalesce", List.of(), ANY,
                    a -> a.all().stream().filter(Value::isTrue).findFirst().orElse(Value.NIL)),
            Function.variadic("sprig_all", List.of(), ANY, a -> Value.bool(a.all().stream().allMatch(Value::isTrue))),
            Function.variadic("sprig_any", List.of(), ANY, a -> Value.bool(a.all().stream().anyMatch(Value::isTrue))),
            Function.of("sprig_ternary", List.of(ANY, ANY, Type.Basic.BOOL), a -> a.bool(2) ? a.get(0) : a.get(1)),
            Function.of("sprig_fail", List.of(STRING), a -> {
                throw new FunctionException(a.text(0));
            }),
            Function.of("sprig_toJson", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), true, ""))),
            Function.of("sprig_mustToJson", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), true, ""))),
            Function.of("sprig_toPrettyJson", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), true, "  "))),
            Function.of("sprig_toRawJson", List.of(ANY), a -> Value.text(JsonWriter.write(a.get(0), false, ""))),
            Function.of("sprig_fromJson", List.of(STRING), a -> fromJson(a.text(0))),
            Function.variadic("sprig_list", List.of(), ANY, a -> Value.list(a.all())),
            Function.variadic("sprig_tuple", List.of(), ANY, a -> Value.list(a.all())),
            Function.of("sprig_first", List.of(ANY), a -> items(a.get(0)).isEmpty() ? Value.NIL : items(a.get(0)).getFirst()),
            Function.of("sprig_last", List.of(ANY), a -> items(a.get(0)).isEmpty() ? Value.NIL : items(a.get(0)).getLast()),
            Function.of("sprig_rest", List.of(ANY), a -> Value.list(tail(items(a.get(0))))),
            Function.of("sprig_initial", List.of(ANY), a -> Value.list(tail(items(a.get(0)).reversed()).reversed())),
            Function.of("sprig_reverse", List.of(ANY), a -> Value.list(items(a.get(0)).reversed())),
            Function.of("sprig_append", List.of(ANY, ANY), a -> Value.list(joined(items(a.get(0)), List.of(a.get(1))))),
            Function.of("sprig_prepend", List.of(ANY, ANY), a -> Value.list(joined(List.of(a.get(1)), items(a.get(0))))),
            Function.variadic("sprig_concat", List.of(), ANY,
                    a -> Value.list(a.all().stream().flatMap(list -> items(list).stream()).toList())),
            Function.of("sprig_uniq", List.of(ANY), a -> Value.list(new LinkedHashSet<>(items(a.get(0))))),
            Function.of("sprig_compact", List.of(ANY), a -> Value.list(items(a.get(0)).stream().filter(Value::isTrue).toList())),
            Function.of("sprig_has", List.of(ANY, ANY), a -> Value.bool(items(a.get(1)).contains(a.get(0)))),
            Function.of("sprig_hasKey", List.of(Type.MapOf.ANYTHING, STRING), a -> Value.bool(a.map(0).get(a.text(1)) != Value.NOTHING)),
            Function.variadic("sprig_dict", List.of(), ANY, SprigFunctions::dict),
            Function.of("sprig_get", List.of(Type.MapOf.ANYTHING, STRING),
                    a -> a.map(0).get(a.text(1)) == Value.NOTHING ? Value.EMPTY : a.map(0).get(a.text(1))),
            Function.of("sprig_typeOf", List.of(ANY), a -> Value.text(a.get(0).isNil() ? "<nil>" : a.get(0).type().goName())),
            Function.of("sprig_deepEqual", List.of(ANY, ANY), a -> Value.bool(a.get(0).equals(a.get(1)))),
            Function.of("sprig_nindent", List.of(INT, STRING), a -> Value.text("\n" + padded(a.integer(0), a.text(1)))),
            Function.of("sprig_indent", List.of(INT, STRING), a -> Value.text(padded(a.integer(0), a.text(1)))),
            Function.of("sprig_repeat", List.of(INT, STRING), a -> Value.text(repeated(a.integer(0), a.text(1)))),
            Function.of("sprig_sha256sum", List.of(STRING), a -> Value.text(EncodingFunctions.digest("SHA-256", a.text(0)))),
            Function.of("sprig_sha1sum", List.of(STRING), a -> Value.text(EncodingFunctions.digest("SHA-1", a.text(0)))));

    private static final int MAX_TEXT = 1 << 24;

    private SprigFunctions() {}

    private static String text(Value value) {
        return value.isNil() ? "<nil>" : Value.printed(value);
    }

    private static String quoted(Arguments arguments, String quote, boolean escape) {
        return arguments.all().stream().filter(value -> !value.isNil())
                .map(value -> escape ? GoQuote.quote(text(value)) : quote + text(value) + quote)
                .collect(Collectors.joining(" "));
    }

    private static String cat(Arguments arguments) {
        return arguments.all().stream().filter(value -> !value.isNil()).map(SprigFunctions::text).collect(Collectors.joining(" "));
    }

    private static List<String> strings(Value list) {
        return list instanceof Value.ListValue values
                ? values.items().stream().filter(value -> !value.isNil()).map(SprigFunctions::text).toList()
                : List.of(text(list));
    }

    private static String join(String separator, Value list) {
        return String.join(separator, strings(list));
    }

    private static List<Value> items(Value value) {
        if (value instanceof Value.ListValue list) {
            return list.items();
        }
        throw new FunctionException("Cannot find first on type " + value.type().goName() + ": a list is wanted");
    }

    private static List<Value> tail(List<Value> items) {
        return items.isEmpty() ? items : items.subList(1, items.size());
    }

    private static List<Value> joined(List<Value> first, List<Value> second) {
        List<Value> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static Value dict(Arguments arguments) {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            entries.put(text(arguments.get(i)), i + 1 < arguments.size() ? arguments.get(i + 1) : Value.EMPTY);
        }
        return Value.map(entries);
    }

    private static Value fromJson(String text) {
        try {
            return EncodingFunctions.parseJson(text);
        } catch (FunctionException e) {
            return Value.NIL;
        }
    }

    private static String padded(long spaces, String text) {
        String blanks = " ".repeat(Math.clamp(spaces, 0, 10_000));
        return blanks + text.replace("\n", "\n" + blanks);
    }

    private static String repeated(long count, String text) {
        if (count < 0 || count * text.length() > MAX_TEXT) {
            throw new FunctionException("repeat: a count of " + count + " is negative or too large");
        }
        return text.repeat((int) count);
    }
}
