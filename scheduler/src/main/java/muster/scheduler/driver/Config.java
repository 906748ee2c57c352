package muster.scheduler.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoDuration;

/** Reads a {@code config} block that {@link ConfigKeys} has found nothing wrong with. Pure. */
record Config(Map<String, Object> values) {
    boolean has(String key) {
        return values.containsKey(key);
    }

    /** "" when it is not there. */
    String text(String key) {
        return ConfigKeys.text(values, key);
    }

    String text(String key, String otherwise) {
        String text = text(key);
        return text.isEmpty() ? otherwise : text;
    }

    boolean flag(String key, boolean otherwise) {
        return has(key) ? "true".equals(text(key)) : otherwise;
    }

    Optional<Long> number(String key) {
        return has(key) ? Optional.of((long) Double.parseDouble(text(key))) : Optional.empty();
    }

    List<String> texts(String key) {
        return ConfigKeys.texts(values, key);
    }

    /** A map, or blocks of one name whose entries are put together. */
    Map<String, String> map(String key) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Config block : blocks(key)) {
            block.values().forEach((name, value) -> all.put(name, String.valueOf(value)));
        }
        return all;
    }

    List<Config> blocks(String key) {
        List<Config> blocks = new ArrayList<>();
        Object value = values.get(key);
        for (Object one : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
            if (one instanceof Map<?, ?> map) {
                Map<String, Object> entries = new LinkedHashMap<>();
                map.forEach((name, item) -> entries.put(String.valueOf(name), item));
                blocks.add(new Config(entries));
            }
        }
        return blocks;
    }

    Config block(String key) {
        List<Config> blocks = blocks(key);
        return blocks.isEmpty() ? new Config(Map.of()) : blocks.getFirst();
    }

    /** A duration in Go's form, such as {@code 5m}; empty when it is not there or none. */
    Optional<Duration> duration(String key) {
        try {
            return text(key).isEmpty() ? Optional.empty() : Optional.of(GoDuration.parse(text(key)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
