package muster.wire.filter;

import java.util.HashMap;
import java.util.Map;

/** What a selector can find in a row. */
public sealed interface Shape {
    record Text() implements Shape {}

    record Number() implements Shape {}

    record Bool() implements Shape {}

    /** A list of texts. */
    record Texts() implements Shape {}

    /** A map from text to values of one shape. */
    record MapOf(Shape value) implements Shape {}

    /** A list of structures: a match of any of them counts. */
    record ListOf(Struct element) implements Shape {}

    /** Named parts. */
    record Struct(Map<String, Shape> fields) implements Shape {}

    Shape TEXT = new Text();
    Shape NUMBER = new Number();
    Shape BOOL = new Bool();
    Shape TEXTS = new Texts();
    Shape TEXT_MAP = new MapOf(TEXT);

    /** A structure of names and shapes in turn. */
    static Struct struct(Object... namesAndShapes) {
        Map<String, Shape> fields = new HashMap<>();
        for (int i = 0; i < namesAndShapes.length; i += 2) {
            fields.put((String) namesAndShapes[i], (Shape) namesAndShapes[i + 1]);
        }
        return new Struct(Map.copyOf(fields));
    }

    /** A structure with more parts. */
    static Struct with(Struct struct, Struct more) {
        Map<String, Shape> fields = new HashMap<>(struct.fields());
        fields.putAll(more.fields());
        return new Struct(Map.copyOf(fields));
    }
}
