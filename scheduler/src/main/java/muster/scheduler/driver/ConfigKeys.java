package muster.scheduler.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The keys that a driver's {@code config} block may hold, and the originals' texts for what else stands there. Pure. */
record ConfigKeys(Map<String, Kind> allowed, List<String> required) {
    enum Kind {
        TEXT("string"), NUMBER("number"), FLAG("bool"), TEXTS("list of string");

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
            };
        }
    }

    ConfigKeys {
        allowed = Map.copyOf(allowed);
        required = List.copyOf(required);
    }

    List<String> problems(Map<String, Object> config) {
        List<String> problems = new ArrayList<>();
        new TreeMap<>(config).forEach((key, value) -> {
            Kind kind = allowed.get(key);
            if (kind == null) {
                problems.add("Invalid label: No argument or block type is named \"" + key + "\".");
            } else if (!kind.accepts(value)) {
                problems.add("Incorrect attribute value type: Inappropriate value for attribute \"" + key + "\": "
                        + kind.word + " required.");
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

    static String text(Map<String, Object> config, String key) {
        Object value = config.get(key);
        return value == null ? "" : value.toString();
    }

    static List<String> texts(Map<String, Object> config, String key) {
        return config.get(key) instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
    }
}
