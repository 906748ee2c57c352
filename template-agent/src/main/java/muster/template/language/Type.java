package muster.template.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Go's types, as far as templates can tell them apart. Equal types are equal values. Constants stand in the records: here
 * they would be set before the basic types are.
 */
public sealed interface Type {
    /** The name that {@code %T} and error messages use. */
    String goName();

    /** Types without parts. */
    enum Basic implements Type {
        ANY("interface {}"),
        /** A parameter that takes a value as it is, even "no value". */
        RAW("reflect.Value"),
        BOOL("bool"),
        STRING("string"),
        FLOAT64("float64"),
        COMPLEX128("complex128"),
        INT("int"),
        INT64("int64"),
        UINT8("uint8"),
        UINT("uint"),
        UINT32("uint32"),
        UINT64("uint64");

        private final String goName;

        Basic(String goName) {
            this.goName = goName;
        }

        @Override
        public String goName() {
            return goName;
        }

        boolean isSigned() {
            return this == INT || this == INT64;
        }

        boolean isUnsigned() {
            return this == UINT8 || this == UINT || this == UINT32 || this == UINT64;
        }
    }

    /** {@code []T}. */
    record ListOf(Type element) implements Type {
        /** {@code []interface {}} */
        public static final ListOf ANYTHING = new ListOf(Basic.ANY);
        /** {@code []string} */
        public static final ListOf STRINGS = new ListOf(Basic.STRING);

        @Override
        public String goName() {
            return "[]" + element.goName();
        }
    }

    /** {@code map[K]V}. */
    record MapOf(Type key, Type element) implements Type {
        /** {@code map[string]interface {}} */
        public static final MapOf ANYTHING = new MapOf(Basic.STRING, Basic.ANY);

        @Override
        public String goName() {
            return "map[" + key.goName() + "]" + element.goName();
        }
    }

    /** A struct or a pointer to one; a pointer's name begins with {@code *}. */
    record Named(String goName) implements Type {
        boolean isPointer() {
            return goName.startsWith("*");
        }
    }

    /** Whether nil is a value of this type. */
    default boolean canBeNil() {
        return switch (this) {
            case Basic basic -> basic == Basic.ANY || basic == Basic.RAW;
            case ListOf ignored -> true;
            case MapOf ignored -> true;
            case Named named -> named.isPointer();
        };
    }

    /** What a variable of this type holds before it is set. */
    default Value zero() {
        return switch (this) {
            case Basic basic -> switch (basic) {
                case ANY -> Value.NIL;
                case RAW -> Value.NOTHING;
                case BOOL -> Value.bool(false);
                case STRING -> Value.text("");
                case FLOAT64 -> Value.real(0);
                case COMPLEX128 -> new Value.Complex(0, 0);
                case INT, INT64, UINT8, UINT, UINT32, UINT64 -> new Value.Int(basic, 0);
            };
            case ListOf list -> new Value.ListValue(list.element(), List.of());
            case MapOf map -> new Value.MapValue(map.key(), map.element(), Map.of());
            case Named named -> named.isPointer() ? new Value.Nil(named)
                    : new Value.Struct(named, new LinkedHashMap<>(), Map.of(), "");
        };
    }
}
