package muster.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes and reads one record type: its components in their order, under the names that {@link Key} gives.
 * Built once for each type and shared by all threads.
 *
 * <p>Component types: text, booleans, int, long and double and their boxes, {@code Duration} (nanoseconds, or Go text),
 * {@code Instant}, {@code byte[]} (base64), enums by their {@code toString}, lists, maps with text keys, records,
 * {@code Object} (any tree) and {@code Optional} of these (null when empty).
 */
final class RecordCodec {
    private static final ClassValue<RecordCodec> CODECS = new ClassValue<>() {
        @Override
        protected RecordCodec computeValue(Class<?> type) {
            return new RecordCodec(type);
        }
    };

    private record Field(String name, Type type, Key key, Method accessor) {
        boolean isOmitted(Object part) {
            return key != null && (key.omitEmpty() && isEmpty(part) || key.omitNull() && part == null);
        }

        boolean durationText() {
            return key != null && key.durationText();
        }

        boolean unsigned() {
            return key != null && key.unsigned();
        }
    }

    private final Class<?> record;
    private final Field[] fields;
    private final Map<String, Integer> byName = new HashMap<>();
    private final Constructor<?> constructor;

    private RecordCodec(Class<?> record) {
        if (!record.isRecord()) {
            throw new IllegalArgumentException(record.getName() + " is not a record");
        }
        this.record = record;
        RecordComponent[] components = record.getRecordComponents();
        fields = new Field[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            Key key = component.getAnnotation(Key.class);
            String own = component.getName();
            String name = key != null && !key.value().isEmpty()
                    ? key.value()
                    : own.substring(0, 1).toUpperCase(Locale.ROOT) + own.substring(1);
            component.getAccessor().setAccessible(true);
            fields[i] = new Field(name, component.getGenericType(), key, component.getAccessor());
            types[i] = component.getType();
            byName.put(name, i);
            byName.putIfAbsent(name.toLowerCase(Locale.ROOT), i);
        }
        try {
            constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    static RecordCodec of(Class<?> type) {
        return CODECS.get(type);
    }

    void write(JsonGenerator out, Record value) throws IOException {
        out.writeStartObject();
        for (Field field : fields) {
            Object part = part(field, value);
            if (part instanceof Optional<?> optional) {
                part = optional.orElse(null);
            }
            if (field.isOmitted(part)) {
                continue;
            }
            out.writeFieldName(field.name());
            if (part instanceof Duration duration && field.durationText()) {
                out.writeString(GoDuration.format(duration));
            } else if (part instanceof Long bits && field.unsigned()) {
                out.writeNumber(bits >= 0 ? BigInteger.valueOf(bits) : new BigInteger(Long.toUnsignedString(bits)));
            } else {
                Json.emit(out, part);
            }
        }
        out.writeEndObject();
    }

    private static Object part(Field field, Record value) {
        try {
            return field.accessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isEmpty(Object part) {
        return switch (part) {
            case null -> true;
            case String s -> s.isEmpty();
            case Boolean b -> !b;
            case Double d -> d == 0;
            case Number n -> n.longValue() == 0;
            case Duration d -> d.isZero();
            case byte[] b -> b.length == 0;
            case List<?> l -> l.isEmpty();
            case Map<?, ?> m -> m.isEmpty();
            default -> false;
        };
    }

    /** Reads the value at which the parser stands; JSON's null is a record of nothing but defaults' null. */
    Object read(JsonParser in, Json.Unknown unknown) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw wrong(in, record.getSimpleName(), "");
        }
        Object[] parts = new Object[fields.length];
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            Integer index = byName.get(name);
            if (index == null) {
                index = byName.get(name.toLowerCase(Locale.ROOT));
            }
            in.nextToken();
            if (index == null) {
                if (unknown == Json.Unknown.REFUSE) {
                    throw new JsonException("json: unknown field " + GoQuote.quote(name));
                }
                in.skipChildren();
                continue;
            }
            Field field = fields[index];
            Object part = value(in, field.type(), field.name(), unknown);
            if (part != null || !isPrimitive(field.type())) {
                parts[index] = part;
            }
        }
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] == null) {
                parts[i] = absent(fields[i].type());
            }
        }
        try {
            return constructor.newInstance(parts);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object value(JsonParser in, Type type, String name, Json.Unknown unknown) throws IOException {
        JsonToken token = in.currentToken();
        if (type instanceof ParameterizedType generic) {
            return generic(in, generic, name, unknown);
        }
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        Class<?> target = (Class<?>) type;
        if (target == Object.class) {
            return Json.tree(in);
        }
        if (target.isRecord()) {
            return of(target).read(in, unknown);
        }
        if (target == String.class) {
            return require(in, token == JsonToken.VALUE_STRING, "string", name).getText();
        }
        if (target == boolean.class || target == Boolean.class) {
            require(in, token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, "bool", name);
            return token == JsonToken.VALUE_TRUE;
        }
        if (target == int.class || target == Integer.class) {
            require(in, token == JsonToken.VALUE_NUMBER_INT, "int", name);
            BigInteger number = in.getBigIntegerValue();
            require(in, number.bitLength() < 32, "int", name);
            return number.intValue();
        }
        if (target == long.class || target == Long.class) {
            require(in, token == JsonToken.VALUE_NUMBER_INT, "int64", name);
            BigInteger number = in.getBigIntegerValue();
            require(in, number.bitLength() <= 64, "int64", name);
            return number.longValue();
        }
        if (target == double.class || target == Double.class) {
            require(in, token.isNumeric(), "float64", name);
            return in.getDoubleValue();
        }
        if (target == Duration.class) {
            if (token == JsonToken.VALUE_STRING) {
                try {
                    return GoDuration.parse(in.getText());
                } catch (IllegalArgumentException e) {
                    throw new JsonException(e.getMessage());
                }
            }
            require(in, token.isNumeric(), "time.Duration", name);
            return Duration.ofNanos(in.getLongValue());
        }
        if (target == Instant.class) {
            return GoTime.parse(require(in, token == JsonToken.VALUE_STRING, "time.Time", name).getText());
        }
        if (target == byte[].class) {
            try {
                return Base64.getDecoder().decode(require(in, token == JsonToken.VALUE_STRING, "[]uint8", name).getText());
            } catch (IllegalArgumentException e) {
                throw new JsonException("illegal base64 data in field " + name);
            }
        }
        if (target.isEnum()) {
            String text = require(in, token == JsonToken.VALUE_STRING, "string", name).getText();
            for (Object constant : target.getEnumConstants()) {
                if (constant.toString().equals(text)) {
                    return constant;
                }
            }
            throw new JsonException("unknown value " + GoQuote.quote(text) + " in field " + name);
        }
        throw new IllegalStateException("no JSON form for " + target.getName() + " in " + record.getName());
    }

    private Object generic(JsonParser in, ParameterizedType type, String name, Json.Unknown unknown) throws IOException {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw == Optional.class) {
            return Optional.ofNullable(value(in, arguments[0], name, unknown));
        }
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (raw == List.class) {
            require(in, in.currentToken() == JsonToken.START_ARRAY, "[]" + goType(arguments[0]), name);
            List<Object> list = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(in, arguments[0], name, unknown));
            }
            return list;
        }
        if (raw == Map.class) {
            require(in, in.currentToken() == JsonToken.START_OBJECT, "map[string]" + goType(arguments[1]), name);
            Map<String, Object> map = arguments[1] == Object.class ? new LinkedHashMap<>() : new TreeMap<>();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String key = in.currentName();
                in.nextToken();
                map.put(key, value(in, arguments[1], name, unknown));
            }
            return map;
        }
        throw new IllegalStateException("no JSON form for " + type + " in " + record.getName());
    }

    private static boolean isPrimitive(Type type) {
        return type instanceof Class<?> c && c.isPrimitive();
    }

    private static Object absent(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            return Optional.empty();
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        if (type == long.class) {
            return 0L;
        }
        return type == double.class ? (Object) 0.0 : null;
    }

    private JsonParser require(JsonParser in, boolean fits, String wanted, String name) throws IOException {
        if (!fits) {
            throw wrong(in, wanted, name);
        }
        return in;
    }

    /** Go's text for a value of another type than the field's. */
    private JsonException wrong(JsonParser in, String wanted, String name) {
        String found = switch (in.currentToken()) {
            case START_OBJECT -> "object";
            case START_ARRAY -> "array";
            case VALUE_STRING -> "string";
            case VALUE_TRUE, VALUE_FALSE -> "bool";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
            default -> "null";
        };
        return new JsonException("json: cannot unmarshal " + found + " into Go "
                + (name.isEmpty() ? "value" : "struct field " + record.getSimpleName() + "." + path(in, name)) + " of type " + wanted);
    }

    /** The names of the fields that lead to the value, from the outermost; positions in lists are left out. */
    private static String path(JsonParser in, String name) {
        boolean opens = in.currentToken() == JsonToken.START_OBJECT || in.currentToken() == JsonToken.START_ARRAY;
        JsonStreamContext at = opens ? in.getParsingContext().getParent() : in.getParsingContext();
        while (at != null && at.inArray()) {
            at = at.getParent();
        }
        StringBuilder path = new StringBuilder(name);
        for (at = at == null ? null : at.getParent(); at != null; at = at.getParent()) {
            if (at.inObject() && at.getCurrentName() != null) {
                path.insert(0, at.getCurrentName() + '.');
            }
        }
        return path.toString();
    }

    /** A type as Go would name it in the originals' API packages. */
    private static String goType(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            return generic.getRawType() == Map.class ? "map[string]" + goType(of[1]) : "[]" + goType(of[0]);
        }
        Class<?> plain = (Class<?>) type;
        return plain.isRecord() ? "*api." + plain.getSimpleName() : switch (plain.getSimpleName()) {
            case "String" -> "string";
            case "Object" -> "interface {}";
            case "Boolean" -> "bool";
            case "Long" -> "int64";
            case "Integer" -> "int";
            default -> plain.getSimpleName();
        };
    }
}
