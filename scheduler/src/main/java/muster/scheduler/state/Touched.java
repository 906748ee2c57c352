package muster.scheduler.state;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one command touches: objects that change, topics of which readers have to know. Lives as long as its {@link Edit}. */
final class Touched {
    final long index;
    /** Of what is changed in place until the command has been applied: see {@link Table#with(String, Object, Object)}. */
    final Object owner = new Object();
    private final String type;
    private final Map<String, Change> changes = new LinkedHashMap<>();
    private final Set<String> topics = new LinkedHashSet<>();
    private final Set<String> woken = new LinkedHashSet<>();
    private Table<Long> indexes;

    /**
     * @param type names the command, as the event stream tells it
     * @param indexes of the last change of each topic
     */
    Touched(long index, String type, Table<Long> indexes) {
        this.index = index;
        this.type = type;
        this.indexes = indexes;
    }

    void topic(String topic) {
        topics.add(topic);
    }

    void topic(String table, String topic) {
        topics.add(table);
        topics.add(topic);
    }

    /** Tells who waits on a topic, though nothing is written of it. */
    void wake(String topic) {
        woken.add(topic);
    }

    /** A topic ends with its object: who waits on it has to look again. */
    void gone(String topic) {
        indexes = indexes.without(topic);
        topics.remove(topic);
        woken.add(topic);
    }

    /** All topics of both tables are touched, those of the other stay. */
    void replace(Table<Long> other) {
        indexes.scan("", (topic, at) -> topics.add(topic) || true);
        other.scan("", (topic, at) -> topics.add(topic) || true);
        indexes = other;
        topics.add(Topic.EVERYTHING);
    }

    /** @param filterKeys empty ones are left out */
    void change(String topic, String key, String namespace, List<String> filterKeys, Record payload) {
        changes.remove(topic + '/' + key);
        changes.put(topic + '/' + key, new Change(index, topic, type, key, namespace,
                filterKeys.stream().filter(k -> !k.isEmpty()).toList(), payload));
    }

    /** What changed, each object once, in the order of its last change. */
    Collection<Change> changes() {
        return changes.values();
    }

    /** Adds all that somebody may wait on and has to look at again. */
    void tell(Set<String> told) {
        told.addAll(topics);
        told.addAll(woken);
    }

    Table<Long> indexes() {
        return indexes;
    }

    /** Notes the index with all that was touched. */
    void settle() {
        for (String topic : topics) {
            indexes = indexes.with(topic, index, owner);
        }
    }
}
