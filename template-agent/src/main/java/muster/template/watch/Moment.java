package muster.template.watch;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;

/**
 * What is known at one moment. Watches bring one value after the other, so what is known may be of before and after a change of
 * several; where the registry is in the same process its values are therefore taken from one state of it, the newest. Owned by
 * one thread.
 */
public final class Moment {
    private final Instant now;
    private final Values known;
    private final List<Emptied> emptied;
    private final Optional<RegistryClient.Reader> reader;
    private final Map<EmptyHold, Values> byHold = new HashMap<>();
    private final Map<Dependency<?>, Object> read = new HashMap<>();

    /** A list that is empty and was not. @param before it became so */
    record Emptied(Dependency<?> dependency, Object before, Instant since) {}

    /** @param reader of one state, empty where there is no such thing */
    Moment(Instant now, Values known, List<Emptied> emptied, Optional<RegistryClient.Reader> reader) {
        this.now = now;
        this.known = known;
        this.emptied = emptied;
        this.reader = reader;
    }

    /** The same with these values for what is not known here. */
    public Moment with(Map<Dependency<?>, Object> others) {
        Map<Dependency<?>, Object> unknown = new HashMap<>(others);
        unknown.keySet().removeIf(dependency -> known.get(dependency).isPresent());
        return new Moment(now, known.with(unknown), emptied, reader);
    }

    /** The values, where lists that became empty a short while ago are as they were before. */
    public Values values(EmptyHold hold) {
        return byHold.computeIfAbsent(emptied.isEmpty() ? EmptyHold.NONE : hold, each -> {
            Map<Dependency<?>, Object> held = new HashMap<>();
            emptied.stream().filter(list -> now.isBefore(list.since().plus(each.of(list.dependency()))))
                    .forEach(list -> held.put(list.dependency(), list.before()));
            Values values = known.with(held);
            return reader.isPresent() ? values.seenAs(this::newest) : values;
        });
    }

    /** A list that has become empty just now is so once its watch says so, and its hold begins. */
    private Object newest(Dependency<?> dependency, Object last) {
        if (!Watcher.isFed(dependency)) {
            return last;
        }
        Object value = read.computeIfAbsent(dependency, key -> read((Dependency.OfRegistry<?>) key, last));
        return isEmpty(value) && !isEmpty(last) ? last : value;
    }

    private Object read(Dependency.OfRegistry<?> dependency, Object last) {
        try {
            return reader.orElseThrow().read(dependency.query()).value();
        } catch (RegistryException e) {
            return last;
        }
    }

    private static boolean isEmpty(Object value) {
        return Watcher.list(value) instanceof List<?> list && list.isEmpty();
    }
}
