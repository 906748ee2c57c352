package muster.scheduler.reconcile;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;

/**
 * Which instances of a group stop where there are more than its count: what failed first, then the older of two with one number,
 * then what is told to leave its node anyway, then the highest numbers. One use.
 */
final class Surplus {
    private final Reconciler.Input in;
    private final Changes out;
    private final TaskGroup group;
    private final NameIndex names;
    private final Failures failures;
    private final int count;
    private Map<String, Allocation> untainted;
    private Map<String, Allocation> migrate;
    private int stopped;

    Surplus(Reconciler.Input in, Changes out, TaskGroup group, NameIndex names, Failures failures) {
        this.in = in;
        this.out = out;
        this.group = group;
        this.names = names;
        this.failures = failures;
        count = group.count() == null ? 1 : group.count();
    }

    /** Stops what is above the count, and takes it out of both; {@code apart} are not counted. Returns how many stop. */
    int stop(Map<String, Allocation> untainted, Map<String, Allocation> migrate, Set<String> apart) {
        this.untainted = untainted;
        this.migrate = migrate;
        Map<String, Allocation> candidates = new LinkedHashMap<>(untainted);
        candidates.keySet().removeAll(apart);
        int surplus = candidates.size() + migrate.size() - count;
        for (Allocation allocation : candidates.values().stream()
                .filter(a -> a.clientStatus().equals(Allocation.FAILED) && !a.isServerTerminal())
                .sorted(Comparator.comparingInt(Allocation::index).reversed()).limit(Math.max(0, surplus)).toList()) {
            giveUp(allocation);
            surplus--;
        }
        candidates.values().removeIf(Allocation::isTerminal);
        surplus = stopNamed(candidates, newestOfEachName(candidates), null, surplus);
        if (surplus > 0 && !migrate.isEmpty()) {
            Set<String> highest = new NameIndex(in.jobId(), group.name(), count, migrate.values()).highest(surplus);
            surplus = stopNamed(migrate, Set.of(), highest, surplus);
        }
        if (surplus > 0) {
            surplus = stopNamed(candidates, Set.of(), names.highest(surplus), surplus);
            stopNamed(candidates, Set.of(), null, surplus);
        }
        int room = Math.max(0, count - migrate.size() - untainted.size() + apart.size());
        failures.now.values().stream().filter(allocation -> !allocation.isCanary())
                .sorted(Comparator.comparingInt(Allocation::index)).skip(room).toList().forEach(this::giveUp);
        return stopped;
    }

    /** What failed goes before what runs, and is not placed again, where there are more than the count. */
    private void giveUp(Allocation allocation) {
        out.stop(List.of(allocation), "", Reconciler.NOT_NEEDED);
        stopped++;
        failures.giveUp(allocation);
        untainted.remove(allocation.id());
        names.release(allocation);
    }

    /** Where two have one number, as after a promotion, the older version is the one too many. */
    private static Set<String> newestOfEachName(Map<String, Allocation> candidates) {
        Map<String, Allocation> newest = new TreeMap<>();
        for (Allocation allocation : candidates.values()) {
            newest.merge(allocation.name(), allocation,
                    (one, other) -> other.job().version() > one.job().version() ? other : one);
        }
        Set<String> ids = new TreeSet<>();
        newest.values().forEach(allocation -> ids.add(allocation.id()));
        return ids;
    }

    /** Stops up to {@code surplus} of the candidates with one of the names (null: any); returns how many are left over. */
    private int stopNamed(Map<String, Allocation> candidates, Set<String> spared, Set<String> wanted, int surplus) {
        int left = surplus;
        for (Allocation allocation : List.copyOf(candidates.values())) {
            if (left > 0 && !spared.contains(allocation.id())
                    && (wanted == null || wanted.contains(allocation.name()))) {
                out.stop(List.of(allocation), "", Reconciler.NOT_NEEDED);
                stopped++;
                left--;
                candidates.remove(allocation.id());
                untainted.remove(allocation.id());
                migrate.remove(allocation.id());
                names.release(allocation);
            }
        }
        return left;
    }
}
