package muster.scheduler.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys that a {@code config} block may hold, and the originals' texts for what else stands there. Pure.
 *
 * @param allowed plain attributes
 * @param blocks blocks, which may stand there several times
 */
record ConfigKeys(Map<String, Kind> allowed, Map<String, ConfigKeys> blocks, List<String> required) {
    enum Kind {
        TEXT("string"), NUMBER("number"), FLAG("bool"), TEXTS("list of string"), NUMBERS("list of number"), TEXT_MAP("map of string"),
        /** Whatever it is, someone else reads it. */
        ANY("any");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        boolean accepts(Object value) {
            return switch (this) {
                case TEXT -> value instanceof String || value instanceof Number || value instanceof Boolean;
                case NUMBER -> value instanceof Number || value instanceof String text && text.matches("-?\\d+(\\.\\d+)?");
                case FLAG -> value instanceof Boolean || "true".equals(value) || "false".equals(value);
                case TEXTS -> value instanceof List<?> list && list.stream().allMatch(TEXT::accepts);
                case NUMBERS -> value instanceof List<?> list && list.stream().allMatch(NUMBER::accepts);
                case TEXT_MAP -> value instanceof Map<?, ?> map && map.values().stream().allMatch(TEXT::accepts)
                        || value instanceof List<?> list && list.stream().allMatch(one -> one instanceof Map<?, ?> && accepts(one));
                case ANY -> true;
            };
        }
    }

    ConfigKeys {
        allowed = Map.copyOf(allowed);
        blocks = Map.copyOf(blocks);
        required = List.copyOf(required);
    }

    ConfigKeys(Map<String, Kind> allowed, List<String> required) {
        this(allowed, Map.of(), required);
    }

    /** Everything that is wrong, one line each. */
    List<String> problems(Map<String, Object> config) {
        List<String> problems = new ArrayList<>();
        new TreeMap<>(config).forEach((key, value) -> {
            Kind kind = allowed.get(key);
            ConfigKeys block = blocks.get(key);
            if (block != null) {
                inside(block, key, value, problems);
            } else if (kind == null) {
                problems.add("Invalid label: No argument or block type is named \"" + key + "\".");
            } else if (!kind.accepts(value)) {
                problems.add(wrongType(key, kind.word));
            }
        });
        for (String key : required) {
            if (!config.containsKey(key)) {
                problems.add("Missing required argument: The argument \"" + key
                        + "\" is required, but no definition was found.");
            }
        }
        return problems;
    }

    private static void inside(ConfigKeys block, String key, Object value, List<String> problems) {
        for (Object one : value instanceof List<?> list ? list : List.of(value)) {
            if (one instanceof Map<?, ?> map) {
                Map<String, Object> values = new TreeMap<>();
                map.forEach((name, item) -> values.put(String.valueOf(name), item));
                block.problems(values).forEach(problem -> problems.add(key + ": " + problem));
            } else {
                problems.add(wrongType(key, "block"));
            }
        }
    }

    private static String wrongType(String key, String word) {
        return "Incorrect attribute value type: Inappropriate value for attribute \"" + key + "\": " + word + " required.";
    }

    static String text(Map<String, Object> config, String key) {
        Object value = config.get(key);
        return value == null ? "" : value.toString();
    }

    static List<String> texts(Map<String, Object> config, String key) {
        return config.get(key) instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
    }
}
