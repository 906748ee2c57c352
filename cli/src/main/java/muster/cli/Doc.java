package muster.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoTime;

/** A JSON answer, looked at without caring whether the parts on the way are there. */
record Doc(Object value) {
    /** A member; a Doc of null when there is none. */
    Doc at(String key) {
        return new Doc(value instanceof Map<?, ?> map ? map.get(key) : null);
    }

    boolean isNull() {
        return value == null;
    }

    /** Text, or any scalar as text; "" for null. */
    String text() {
        return value == null ? "" : value.toString();
    }

    String text(String key) {
        return at(key).text();
    }

    /** A whole number; 0 for anything else. */
    long number() {
        return value instanceof Number number ? number.longValue() : 0;
    }

    long number(String key) {
        return at(key).number();
    }

    double decimal() {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    boolean is(String key) {
        return Boolean.TRUE.equals(at(key).value());
    }

    /** The items of a list; none for anything else. */
    List<Doc> list() {
        List<Doc> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> items.add(new Doc(item)));
        }
        return items;
    }

    List<Doc> list(String key) {
        return at(key).list();
    }

    /** The members of an object, in the order of the text; none for anything else. */
    Map<String, Doc> members() {
        Map<String, Doc> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> members.put(String.valueOf(key), new Doc(member)));
        }
        return members;
    }

    /** Texts of a list, joined. */
    String join(String key, String separator) {
        List<String> texts = new ArrayList<>();
        list(key).forEach(item -> texts.add(item.text()));
        return String.join(separator, texts);
    }

    /** A time given in nanoseconds since the epoch or as RFC 3339; null when unset. */
    Instant time(String key) {
        return switch (at(key).value()) {
            case Number nanos when nanos.longValue() != 0 -> Instant.ofEpochSecond(0, nanos.longValue());
            case String text when !text.isEmpty() && !text.startsWith("0001-") -> GoTime.parse(text);
            case null, default -> null;
        };
    }
}
