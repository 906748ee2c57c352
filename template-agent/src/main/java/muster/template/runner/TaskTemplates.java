package muster.template.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import muster.registry.client.RegistryClient;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.render.Machine;
import muster.template.render.Sandbox;
import muster.template.watch.Sources;
import muster.template.watch.Watcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The templates of one task: renders them when all they need is known, tells the listener, and keeps the files up to date
 * until closed. Only templates whose dependencies changed are rendered, all from one snapshot of values. One virtual thread
 * owns the rendering; {@link #status} may be called by any.
 */
public final class TaskTemplates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskTemplates.class);
    /** Between two reports of what is missing. */
    private static final Duration MISSING_INTERVAL = Duration.ofSeconds(3);
    /** At first everything is missing for a moment; only what stays missing is worth a word. */
    private static final Duration MISSING_GRACE = Duration.ofMillis(300);

    /**
     * Where templates live and what they may see.
     *
     * @param sandbox relative sources, destinations and read files start at its base
     * @param environment for {@code env}
     * @param denied globs of functions that fail when called
     */
    public record Surroundings(Sandbox sandbox, Map<String, String> environment, List<String> denied) {
        public Surroundings {
            environment = Map.copyOf(environment);
            denied = List.copyOf(denied);
        }
    }

    /** One template as a status page shows it. */
    public record Status(String destination, List<String> missing, Optional<Instant> missingSince,
            Optional<Instant> rendered, Optional<String> failure) {
        public Status {
            missing = List.copyOf(missing);
        }
    }

    private final List<TaskTemplate> entries;
    private final Context.Settings settings;
    private final Watcher watcher;
    private final TemplateListener listener;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Set<Dependency<?>> changes = new HashSet<>();
    private final Thread thread;
    private boolean closed;
    private boolean ready;
    private List<String> currentMissing = List.of();
    private long missingChangedAt;
    private List<String> reportedMissing = List.of();
    private long reportedAt;

    private TaskTemplates(List<TaskTemplate> entries, Surroundings surroundings, RegistryClient registry, TemplateListener listener,
            InstantSource clock, RandomGenerator random) {
        this.entries = entries;
        this.settings = new Context.Settings(
                surroundings.environment(), surroundings.denied(), new Machine(surroundings.sandbox()));
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        this.watcher = new Watcher(Sources.of(registry), surroundings.sandbox().base(), clock, this::changed);
        this.reportedAt = System.nanoTime() - MISSING_INTERVAL.toNanos();
        this.thread = Thread.ofVirtual().name("templates").unstarted(this::run);
    }

    /**
     * Parses all templates and starts. The client is not closed by the returned handle.
     *
     * @throws muster.template.language.TemplateException if one does not parse
     * @throws UncheckedIOException if a source can't be read or a path leads outside of the sandbox
     */
    public static TaskTemplates start(List<TemplateSpec> specs, Surroundings surroundings, RegistryClient registry,
            TemplateListener listener, InstantSource clock, RandomGenerator random) {
        List<TaskTemplate> entries = new ArrayList<>();
        for (TemplateSpec spec : specs) {
            try {
                entries.add(TaskTemplate.open(spec, surroundings.sandbox()));
            } catch (IOException e) {
                throw new UncheckedIOException("template for " + spec.destination() + ": " + e.getMessage(), e);
            }
        }
        TaskTemplates templates =
                new TaskTemplates(List.copyOf(entries), surroundings, registry, listener, clock, random);
        templates.thread.start();
        return templates;
    }

    /** Each template in the order given. */
    public List<Status> status() {
        return entries.stream().map(entry -> {
            TaskTemplate.State state = entry.state();
            return new Status(entry.spec().destination(), state.missing(), state.missingSince(), state.rendered(), state.failure());
        }).toList();
    }

    /** What is watched, with failures. */
    public List<Watcher.Status> dependencies() {
        return watcher.status();
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

    private void run() {
        try {
            entries.forEach(entry -> entry.touch(System.nanoTime()));
            while (awaitWork()) {
                batch();
            }
        } catch (InterruptedException e) {
            LOG.debug("templates stopped destinations={}", entries.stream().map(entry -> entry.spec().destination()).toList());
        }
    }

    /** Waits until a template is due or the missing ones may be reported; false when closed. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long now = System.nanoTime();
                noteChanges(now);
                if (entries.stream().anyMatch(entry -> entry.isDue(now)) || missingReportIsDue(now)) {
                    return true;
                }
                Optional<Long> next = nextTime(now);
                if (next.isPresent()) {
                    wake.await(Math.max(1, next.get()), TimeUnit.NANOSECONDS);
                } else {
                    wake.await();
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void noteChanges(long now) {
        for (TaskTemplate entry : entries) {
            if (!entry.isFinished() && entry.state().used().stream().anyMatch(changes::contains)) {
                entry.touch(now);
            }
        }
        changes.clear();
    }

    private Optional<Long> nextTime(long now) {
        Optional<Long> due = entries.stream().flatMap(entry -> entry.remaining(now).stream()).min(Long::compare);
        Optional<Long> report = currentMissing.isEmpty() || currentMissing.equals(reportedMissing)
                ? Optional.empty() : Optional.of(missingReportAt() - now);
        return due.isPresent() && report.isPresent() ? Optional.of(Math.min(due.get(), report.get())) : due.or(() -> report);
    }

    private boolean missingReportIsDue(long now) {
        return !currentMissing.isEmpty() && !currentMissing.equals(reportedMissing) && missingReportAt() - now <= 0;
    }

    private long missingReportAt() {
        long graceEnds = missingChangedAt + MISSING_GRACE.toNanos();
        long intervalEnds = reportedAt + MISSING_INTERVAL.toNanos();
        return graceEnds - intervalEnds > 0 ? graceEnds : intervalEnds;
    }

    private List<String> missing() {
        return entries.stream().flatMap(entry -> entry.state().missing().stream()).distinct().sorted().toList();
    }

    private void batch() throws InterruptedException {
        List<TaskTemplate> changedFiles = renderDue();
        if (!ready && entries.stream().allMatch(TaskTemplate::isRendered)) {
            ready = true;
            listener.ready(environment());
        } else if (ready) {
            react(changedFiles);
        }
        reportMissing();
    }

    /** All due templates from one snapshot; returns those whose file changed. */
    private List<TaskTemplate> renderDue() {
        long now = System.nanoTime();
        Values snapshot = watcher.snapshot();
        List<TaskTemplate> changedFiles = new ArrayList<>();
        for (TaskTemplate entry : entries) {
            if (entry.isDue(now) && render(entry, snapshot)) {
                changedFiles.add(entry);
            }
        }
        watchWhatIsUsed();
        return changedFiles;
    }

    /** @return whether the file on disk changed */
    private boolean render(TaskTemplate entry, Values snapshot) {
        boolean written = entry.render(snapshot, settings, clock.instant());
        String destination = entry.spec().destination();
        TaskTemplate.State state = entry.state();
        boolean stopping = Thread.currentThread().isInterrupted();
        if (state.failure().isPresent() && state.missing().isEmpty() && !stopping) {
            LOG.warn("template failed destination={} why={}", destination, state.failure().get());
            listener.failed(destination, state.failure().get());
        }
        if (written) {
            LOG.info("template rendered destination={}", destination);
        }
        return written;
    }

    /** An answer may come at once: what a template uses was noted before its watch starts here, so it is not overlooked. */
    private void watchWhatIsUsed() {
        Set<Dependency<?>> used = new HashSet<>();
        entries.stream().filter(entry -> !entry.isFinished()).forEach(entry -> used.addAll(entry.state().used()));
        watcher.watchOnly(used);
    }

    private void reportMissing() {
        List<String> missing = missing();
        if (!missing.equals(currentMissing)) {
            currentMissing = missing;
            missingChangedAt = System.nanoTime();
        }
        if (missing.isEmpty()) {
            reportedMissing = List.of();
        } else if (missingReportIsDue(System.nanoTime())) {
            reportedMissing = missing;
            reportedAt = System.nanoTime();
            Instant since = entries.stream().flatMap(entry -> entry.state().missingSince().stream()).min(Instant::compareTo)
                    .orElse(clock.instant());
            LOG.info("templates waiting missing={} since={}", missing, since);
            listener.waiting(missing, since);
        }
    }

    /** Waits out the splay; what changes meanwhile joins the same reaction. */
    private void react(List<TaskTemplate> changedFiles) throws InterruptedException {
        Duration splay = changedFiles.stream().filter(TaskTemplates::reacts).map(entry -> entry.spec().splay())
                .max(Duration::compareTo).orElse(Duration.ZERO);
        Set<TaskTemplate> changed = new LinkedHashSet<>(changedFiles);
        if (!splay.isZero()) {
            Thread.sleep(Duration.ofNanos(random.nextLong(splay.toNanos())));
            lock.lock();
            try {
                noteChanges(System.nanoTime());
            } finally {
                lock.unlock();
            }
            changed.addAll(renderDue());
        }
        boolean restart = false;
        TreeSet<String> signals = new TreeSet<>();
        for (TaskTemplate entry : changed) {
            switch (entry.spec().changeMode()) {
                case TemplateSpec.ChangeMode.Noop ignored -> { }
                case TemplateSpec.ChangeMode.Restart ignored -> restart = true;
                case TemplateSpec.ChangeMode.Signal signal -> signals.add(signal.signal());
            }
        }
        if (restart || !signals.isEmpty()) {
            listener.changed(new Reaction(restart, restart ? new TreeSet<>() : signals,
                    changed.stream().map(entry -> entry.spec().destination()).toList(), environment()));
        }
    }

    private static boolean reacts(TaskTemplate entry) {
        return !(entry.spec().changeMode() instanceof TemplateSpec.ChangeMode.Noop);
    }

    private Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        entries.forEach(entry -> variables.putAll(entry.state().variables()));
        return variables;
    }

    /** Stops watching and rendering; files stay. Does not wait for a listener that is being called. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        watcher.close();
    }
}
