package muster.template.watch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;

/**
 * What one recursive read after the other says of the keys that are wanted below its prefix. Entries that are the same objects as
 * before cost next to nothing. Pure; whoever uses it holds its monitor.
 */
final class GroupNews {
    private final WatchPlan.Group group;
    private final Map<String, KeyValue> before = new HashMap<>();
    /** Keys that were not there, and were named as such. */
    private final Set<Query.Key> away = new HashSet<>();

    GroupNews(WatchPlan.Group group) {
        this.group = group;
    }

    /**
     * @param changed with their newest entries
     * @param absent that the read does not show any more, or did not at first
     */
    record News(Map<Query.Key, KeyValue> changed, List<Query.Key> absent) {}

    News take(List<KeyValue> entries) {
        Map<Query.Key, KeyValue> changed = new HashMap<>();
        int there = 0;
        for (KeyValue entry : entries) {
            KeyValue old = before.get(entry.key());
            if (old == entry) {
                there++;
                continue;
            }
            Query.Key key = new Query.Key(entry.key(), group.query().scope());
            if (group.keys().contains(key)) {
                there++;
                before.put(entry.key(), entry);
                away.remove(key);
                if (!entry.equals(old)) {
                    changed.put(key, entry);
                }
            }
        }
        return new News(changed, there == group.keys().size() ? List.of() : absent(entries));
    }

    private List<Query.Key> absent(List<KeyValue> entries) {
        Set<String> shown = new HashSet<>();
        entries.forEach(entry -> shown.add(entry.key()));
        List<Query.Key> absent = new ArrayList<>();
        for (Query.Key key : group.keys()) {
            if (!shown.contains(key.key())) {
                before.remove(key.key());
                if (away.add(key)) {
                    absent.add(key);
                }
            }
        }
        return absent;
    }

    /** Whether the last read did not show it. */
    boolean isAway(Query<?> key) {
        return away.contains(key);
    }

    /** A read failed: the next one is news as a whole. */
    void forget() {
        before.clear();
        away.clear();
    }
}
