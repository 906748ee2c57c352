package muster.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The log of a simulated server: what it promised, its newest snapshot and the entries after that. A value.
 *
 * @param first the number of the first entry; entries count from 1
 */
record SimulatedLog(long term, Optional<Saved> snapshot, long first, List<Entry> entries) {
    static final SimulatedLog EMPTY = new SimulatedLog(0, Optional.empty(), 1, List.of());

    /** @param writer who sent it; empty for the entry with which a leader begins */
    record Entry(long term, Optional<SeenCalls.Writer> writer, long call, byte[] bytes) {}

    /** A snapshot up to an entry, with the index of the newest command in it. */
    record Saved(long entry, long term, long index, byte[] bytes) {}

    SimulatedLog {
        entries = List.copyOf(entries);
    }

    /** The number of the last entry, 0 for none. */
    long last() {
        return first + entries.size() - 1;
    }

    /** The term of an entry that is here or is the snapshot's last; 0 for number 0. */
    long termAt(long entry) {
        if (entry >= first) {
            return at(entry).term();
        }
        return snapshot.filter(saved -> saved.entry() == entry).map(Saved::term).orElse(0L);
    }

    Entry at(long entry) {
        return entries.get((int) (entry - first));
    }

    /** The entries from a number on. */
    List<Entry> from(long entry) {
        return List.copyOf(entries.subList((int) (entry - first), entries.size()));
    }

    SimulatedLog withTerm(long newTerm) {
        return new SimulatedLog(newTerm, snapshot, first, entries);
    }

    /** With entries from a number on, in place of those that were there. */
    SimulatedLog with(long from, List<Entry> added) {
        int skipped = (int) Math.max(0, first - from);
        List<Entry> all = new ArrayList<>(entries.subList(0, (int) Math.max(0, from - first)));
        all.addAll(added.subList(Math.min(skipped, added.size()), added.size()));
        return new SimulatedLog(term, snapshot, first, all);
    }

    /** With a snapshot, and without the entries that it covers; without any where they don't fit to it. */
    SimulatedLog with(Saved saved) {
        if (snapshot.isPresent() && snapshot.get().entry() >= saved.entry()) {
            return this;
        }
        boolean fits = saved.entry() <= last() && saved.entry() >= first && termAt(saved.entry()) == saved.term();
        List<Entry> left = fits ? entries.subList((int) (saved.entry() + 1 - first), entries.size()) : List.of();
        return new SimulatedLog(term, Optional.of(saved), saved.entry() + 1, left);
    }
}
