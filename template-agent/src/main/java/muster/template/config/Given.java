package muster.template.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoDuration;

/** What files and flags say, by the paths of {@link Keys}; what comes later wins. Owned by the thread that reads. */
public final class Given {
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<Given> templates = new ArrayList<>();

    /** Sets a key, in place of what was there. */
    public void set(String path, List<String> value) {
        values.put(path, List.copyOf(value));
    }

    public void set(String path, String value) {
        set(path, List.of(value));
    }

    void add(Given template) {
        templates.add(template);
    }

    List<Given> templates() {
        return templates;
    }

    boolean has(String path) {
        return values.containsKey(path);
    }

    boolean hasAny(String block) {
        return values.keySet().stream().anyMatch(path -> path.startsWith(block));
    }

    Optional<String> text(String path) {
        return Optional.ofNullable(values.get(path)).filter(list -> !list.isEmpty()).map(List::getLast);
    }

    String text(String path, String fallback) {
        return text(path).orElse(fallback);
    }

    List<String> list(String path) {
        return values.getOrDefault(path, List.of());
    }

    boolean flag(String path, boolean fallback) {
        return text(path).map(Given::bool).orElse(fallback);
    }

    Duration duration(String path, Duration fallback) {
        return text(path).map(Given::duration).orElse(fallback);
    }

    double number(String path, double fallback) {
        return text(path).map(Given::number).orElse(fallback);
    }

    /** As Go reads a boolean. */
    static boolean bool(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new IllegalArgumentException("\"" + text + "\" is neither true nor false");
        };
    }

    static Duration duration(String text) {
        if (text.matches("\\d+")) {
            // A bare number is nanoseconds, as in Go.
            return Duration.ofNanos(Long.parseLong(text));
        }
        return GoDuration.parse(text);
    }

    static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no number");
        }
    }

    /** Throws {@link IllegalArgumentException} for a value that is not of this kind. */
    static void check(Keys.Kind kind, List<String> value) {
        switch (kind) {
            case BOOL -> bool(value.getLast());
            case NUMBER -> number(value.getLast());
            case DURATION -> duration(value.getLast());
            case TEXT, LIST, COMMAND -> { }
        }
    }
}
