package muster.template.runner;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.template.dependency.Dependency;
import muster.template.watch.Sources;
import muster.template.watch.Watcher;

/**
 * Templates over shared watches. One thread calls {@link #awaitDue} and {@link #renderDue} in turn; {@link #status},
 * {@link #poke} and {@link #close} may be called by any. Only templates that a change touches are rendered, all that are due at
 * once from the values of one moment.
 */
public final class TemplateSet implements AutoCloseable {
    private final List<ManagedTemplate> entries;
    private final ManagedTemplate.Destination destination;
    private final PrintStream out;
    private final InstantSource clock;
    private final Sharing sharing;
    private final Watcher watcher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Set<Dependency<?>> changes = new HashSet<>();
    private final Set<ManagedTemplate> toLookAt = new HashSet<>();
    private final Map<ManagedTemplate, Set<Dependency<?>>> watched = new HashMap<>();
    private final Set<ManagedTemplate> circular = new HashSet<>();
    private boolean poked;
    private boolean usesChanged = true;

    /**
     * Nothing is read before the first {@link #renderDue}.
     *
     * @param base where relative paths of files that templates read start
     * @param out for what templates print
     * @param sharing started here, closed with the set
     */
    public TemplateSet(List<ManagedTemplate> entries, Sources sources, Path base, ManagedTemplate.Destination destination, PrintStream out,
            InstantSource clock, Sharing sharing) {
        this.entries = List.copyOf(entries);
        this.destination = destination;
        this.out = out;
        this.clock = clock;
        this.sharing = sharing;
        this.watcher = new Watcher(sources, base, clock, this::changed);
        long now = System.nanoTime();
        this.entries.forEach(entry -> entry.touch(now));
        sharing.start(this::lookAgain);
    }

    /** Templates that replace files as they should. */
    public static TemplateSet of(List<ManagedTemplate> entries, Sources sources, Path base, PrintStream out, InstantSource clock) {
        return new TemplateSet(entries, sources, base, ManagedTemplate::replace, out, clock, Sharing.NONE);
    }

    public List<ManagedTemplate> entries() {
        return entries;
    }

    private void changed(Dependency<?> dependency) {
        lock.lock();
        try {
            changes.add(dependency);
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void lookAgain(ManagedTemplate entry) {
        lock.lock();
        try {
            toLookAt.add(entry);
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a wait that is under way, or the next one. */
    public void poke() {
        lock.lock();
        try {
            poked = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a template is due, a poke, or for this long; negative is without end. */
    public void awaitDue(long mostNanos) throws InterruptedException {
        long begin = System.nanoTime();
        lock.lockInterruptibly();
        try {
            while (!poked) {
                long now = System.nanoTime();
                noteChanges(now);
                long left = mostNanos - (now - begin);
                if (isAnyDue(now) || mostNanos >= 0 && left <= 0) {
                    return;
                }
                Optional<Long> next = entries.stream().flatMap(entry -> entry.remaining(now).stream()).min(Long::compare);
                if (next.isEmpty() && mostNanos < 0) {
                    wake.await();
                } else {
                    long pause = mostNanos < 0 ? next.get() : next.map(due -> Math.min(due, left)).orElse(left);
                    wake.await(Math.max(1, pause), TimeUnit.NANOSECONDS);
                }
            }
            poked = false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAnyDue(long now) {
        for (ManagedTemplate entry : entries) {
            if (entry.isDue(now)) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is nothing left to render at the moment. */
    public boolean isSettled() {
        lock.lock();
        try {
            noteChanges(System.nanoTime());
            return !isAnyDue(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Takes note of changes that have come without waiting for more. */
    void noteChanges() {
        lock.lock();
        try {
            noteChanges(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void noteChanges(long now) {
        if (changes.isEmpty() && toLookAt.isEmpty()) {
            return;
        }
        for (ManagedTemplate entry : entries) {
            if (!entry.isFinished() && !circular.contains(entry) && (toLookAt.contains(entry) || usesAnyOf(entry, changes))) {
                entry.touch(now);
            }
        }
        changes.clear();
        toLookAt.clear();
    }

    private boolean usesAnyOf(ManagedTemplate entry, Set<Dependency<?>> changes) {
        Set<Dependency<?>> used = watched.getOrDefault(entry, Set.of());
        return changes.size() < used.size() ? changes.stream().anyMatch(used::contains) : used.stream().anyMatch(changes::contains);
    }

    /** What came of rendering those that were due. @param changed those whose file changed */
    public record Batch(List<ManagedTemplate> tried, List<ManagedTemplate> changed) {}

    /** All due templates from the values of one moment. */
    public Batch renderDue() {
        long now = System.nanoTime();
        Watcher.Moment moment = watcher.moment();
        List<ManagedTemplate> tried = new ArrayList<>();
        List<ManagedTemplate> changed = new ArrayList<>();
        for (ManagedTemplate entry : entries) {
            if (!entry.isDue(now) || circular.contains(entry)) {
                continue;
            }
            tried.add(entry);
            Watcher.Moment seen = sharing.seen(entry, moment);
            if (entry.render(seen, watcher, clock.instant(), destination, out)) {
                changed.add(entry);
            }
            sharing.tried(entry, seen);
            Set<Dependency<?>> needed = entry.isFinished() ? Set.of() : sharing.watched(entry);
            usesChanged |= !needed.equals(watched.put(entry, needed));
        }
        if (usesChanged) {
            usesChanged = false;
            stopCircles();
            Set<Dependency<?>> all = new HashSet<>();
            watched.values().forEach(all::addAll);
            watcher.watchOnly(all);
        }
        return new Batch(tried, changed);
    }

    /** Templates that read each other's files round and round would never rest. */
    private void stopCircles() {
        Map<Path, ManagedTemplate> byFile = new HashMap<>();
        entries.forEach(entry -> byFile.put(entry.file().toAbsolutePath().normalize(), entry));
        for (ManagedTemplate entry : entries) {
            List<ManagedTemplate> circle = circleFrom(entry, byFile);
            if (!circle.isEmpty() && circular.add(entry)) {
                List<String> names = new ArrayList<>(circle.stream().map(each -> each.spec().destination()).toList());
                names.add(names.getFirst());
                entry.stop("templates feed each other in a circle: " + String.join(" -> ", names) + "; it is not rendered any more");
            }
        }
    }

    /** The templates whose files lead from this one back to itself, empty if none do. */
    private static List<ManagedTemplate> circleFrom(ManagedTemplate start, Map<Path, ManagedTemplate> byFile) {
        Map<ManagedTemplate, ManagedTemplate> cameFrom = new HashMap<>();
        List<ManagedTemplate> open = new ArrayList<>(List.of(start));
        for (int i = 0; i < open.size(); i++) {
            for (Path read : open.get(i).reads()) {
                ManagedTemplate next = byFile.get(read);
                if (next == start) {
                    List<ManagedTemplate> circle = new ArrayList<>();
                    for (ManagedTemplate at = open.get(i); at != null; at = cameFrom.get(at)) {
                        circle.addFirst(at);
                    }
                    return circle;
                }
                if (next != null && !cameFrom.containsKey(next)) {
                    cameFrom.put(next, open.get(i));
                    open.add(next);
                }
            }
        }
        return List.of();
    }

    /** What is watched, by the names. */
    public List<Watcher.Status> dependencies() {
        return watcher.status();
    }

    /** Each template in the order given, with what it depends on. */
    public List<TemplateStatus> status() {
        Map<Dependency<?>, Watcher.Status> watched = new HashMap<>();
        watcher.status().forEach(status -> watched.put(status.dependency(), status));
        return entries.stream().map(entry -> TemplateStatus.of(entry, watched, clock.instant())).toList();
    }

    @Override
    public void close() {
        sharing.close();
        watcher.close();
    }
}
