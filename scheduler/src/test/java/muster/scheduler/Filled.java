package muster.scheduler;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Records with something in every component, down to the last one, each value another. A component type that this does not
 * know is an error, so that nothing goes unfilled by and by. One thread.
 */
public final class Filled {
    private int next = 1;

    public <T> T record(Class<T> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Object[] values = Arrays.stream(components).map(c -> value(c.getGenericType(), c.getName())).toArray();
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("can't fill " + type, e);
        }
    }

    private Object value(Type type, String name) {
        int number = next++;
        if (type instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            return generic.getRawType() == List.class ? List.of(value(of[0], name)) : Map.of("key" + number, value(of[1], name));
        }
        Class<?> plain = (Class<?>) type;
        return switch (plain.getSimpleName()) {
            case "String", "Object" -> name + number;
            case "boolean", "Boolean" -> true;
            case "int", "Integer" -> number;
            case "long", "Long" -> (1L << 53) + number;
            case "double", "Double" -> number + 0.5;
            case "byte[]" -> new byte[] {(byte) number, -1};
            case "Duration" -> Duration.ofNanos(number * 1_000_000_007L);
            case "Instant" -> Instant.ofEpochSecond(1_900_000_000L + number, number);
            default -> record(plain);
        };
    }
}
