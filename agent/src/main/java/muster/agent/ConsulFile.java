package muster.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Value;
import muster.wire.GoDuration;

/**
 * A configuration file with Consul's keys, held against {@link ConsulKeys}: what is taken goes into the settings under its path,
 * what is wrong becomes a problem with its place. Pure.
 */
final class ConsulFile {
    private static final int MAX_DEPTH = 64;
    private static final Map<String, ConsulKeys.Key> KEYS = ConsulKeys.all();

    private final Settings settings;

    ConsulFile(Settings settings) {
        this.settings = settings;
    }

    /** Whether the setting, on the outermost level of a file, is one of Consul's. */
    static boolean knows(Setting setting) {
        ConsulKeys.Key key = KEYS.get(setting.name());
        boolean table = setting.value() instanceof Node.Table;
        return key != null ? !table || key.kind().compareTo(ConsulKeys.Kind.TEXT_MAP) >= 0 : table && isSection(setting.name());
    }

    private static boolean isSection(String path) {
        String start = path + ".";
        return KEYS.keySet().stream().anyMatch(key -> key.startsWith(start));
    }

    /** Takes one setting of a file. */
    void take(Setting setting) {
        take("", setting, 0);
    }

    /** Takes a flag that is another word for a key. */
    void flag(String flag, String path, List<String> given) {
        ConsulKeys.Key key = KEYS.get(path);
        String last = given.getLast();
        Optional<?> value = switch (key.kind()) {
            case TEXT -> Optional.of(last);
            case SWITCH -> Optional.of(last.equals("true"));
            case NUMBER -> number(last);
            case DURATION -> duration(last);
            case TEXTS -> Optional.of(given);
            case TEXT_MAP, TREE, TREES -> throw new IllegalStateException("no flag gives " + path);
        };
        if (value.isEmpty()) {
            settings.problem("-" + flag + " has to be a " + (key.kind() == ConsulKeys.Kind.NUMBER ? "number" : "duration, as 30s")
                    + " (found \"" + last + "\")");
            return;
        }
        switch (key.use()) {
            case ConsulKeys.Use.Taken taken when key.kind() == ConsulKeys.Kind.TEXTS -> settings.append(path, given);
            case ConsulKeys.Use.Taken taken -> settings.set(path, value.get());
            case ConsulKeys.Use.Idle idle -> {
                // Its value had the right form, and that is all that matters of it.
            }
            case ConsulKeys.Use.Refused(String reason) -> {
                if (asksForSomething(value.get())) {
                    settings.problem("-" + flag + " " + reason);
                }
            }
        }
    }

    /** A whole number of at most 64 bits. */
    static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void take(String section, Setting setting, int depth) {
        String path = section + setting.name();
        ConsulKeys.Key key = KEYS.get(path);
        if (key == null && isSection(path) && depth < MAX_DEPTH) {
            List<Node> tables = setting.value() instanceof Node.Items items ? items.items() : List.of(setting.value());
            for (Node table : tables) {
                if (table instanceof Node.Table inner) {
                    inner.settings().values().forEach(given -> given.forEach(one -> take(path + ".", one, depth + 1)));
                } else {
                    settings.problem(table.range() + ": " + path + ": expected a map, got " + describe(table));
                }
            }
        } else if (key == null) {
            settings.problem(setting.nameRange() + ": invalid config key " + path);
        } else {
            Optional<Object> value = value(path, key.kind(), setting.value());
            switch (key.use()) {
                case ConsulKeys.Use.Taken taken -> value.ifPresent(found -> put(path, key.kind(), found, setting));
                case ConsulKeys.Use.Idle idle -> {
                    // Its value had the right shape, and that is all that matters of it.
                }
                case ConsulKeys.Use.Refused(String reason) -> value.filter(found -> asksForSomething(found))
                        .ifPresent(found -> settings.problem(setting.nameRange() + ": " + path + ": " + reason));
            }
        }
    }

    /** Off, nothing and none ask for what is the case anyway. */
    private static boolean asksForSomething(Object value) {
        return !(value.equals(false) || value.equals("") || value.equals(-1L) || value instanceof List<?> list && list.isEmpty());
    }

    @SuppressWarnings("unchecked")
    private void put(String path, ConsulKeys.Kind kind, Object value, Setting setting) {
        switch (kind) {
            case TEXT, SWITCH, NUMBER, DURATION -> settings.set(path, value);
            case TREE, TEXT_MAP -> settings.merge(path, (Map<String, ?>) value);
            case TEXTS -> settings.append(path, (List<?>) value);
            case TREES -> settings.append(path, located((List<Map<String, Object>>) value, setting));
        }
    }

    /** The tables with the place of the key that holds them, for later messages. */
    private static List<RegistryOptions.Definition> located(List<Map<String, Object>> trees, Setting setting) {
        return trees.stream().map(tree -> new RegistryOptions.Definition(setting.nameRange().toString(), tree)).toList();
    }

    /** The value in its kind's form; empty, with a problem told, when it has another shape. */
    private Optional<Object> value(String path, ConsulKeys.Kind kind, Node node) {
        Object plain = plain(node);
        if (plain == null) {
            return Optional.empty();
        }
        Optional<?> value = switch (kind) {
            case TEXT -> plain instanceof String ? Optional.of(plain) : Optional.empty();
            case SWITCH -> plain instanceof Boolean ? Optional.of(plain) : Optional.empty();
            case NUMBER -> plain instanceof Long ? Optional.of(plain) : Optional.empty();
            case DURATION -> plain instanceof String text ? duration(text) : Optional.empty();
            case TEXTS -> texts(plain);
            case TEXT_MAP -> textMap(plain);
            case TREE -> plain instanceof List<?> list && list.size() == 1 && list.getFirst() instanceof Map<?, ?> only ? Optional.of(only)
                    : plain instanceof Map<?, ?> ? Optional.of(plain) : Optional.empty();
            case TREES -> trees(plain);
        };
        if (value.isEmpty()) {
            settings.problem(node.range() + ": " + path + ": expected type '" + kind + "', got " + describe(node));
        }
        return value.map(found -> found);
    }

    private static Optional<Duration> duration(String text) {
        return GoDuration.tryParse(text);
    }

    private static Optional<List<String>> texts(Object plain) {
        List<?> items = plain instanceof List<?> list ? list : List.of(plain);
        return items.stream().allMatch(String.class::isInstance)
                ? Optional.of(items.stream().map(String.class::cast).toList())
                : Optional.empty();
    }

    private static Optional<Map<String, String>> textMap(Object plain) {
        Object only = plain instanceof List<?> list && list.size() == 1 ? list.getFirst() : plain;
        if (!(only instanceof Map<?, ?> map) || !map.values().stream().allMatch(String.class::isInstance)) {
            return Optional.empty();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((name, value) -> texts.put((String) name, (String) value));
        return Optional.of(texts);
    }

    private static Optional<List<Object>> trees(Object plain) {
        List<?> items = plain instanceof List<?> list ? list : List.of(plain);
        return items.stream().allMatch(Map.class::isInstance) ? Optional.of(new ArrayList<>(items)) : Optional.empty();
    }

    private static String describe(Node node) {
        return switch (node) {
            case Node.Items items -> "a list";
            case Node.Table table -> "a map";
            case Node.Scalar scalar -> switch (scalar.value()) {
                case Value.Text text -> "string \"" + text.value() + "\"";
                case Value.Bool bool -> "bool " + bool.value();
                case Value.Number number -> "number " + number.value();
                case Value.Null n -> "null";
                case Value.Unknown u -> "an unknown value";
                case Value.Sequence s -> "a list";
                case Value.Mapping m -> "a map";
            };
        };
    }

    /** Plain Java values, as JSON's; a name that is given several times holds a list. */
    static Object plain(Node node) {
        return ConfigTree.plain(node);
    }
}
