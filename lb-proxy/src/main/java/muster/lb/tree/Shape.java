package muster.lb.tree;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which keys a part of a configuration has, and what their values are. Keys compare without letter case; names keep theirs. */
public sealed interface Shape {
    /** A value. */
    enum Leaf implements Shape {
        TEXT, FLAG, WHOLE, DECIMAL,
        /** As Go writes it, {@code 1m30s}; a bare number means seconds. */
        DURATION,
        /** Texts, with commas between them in a tag. */
        TEXTS,
        /** Texts by name. */
        TEXT_MAP,
        /** Anything, kept as it is. */
        ANY
    }

    /**
     * A section with these keys.
     *
     * @param defaults values of keys that are not set
     * @param mayBeBare whether {@code KEY=true} makes a section with nothing but the defaults
     */
    record Fields(Map<String, Shape> fields, Map<String, Object> defaults, boolean mayBeBare) implements Shape {
        /** The same with a default value. */
        public Fields with(String key, Object value) {
            Map<String, Object> more = new LinkedHashMap<>(defaults);
            more.put(key, value);
            return new Fields(fields, more, mayBeBare);
        }

        /** The same, which may be written {@code KEY=true}. */
        public Fields bare() {
            return new Fields(fields, defaults, true);
        }
    }

    /** Sections or values by a name that is free. */
    record Named(Shape each) implements Shape {}

    /** A list of sections. */
    record Each(Shape each) implements Shape {}

    /** A section: names and shapes in turn. */
    static Fields fields(Object... namesAndShapes) {
        Map<String, Shape> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndShapes.length; i += 2) {
            fields.put((String) namesAndShapes[i], (Shape) namesAndShapes[i + 1]);
        }
        return new Fields(fields, Map.of(), false);
    }
}
