package muster.scheduler.reconcile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import muster.scheduler.state.Allocation;

/** The numbers in the names of a group's instances: which are in use, which come next, which go first. */
final class NameIndex {
    private final String prefix;
    private final int count;
    private final BitSet used = new BitSet();
    /** Numbers that two instances have, as a canary and the one it is going to replace. */
    private final BitSet twice = new BitSet();

    NameIndex(String job, String group, int count, Collection<Allocation> inUse) {
        prefix = job + '.' + group;
        this.count = count;
        for (Allocation allocation : inUse) {
            (used.get(allocation.index()) ? twice : used).set(allocation.index());
        }
    }

    String name(int index) {
        return prefix + '[' + index + ']';
    }

    /** The names of the highest numbers in use, which are free afterwards. */
    Set<String> highest(int n) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = used.length() - 1; i >= 0 && names.size() < n; i = used.previousSetBit(i - 1)) {
            names.add(name(i));
            used.clear(i);
            if (i == 0) {
                break;
            }
        }
        return names;
    }

    void release(Allocation allocation) {
        (twice.get(allocation.index()) ? twice : used).clear(allocation.index());
    }

    /**
     * The name for what takes an instance's place: the same, unless another has that number too or the count no longer
     * reaches it, and a lower one is free.
     */
    String successor(Allocation old) {
        int free = used.nextClearBit(0);
        boolean settled = old.index() < count && !twice.get(old.index());
        if (settled || free >= count) {
            return old.name();
        }
        release(old);
        used.set(free);
        return name(free);
    }

    /** Names for new instances: the lowest numbers that are free, then numbers that are used twice. */
    List<String> next(int n) {
        List<String> names = new ArrayList<>();
        for (int i = used.nextClearBit(0); i < count && names.size() < n; i = used.nextClearBit(i + 1)) {
            names.add(name(i));
            used.set(i);
        }
        for (int i = 0; names.size() < n; i++) {
            names.add(name(i));
            used.set(i);
        }
        return names;
    }

    /** Names for canaries: those of the instances that are going to be replaced first, then free ones. */
    List<String> canaries(int n, Collection<Allocation> existing, Collection<Allocation> destructive) {
        Set<String> taken = new LinkedHashSet<>();
        existing.forEach(allocation -> taken.add(allocation.name()));
        List<String> names = new ArrayList<>();
        BitSet replaced = new BitSet();
        destructive.forEach(allocation -> replaced.set(allocation.index()));
        for (int i = replaced.nextSetBit(0); i >= 0 && i < count && names.size() < n; i = replaced.nextSetBit(i + 1)) {
            if (taken.add(name(i))) {
                names.add(name(i));
                used.set(i);
            }
        }
        for (int i = used.nextClearBit(0); i < count && names.size() < n; i = used.nextClearBit(i + 1)) {
            if (taken.add(name(i))) {
                names.add(name(i));
                used.set(i);
            }
        }
        for (int i = count; names.size() < n; i++) {
            if (taken.add(name(i))) {
                names.add(name(i));
            }
        }
        return names;
    }
}
