package muster.registry.login;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import muster.wire.GoDuration;
import muster.wire.login.LoginException;

/** A method's configuration as it was sent, read by key. Fails for unknown keys and for values of another kind. Pure. */
final class Config {
    private final Map<String, Object> given;

    Config(Map<String, Object> given, Set<String> known) {
        this.given = given;
        Set<String> unknown = new TreeSet<>(given.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new LoginException("error decoding config: invalid keys: " + String.join(", ", unknown));
        }
    }

    String text(String key) {
        return switch (given.get(key)) {
            case null -> "";
            case String text -> text;
            default -> throw wrong(key, "a text");
        };
    }

    List<String> texts(String key) {
        return switch (given.get(key)) {
            case null -> List.of();
            case String one -> List.of(one);
            case List<?> many -> {
                List<String> texts = new ArrayList<>();
                for (Object item : many) {
                    if (!(item instanceof String text)) {
                        throw wrong(key, "a list of texts");
                    }
                    texts.add(text);
                }
                yield texts;
            }
            default -> throw wrong(key, "a list of texts");
        };
    }

    Map<String, String> map(String key) {
        return switch (given.get(key)) {
            case null -> Map.of();
            case Map<?, ?> map -> {
                Map<String, String> texts = new LinkedHashMap<>();
                map.forEach((name, value) -> {
                    if (!(value instanceof String text)) {
                        throw wrong(key, "a map of texts");
                    }
                    texts.put((String) name, text);
                });
                yield texts;
            }
            default -> throw wrong(key, "a map of texts");
        };
    }

    /** A duration, in Go's text or in nanoseconds; the default for none and for zero. */
    Duration duration(String key, Duration otherwise) {
        Duration duration = switch (given.get(key)) {
            case null -> Duration.ZERO;
            case String text -> GoDuration.tryParse(text).orElseThrow(() -> wrong(key, "a duration"));
            case Long nanos -> Duration.ofNanos(nanos);
            default -> throw wrong(key, "a duration");
        };
        return duration.isZero() ? otherwise : duration.isNegative() ? Duration.ZERO : duration;
    }

    private static LoginException wrong(String key, String wanted) {
        return new LoginException("error decoding config: '" + key + "' has to be " + wanted);
    }
}
