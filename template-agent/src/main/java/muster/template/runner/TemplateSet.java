package muster.template.runner;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.template.dependency.Dependency;
import muster.template.watch.Moment;
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
    /** Not cleared but replaced: the room that a great many once took would be walked through for ever. */
    private Set<Dependency<?>> changes = new HashSet<>();
    private Set<ManagedTemplate> toLookAt = new HashSet<>();
    private final Uses uses = new Uses();
    /** In the order given: those that a change or a pause's end may make due. */
    private final NavigableSet<ManagedTemplate> awake;
    private final Circles circles;
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
        this.circles = new Circles(this.entries);
        Map<ManagedTemplate, Integer> order = new HashMap<>();
        this.entries.forEach(entry -> order.put(entry, order.size()));
        this.awake = new TreeSet<>(Comparator.comparing(order::get));
        this.destination = destination;
        this.out = out;
        this.clock = clock;
        this.sharing = sharing;
        this.watcher = new Watcher(sources, base, clock, this::changed);
        long now = System.nanoTime();
        this.entries.forEach(entry -> touch(entry, now));
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

    private void touch(ManagedTemplate entry, long now) {
        entry.touch(now);
        awake.add(entry);
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
                Optional<Long> next = awake.stream().flatMap(entry -> entry.remaining(now).stream()).min(Long::compare);
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
        for (ManagedTemplate entry : awake) {
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
        Set<ManagedTemplate> touched = uses.usersOf(changes);
        touched.addAll(toLookAt);
        for (ManagedTemplate entry : touched) {
            if (!entry.isFinished() && !circles.has(entry)) {
                touch(entry, now);
            }
        }
        changes = new HashSet<>();
        toLookAt = new HashSet<>();
    }

    /** What came of rendering those that were due. @param changed those whose file changed */
    public record Batch(List<ManagedTemplate> tried, List<ManagedTemplate> changed) {}

    /** All due templates from the values of one moment. */
    public Batch renderDue() {
        long now = System.nanoTime();
        Moment moment = watcher.moment();
        List<ManagedTemplate> tried = new ArrayList<>();
        List<ManagedTemplate> changed = new ArrayList<>();
        for (ManagedTemplate entry : List.copyOf(awake)) {
            if (circles.has(entry)) {
                awake.remove(entry);
                continue;
            }
            if (!entry.isDue(now)) {
                continue;
            }
            tried.add(entry);
            Moment seen = sharing.seen(entry, moment);
            if (entry.render(seen, watcher, clock.instant(), destination, out)) {
                changed.add(entry);
            }
            sharing.tried(entry, seen);
            Set<Dependency<?>> needed = entry.isFinished() ? Set.of() : sharing.watched(entry);
            if (entry.remaining(now).isEmpty()) {
                awake.remove(entry);
            }
            usesChanged |= uses.replace(entry, needed);
        }
        if (usesChanged) {
            usesChanged = false;
            circles.stop();
            watcher.watchOnly(uses.all());
        }
        return new Batch(tried, changed);
    }

    /** What is watched, by the names. */
    public List<Watcher.Status> dependencies() {
        return watcher.status();
    }

    /** What is watched and can't be refreshed at present, by the names. */
    public List<Watcher.Status> failing() {
        return watcher.failing();
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
