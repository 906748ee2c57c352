package muster.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Command lines as Go's flag package reads them: {@code -name value}, {@code -name=value}, one or two dashes, switches
 * without a value; the first word that is no flag ends the flags. Declare, then {@link #parse}.
 */
public final class GoFlags {
    private sealed interface Kind {
        record Switch() implements Kind {}

        record Text() implements Kind {}

        /** May be given several times. */
        record Texts() implements Kind {}
    }

    /** The line is wrong; the message is Go's. */
    public static final class FlagException extends RuntimeException {
        public FlagException(String message) {
            super(message, null, false, false);
        }
    }

    /** {@code -h} or {@code -help} was asked for. */
    public static final class HelpWanted extends RuntimeException {
        HelpWanted() {
            super("help", null, false, false);
        }
    }

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<Given> given = new ArrayList<>();
    private List<String> rest = List.of();

    /** A flag as it stands on the line; a switch has the value true or false. */
    public record Given(String name, String value) {}

    /** Declares flags without a value. */
    public GoFlags switches(String... names) {
        return declare(new Kind.Switch(), names);
    }

    /** Declares flags with one value; the last one given counts. */
    public GoFlags texts(String... names) {
        return declare(new Kind.Text(), names);
    }

    /** Declares flags that may be given several times. */
    public GoFlags lists(String... names) {
        return declare(new Kind.Texts(), names);
    }

    private GoFlags declare(Kind kind, String... names) {
        for (String name : names) {
            kinds.put(name, kind);
        }
        return this;
    }

    /** Throws {@link FlagException} or {@link HelpWanted}. */
    public GoFlags parse(List<String> args) {
        int at = 0;
        while (at < args.size()) {
            String arg = args.get(at);
            if (arg.length() < 2 || arg.charAt(0) != '-') {
                break;
            }
            at++;
            if (arg.equals("--")) {
                break;
            }
            String body = arg.substring(arg.charAt(1) == '-' ? 2 : 1);
            int equals = body.indexOf('=');
            String name = equals < 0 ? body : body.substring(0, equals);
            if (name.isEmpty() || name.startsWith("-")) {
                throw new FlagException("bad flag syntax: " + arg);
            }
            Kind kind = kinds.get(name);
            if (kind == null) {
                if (name.equals("h") || name.equals("help")) {
                    throw new HelpWanted();
                }
                throw new FlagException("flag provided but not defined: -" + name);
            }
            String value;
            if (equals >= 0) {
                value = body.substring(equals + 1);
            } else if (kind instanceof Kind.Switch) {
                value = "true";
            } else if (at < args.size()) {
                value = args.get(at++);
            } else {
                throw new FlagException("flag needs an argument: -" + name);
            }
            take(name, kind, value);
        }
        rest = List.copyOf(args.subList(at, args.size()));
        return this;
    }

    private void take(String name, Kind kind, String value) {
        given.add(new Given(name, value));
        switch (kind) {
            case Kind.Switch s -> {
                values.put(name, List.of(switch (value) {
                    case "1", "t", "T", "true", "TRUE", "True" -> "true";
                    case "0", "f", "F", "false", "FALSE", "False" -> "false";
                    default -> throw new FlagException("invalid boolean value \"" + value + "\" for -" + name + ": parse error");
                }));
            }
            case Kind.Text t -> values.put(name, List.of(value));
            case Kind.Texts t -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
    }

    /** Gives a flag a value in place of what stood on the line, for what is found out only later. */
    public GoFlags replace(String name, String value) {
        values.put(name, List.of(value));
        return this;
    }

    /** Whether a switch was turned on. */
    public boolean on(String name) {
        return on(name, false);
    }

    /** Whether a switch was turned on or off, or what holds without it. */
    public boolean on(String name, boolean otherwise) {
        List<String> given = values.get(name);
        return given == null ? otherwise : given.getFirst().equals("true");
    }

    /** Whether a flag was given at all. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** A flag's value, "" without it. */
    public String text(String name) {
        return text(name, "");
    }

    /** A flag's value, or what holds without it. */
    public String text(String name, String otherwise) {
        List<String> given = values.get(name);
        return given == null ? otherwise : given.getLast();
    }

    /** All values of a flag, in the order given. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** All flags in the order of the line: for those whose order among each other matters. */
    public List<Given> given() {
        return List.copyOf(given);
    }

    /** An unsigned number; throws {@link FlagException} with Go's text for anything else. */
    public long unsigned(String name, long otherwise) {
        String given = text(name, null);
        if (given == null) {
            return otherwise;
        }
        try {
            return Long.parseUnsignedLong(given);
        } catch (NumberFormatException e) {
            throw new FlagException("invalid value \"" + given + "\" for flag -" + name + ": parse error");
        }
    }

    /** What follows the flags. */
    public List<String> rest() {
        return rest;
    }
}
