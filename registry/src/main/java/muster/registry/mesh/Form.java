package muster.registry.mesh;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoDuration;

/**
 * The form of a part of a config entry: what may stand there, under which names and in which order it is shown. Reading is
 * generous as the original's is: names in any letter case, with or without underscores, numbers as texts, one map for a list of
 * one. Pure.
 */
sealed interface Form {
    Form TEXT = new Scalar(Scalar.Kind.TEXT);
    Form BOOL = new Scalar(Scalar.Kind.BOOL);
    Form INT = new Scalar(Scalar.Kind.INT);
    Form REAL = new Scalar(Scalar.Kind.REAL);
    Form DURATION = new Scalar(Scalar.Kind.DURATION);
    Form TEXTS = new ListOf(TEXT);
    Form TEXT_MAP = new MapOf(TEXT);
    Form ANY = new Any();

    /** A single value. */
    record Scalar(Kind kind) implements Form {
        enum Kind {
            TEXT, BOOL, INT, REAL, DURATION
        }
    }

    record ListOf(Form element) implements Form {}

    record MapOf(Form value) implements Form {}

    /** Any tree, kept as it came. */
    record Any() implements Form {}

    record Struct(List<Field> fields) implements Form {}

    /** @param always shown even when it is empty */
    record Field(String name, Form form, boolean always) {}

    /** Fields as pairs of name and form; a name that ends in {@code !} is always shown. */
    static Struct struct(Object... namesAndForms) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < namesAndForms.length; i += 2) {
            String name = (String) namesAndForms[i];
            boolean always = name.endsWith("!");
            fields.add(new Field(always ? name.substring(0, name.length() - 1) : name, (Form) namesAndForms[i + 1], always));
        }
        return new Struct(List.copyOf(fields));
    }

    /** Thrown for a value that does not fit; says which. */
    final class MisfitException extends RuntimeException {
        MisfitException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads a tree. Names that the form does not have are added to {@code unknown} with their path and left out; what is
     * empty is left out too.
     */
    static Object read(Form form, Object value, String path, List<String> unknown) {
        return switch (form) {
            case Scalar scalar -> scalar(scalar.kind(), value, path);
            case Any any -> value;
            case ListOf list -> {
                List<Object> read = new ArrayList<>();
                List<?> given = value instanceof List<?> many ? many : List.of(value);
                for (int i = 0; i < given.size(); i++) {
                    if (given.get(i) != null) {
                        read.add(read(list.element(), given.get(i), path + "[" + i + "]", unknown));
                    }
                }
                yield read;
            }
            case MapOf map -> {
                Map<String, Object> read = new TreeMap<>();
                map(value, path).forEach((key, part) -> {
                    if (part != null) {
                        read.put(key, read(map.value(), part, path + "[" + key + "]", unknown));
                    }
                });
                yield read;
            }
            case Struct struct -> struct(struct, map(value, path), path, unknown);
        };
    }

    private static Map<String, Object> struct(Struct struct, Map<String, Object> given, String path, List<String> unknown) {
        Map<String, Object> read = new LinkedHashMap<>();
        new TreeMap<>(given).forEach((key, part) -> {
            String at = path.isEmpty() ? key : path + "." + key;
            Field field = struct.fields().stream().filter(one -> plain(one.name()).equals(plain(key))).findFirst().orElse(null);
            if (field == null) {
                unknown.add(at);
            } else if (part != null) {
                Object value = read(field.form(), part, at, unknown);
                if (!isEmpty(value)) {
                    read.put(field.name(), value);
                }
            }
        });
        return read;
    }

    /** A map, or a list of the only one, which is how blocks come out of HCL. */
    private static Map<String, Object> map(Object value, String path) {
        Object one = value instanceof List<?> list && list.size() == 1 ? list.getFirst() : value;
        if (!(one instanceof Map<?, ?> map)) {
            throw new MisfitException("1 error(s) decoding:\n\n* '" + path + "' expected a map, got '" + goKind(value) + "'");
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, part) -> copy.put(String.valueOf(key), part));
        return copy;
    }

    private static Object scalar(Scalar.Kind kind, Object value, String path) {
        Object read = switch (kind) {
            case TEXT -> switch (value) {
                case String text -> text;
                case Boolean truth -> truth ? "1" : "0";
                case Number number -> String.valueOf(number);
                default -> null;
            };
            case BOOL -> switch (value) {
                case Boolean truth -> truth;
                case Number number -> number.doubleValue() != 0;
                case String text -> switch (text) {
                    case "1", "t", "T", "true", "TRUE", "True" -> true;
                    case "", "0", "f", "F", "false", "FALSE", "False" -> false;
                    default -> null;
                };
                default -> null;
            };
            case INT -> whole(value);
            case REAL -> real(value);
            case DURATION -> value instanceof String text ? nanos(text, path) : whole(value);
        };
        if (read == null) {
            throw new MisfitException("1 error(s) decoding:\n\n* '" + path + "' expected type '" + goType(kind)
                    + "', got unconvertible type '" + goKind(value) + "'");
        }
        return read;
    }

    private static Object whole(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? 1L : 0L;
            case BigInteger big -> null;
            case Number number -> number.longValue();
            case String text when text.matches("-?[0-9]{1,18}") -> Long.parseLong(text);
            default -> null;
        };
    }

    private static Object real(Object value) {
        return switch (value) {
            case Number number -> number.doubleValue();
            case String text when text.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?") -> Double.parseDouble(text);
            default -> null;
        };
    }

    private static long nanos(String text, String path) {
        try {
            return GoDuration.parse(text).toNanos();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MisfitException("1 error(s) decoding:\n\n* error decoding '" + path + "': " + e.getMessage());
        }
    }

    private static boolean isEmpty(Object value) {
        return switch (value) {
            case null -> true;
            case String text -> text.isEmpty();
            case Boolean truth -> !truth;
            case Number number -> number.doubleValue() == 0;
            case List<?> list -> list.isEmpty();
            default -> false;
        };
    }

    /** A name without what its writer may choose: letter case and underscores. */
    static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String goType(Scalar.Kind kind) {
        return switch (kind) {
            case TEXT -> "string";
            case BOOL -> "bool";
            case INT -> "int";
            case REAL -> "float32";
            case DURATION -> "time.Duration";
        };
    }

    private static String goKind(Object value) {
        return switch (value) {
            case null -> "nil";
            case Map<?, ?> map -> "map[string]interface {}";
            case List<?> list -> "[]interface {}";
            case Boolean truth -> "bool";
            case Number number -> "float64";
            default -> "string";
        };
    }

    /** A tree as it is shown: fields in the form's order, durations as Go's text. */
    static Object show(Form form, Object value) {
        return switch (form) {
            case Scalar scalar -> scalar.kind() == Scalar.Kind.DURATION && value instanceof Number nanos
                    ? GoDuration.format(Duration.ofNanos(nanos.longValue()))
                    : value == null ? nothing(scalar.kind()) : value;
            case Any any -> value;
            case ListOf list -> value instanceof List<?> given
                    ? given.stream().map(element -> show(list.element(), element)).toList()
                    : null;
            case MapOf map -> {
                if (!(value instanceof Map<?, ?> given)) {
                    yield null;
                }
                Map<String, Object> shown = new TreeMap<>();
                given.forEach((key, part) -> shown.put(String.valueOf(key), show(map.value(), part)));
                yield shown;
            }
            case Struct struct -> {
                Map<?, ?> given = value instanceof Map<?, ?> map ? map : Map.of();
                Map<String, Object> shown = new LinkedHashMap<>();
                for (Field field : struct.fields()) {
                    if (field.always() || given.get(field.name()) != null) {
                        shown.put(field.name(), show(field.form(), given.get(field.name())));
                    }
                }
                yield shown;
            }
        };
    }

    private static Object nothing(Scalar.Kind kind) {
        return switch (kind) {
            case TEXT -> "";
            case BOOL -> false;
            case INT, DURATION -> 0L;
            case REAL -> 0.0;
        };
    }
}
