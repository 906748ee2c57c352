package muster.template.function;

import static muster.template.language.Type.Basic.ANY;
import static muster.template.language.Type.Basic.STRING;

import java.time.ZoneOffset;
import java.util.List;
import muster.template.dependency.Dependency;
import muster.template.language.Arguments;
import muster.template.language.Function;
import muster.template.language.FunctionException;
import muster.template.language.Value;
import muster.wire.GoQuote;
import muster.wire.GoTime;

/** Functions of the execution itself: environment, files, time, scratch space, templates of the same set. */
final class LocalFunctions {
    private LocalFunctions() {}

    static List<Function> list(Context context) {
        Value scratch = new Scratch().value();
        return List.of(
                Function.of("env", List.of(STRING), a -> Value.text(context.environment().getOrDefault(a.text(0), ""))),
                Function.of("mustEnv", List.of(STRING), a -> mustEnv(context, a.text(0))),
                Function.of("envOrDefault", List.of(STRING, STRING),
                        a -> Value.text(context.environment().getOrDefault(a.text(0), a.text(1)))),
                Function.of("file", List.of(STRING), a -> file(context, a.text(0))),
                Function.variadic("timestamp", List.of(), STRING, a -> timestamp(context, a)),
                Function.of("scratch", List.of(), a -> scratch),
                Function.variadic("executeTemplate", List.of(STRING), ANY, LocalFunctions::executeTemplate),
                Function.variadic("writeToFile", List.of(STRING, STRING, STRING, STRING), STRING, a -> writeToFile(context, a)),
                Function.variadic("spew_dump", List.of(), ANY, a -> print(context, SpewFunctions.dump(a.all()))),
                Function.variadic("spew_printf", List.of(STRING), ANY, a -> print(context, SpewFunctions.format(a))),
                Function.variadic("sockaddr", List.of(), STRING,
                        a -> Value.text(SocketAddresses.evaluate(a.all(), context.settings().outside().addresses()))),
                Function.variadic("plugin", List.of(STRING), ANY, a -> plugin(context, a)));
    }

    private static Value mustEnv(Context context, String name) {
        String value = context.environment().getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new FunctionException("required environment variable " + name + " is empty");
        }
        return Value.text(value);
    }

    private static Value file(Context context, String path) {
        String trimmed = path.strip();
        if (trimmed.isEmpty()) {
            return Value.EMPTY;
        }
        String allowed = context.settings().outside().readable(trimmed);
        return Value.text(context.recall(new Dependency.FileContents(allowed)).orElse(""));
    }

    private static Value timestamp(Context context, Arguments arguments) {
        return switch (arguments.size()) {
            case 0 -> Value.text(GoTime.rfc3339(context.now(), ZoneOffset.UTC, false));
            case 1 -> Value.text(arguments.text(0).equals("unix")
                    ? Long.toString(context.now().getEpochSecond())
                    : GoLayout.format(context.now().atZone(ZoneOffset.UTC), arguments.text(0)));
            default -> throw new FunctionException(
                    "timestamp: wrong number of arguments, expected 0 or 1, but got " + arguments.size());
        };
    }

    private static Value executeTemplate(Arguments arguments) {
        if (arguments.size() > 2) {
            throw new FunctionException(
                    "executeTemplate: wrong number of arguments, expected 1 or 2, but got " + arguments.size());
        }
        return Value.text(arguments.execute(arguments.text(0), arguments.size() == 2 ? arguments.get(1) : Value.NOTHING));
    }

    private static Value print(Context context, String text) {
        context.later(new Effect.Print(text));
        return Value.EMPTY;
    }

    /** {@code PATH USER GROUP PERMS [FLAGS] TEXT}: done when the whole template has rendered, so never with half of the values. */
    private static Value writeToFile(Context context, Arguments arguments) {
        if (arguments.size() < 5 || arguments.size() > 6) {
            throw new FunctionException("writeToFile: wrong number of arguments, expected 5 or 6, but got " + arguments.size());
        }
        String flags = arguments.size() == 6 ? arguments.text(4) : "";
        for (String flag : flags.split(",")) {
            if (!List.of("", "append", "newline").contains(flag.strip())) {
                throw new FunctionException("writeToFile: unknown flag " + GoQuote.quote(flag.strip()) + "; it is append or newline");
            }
        }
        Outside outside = context.settings().outside();
        String permissions = arguments.text(3);
        if (!permissions.matches("[0-7]{1,4}")) {
            throw new FunctionException("strconv.ParseUint: parsing " + GoQuote.quote(permissions) + ": invalid syntax");
        }
        outside.checkOwner(arguments.text(1), arguments.text(2));
        String text = ((Value.Text) arguments.last()).value();
        context.later(new Effect.Write(outside.writable(arguments.text(0)), arguments.text(1), arguments.text(2),
                Integer.parseInt(permissions, 8), flags.contains("append"), text + (flags.contains("newline") ? "\n" : "")));
        return Value.EMPTY;
    }

    private static Value plugin(Context context, Arguments arguments) {
        List<String> words = arguments.all().stream().map(value -> Value.printed(value).strip()).filter(word -> !word.isEmpty()).toList();
        return words.isEmpty() ? Value.EMPTY : Value.text(context.settings().outside().run(words));
    }
}
