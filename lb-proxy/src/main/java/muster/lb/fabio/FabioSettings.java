package muster.lb.fabio;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import muster.lb.route.Nearest;
import muster.wire.GoDuration;

/**
 * Reads Fabio's configuration: flags ({@code -proxy.addr :9999}) win over the environment ({@code FABIO_proxy_addr},
 * {@code proxy_addr}, any letter case), which wins over the file ({@code proxy.addr = :9999}). All problems are told at once,
 * with file and line. Pure.
 *
 * @param config empty when there are problems
 * @param problems each in Fabio's words where it has some
 * @param exit the status of the command when there are problems: 2 for a flag that can't be read, as Go's flags have it, else 1
 */
public record FabioSettings(Optional<FabioConfig> config, List<String> problems, int exit) {
    /**
     * @param args without the program's name; {@code -cfg} is skipped, its file is the caller's to read
     * @param fileName for messages
     */
    public static FabioSettings read(List<String> args, Map<String, String> environment, String fileName, String fileText) {
        Draft draft = new Draft();
        draft.file(fileName, fileText);
        draft.environment(environment);
        draft.flags(args);
        draft.checkKinds();
        if (!draft.problems.isEmpty()) {
            return new FabioSettings(Optional.empty(), List.copyOf(draft.problems), draft.exit);
        }
        FabioConfig config = draft.config();
        return draft.problems.isEmpty()
                ? new FabioSettings(Optional.of(config), List.of(), 0)
                : new FabioSettings(Optional.empty(), List.copyOf(draft.problems), 1);
    }

    /** The file that {@code -cfg FILE} names. */
    public static Optional<String> file(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String flag = args.get(i).replaceFirst("^--?", "");
            if (flag.equals("cfg") && i + 1 < args.size()) {
                return Optional.of(args.get(i + 1));
            }
            if (flag.startsWith("cfg=")) {
                return Optional.of(flag.substring(4));
            }
        }
        return Optional.empty();
    }

    /** Values on their way, with what was wrong. One use, one thread. */
    private static final class Draft {
        private final SortedMap<String, FabioKeys.Key> keys = FabioKeys.all();
        private final SortedMap<String, String> values = new TreeMap<>();
        private final Map<String, String> origins = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();
        private int exit = 1;

        Draft() {
            keys.forEach((name, key) -> values.put(name, key.initial()));
        }

        void file(String name, String text) {
            int number = 0;
            for (String line : text.split("\n", -1)) {
                number++;
                String trimmed = line.strip();
                if (trimmed.isEmpty() || trimmed.startsWith("#") || trimmed.startsWith("!")) {
                    continue;
                }
                int equals = trimmed.indexOf('=');
                String key = (equals < 0 ? trimmed : trimmed.substring(0, equals)).strip();
                if (!keys.containsKey(key)) {
                    problems.add(name + ":" + number + ": unknown key " + key
                            + Nearest.to(key, keys.keySet()).map(near -> ", did you mean " + near + "?").orElse(""));
                } else {
                    set(key, equals < 0 ? "" : trimmed.substring(equals + 1).strip(), name + ":" + number);
                }
            }
        }

        void environment(Map<String, String> environment) {
            Map<String, String> byUpperCase = new TreeMap<>();
            environment.forEach((name, value) -> byUpperCase.put(name.toUpperCase(Locale.ROOT), value));
            for (String key : keys.keySet()) {
                String plain = key.replace('.', '_').toUpperCase(Locale.ROOT);
                for (String name : List.of(plain, "FABIO_" + plain)) {
                    if (byUpperCase.containsKey(name) && key.indexOf('.') >= 0) {
                        set(key, byUpperCase.get(name), "environment " + name);
                    }
                }
            }
        }

        void flags(List<String> args) {
            for (int i = 0; i < args.size(); i++) {
                String arg = args.get(i);
                String flag = arg.replaceFirst("^--?", "");
                int equals = flag.indexOf('=');
                String name = equals < 0 ? flag : flag.substring(0, equals);
                FabioKeys.Key key = keys.get(name);
                if (!arg.startsWith("-") || key == null && !name.equals("cfg")) {
                    problems.add(arg.startsWith("-") ? "flag provided but not defined: -" + name : "unexpected argument " + arg);
                    exit = 2;
                    return;
                }
                boolean isSwitch = key != null && key.kind() == FabioKeys.Kind.FLAG;
                if (equals < 0 && !isSwitch && i + 1 >= args.size()) {
                    problems.add("flag needs an argument: -" + name);
                    exit = 2;
                    return;
                }
                String value = equals >= 0 ? flag.substring(equals + 1) : isSwitch ? "true" : args.get(++i);
                if (key != null) {
                    set(name, value, "flag -" + name);
                }
            }
        }

        private void set(String key, String value, String origin) {
            values.put(key, value);
            origins.put(key, origin);
        }

        void checkKinds() {
            values.forEach((name, value) -> {
                boolean isGood = switch (keys.get(name).kind()) {
                    case TEXT -> true;
                    case FLAG -> Set.of("true", "false", "1", "0", "t", "f").contains(value.toLowerCase(Locale.ROOT));
                    case NUMBER -> value.matches("-?[0-9]{1,9}");
                    case DECIMAL -> value.matches("-?[0-9]*\\.?[0-9]+");
                    case DURATION -> GoDuration.tryParse(value).isPresent();
                };
                if (!isGood) {
                    String origin = origins.getOrDefault(name, "default");
                    boolean isFlag = origin.startsWith("flag");
                    problems.add((isFlag ? "" : origin + ": ") + "invalid value \"" + value + "\" for flag -" + name);
                    exit = isFlag ? 2 : exit;
                }
            });
        }

        FabioConfig config() {
            return new ConfigMaker(values, problems).config(notes());
        }

        private List<String> notes() {
            List<String> notes = new ArrayList<>();
            values.forEach((name, value) -> {
                if (keys.get(name).isInert() && !value.equals(keys.get(name).initial())) {
                    notes.add(name + " has no effect here (" + origins.get(name) + ")");
                }
            });
            return List.copyOf(notes);
        }
    }
}
