package muster.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Go-style flags: one dash or two, {@code -name value} or {@code -name=value}; the rest are words. */
record Flags(Map<String, List<String>> values, List<String> words) {
    /** The arguments are wrong; the message says how. */
    static final class FlagException extends RuntimeException {
        FlagException(String message) {
            super(message);
        }
    }

    /**
     * Reads arguments.
     *
     * @param switches flags that need no value
     * @param refused flags that are known but not offered
     */
    static Flags parse(List<String> args, Set<String> switches, Set<String> valued, Set<String> refused) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("-") || arg.equals("-")) {
                words.add(arg);
                continue;
            }
            String flag = arg.replaceFirst("^--?", "");
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            if (refused.contains(name)) {
                throw new FlagException("option -" + name + " is not offered here; leave it out");
            }
            if (!switches.contains(name) && !valued.contains(name)) {
                throw new FlagException("flag provided but not defined: -" + name);
            }
            String value = equals >= 0 ? flag.substring(equals + 1) : switches.contains(name) ? "true" : null;
            if (value == null) {
                if (i + 1 == args.size()) {
                    throw new FlagException("flag needs an argument: -" + name);
                }
                value = args.get(++i);
            }
            values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return new Flags(values, words);
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The last value given, or the fallback. */
    String text(String name, String fallback) {
        List<String> given = all(name);
        return given.isEmpty() ? fallback : given.getLast();
    }

    boolean isSet(String name) {
        return text(name, "false").equals("true");
    }
}
