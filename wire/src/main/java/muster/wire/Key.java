package muster.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of a record component in JSON. Without it the name is the component's, its first letter in upper case
 * ({@code createIndex} is {@code CreateIndex}), which is how the originals name most fields.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
    /** The JSON name; empty keeps the default name. */
    String value() default "";

    /** Go's {@code omitempty}: null, false, zero, empty text, empty list and empty map are not written. */
    boolean omitEmpty() default false;

    /** Go's {@code omitempty} on a pointer: null is not written, zero and empty are. */
    boolean omitNull() default false;

    /** Durations only: written as Go text ({@code "10s"}) instead of a number of nanoseconds. */
    boolean durationText() default false;

    /** Integers only: the 64 bits are an unsigned number. */
    boolean unsigned() default false;
}
