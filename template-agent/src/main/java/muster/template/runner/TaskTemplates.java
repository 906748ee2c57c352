package muster.template.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import muster.template.language.GoText;
import muster.template.render.AtomicFile;
import muster.template.render.EnvironmentFile;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Sandbox;
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

    /** A template and where it stands. Fields are written under the lock; rendering happens outside of it. */
    private static final class Entry {
        private final TemplateSpec spec;
        private final Renderer renderer;
        private final Path file;
        private Quiescence quiescence;
        private Set<Dependency<?>> used = Set.of();
        private Map<String, String> variables = Map.of();
        private List<String> missing = List.of();
        private Optional<Instant> missingSince = Optional.empty();
        private Optional<Instant> rendered = Optional.empty();
        private Optional<String> failure = Optional.empty();

        Entry(TemplateSpec spec, Renderer renderer, Path file) {
            this.spec = spec;
            this.renderer = renderer;
            this.file = file;
            this.quiescence = Quiescence.idle(spec.quiet());
        }
    }

    private final List<Entry> entries;
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

    private TaskTemplates(List<Entry> entries, Surroundings surroundings, RegistryClient registry, TemplateListener listener,
            InstantSource clock, RandomGenerator random) {
        this.entries = entries;
        this.settings = new Context.Settings(
                surroundings.environment(), surroundings.denied(), surroundings.sandbox()::readable);
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        this.watcher = new Watcher(registry, surroundings.sandbox().base(), clock, this::changed);
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
        List<Entry> entries = new ArrayList<>();
        for (TemplateSpec spec : specs) {
            try {
                Path file = surroundings.sandbox().destination(spec.destination());
                String name = spec.source() instanceof TemplateSpec.Source.FromFile source ? source.path() : "(dynamic)";
                entries.add(new Entry(spec,
                        Renderer.parse(name, text(spec.source(), surroundings.sandbox()), spec.dialect(), spec.delimiters(),
                                spec.onMissingMapKey()),
                        file));
            } catch (IOException e) {
                throw new UncheckedIOException("template for " + spec.destination() + ": " + e.getMessage(), e);
            }
        }
        TaskTemplates templates =
                new TaskTemplates(List.copyOf(entries), surroundings, registry, listener, clock, random);
        templates.thread.start();
        return templates;
    }

    private static String text(TemplateSpec.Source source, Sandbox sandbox) throws IOException {
        return switch (source) {
            case TemplateSpec.Source.Inline inline -> inline.text();
            case TemplateSpec.Source.FromFile file ->
                GoText.of(Files.readAllBytes(sandbox.base().resolve(sandbox.readable(file.path()))));
        };
    }

    /** Each template in the order given. */
    public List<Status> status() {
        lock.lock();
        try {
            return entries.stream().map(e -> new Status(e.spec.destination(), e.missing, e.missingSince, e.rendered, e.failure))
                    .toList();
        } finally {
            lock.unlock();
        }
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
            entries.forEach(entry -> entry.quiescence = new Quiescence(entry.spec.quiet(), true, 0, System.nanoTime()));
            while (awaitWork()) {
                batch();
            }
        } catch (InterruptedException e) {
            LOG.debug("templates stopped destinations={}", entries.stream().map(entry -> entry.spec.destination()).toList());
        }
    }

    /** Waits until a template is due or the missing ones may be reported; false when closed. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long now = System.nanoTime();
                noteChanges(now);
                if (entries.stream().anyMatch(entry -> entry.quiescence.isDue(now)) || missingReportIsDue(now)) {
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

    /** Before the first rendering nothing is gained by waiting for quiet. */
    private void noteChanges(long now) {
        for (Entry entry : entries) {
            boolean finished = entry.spec.once() && entry.rendered.isPresent();
            if (!finished && entry.used.stream().anyMatch(changes::contains)) {
                entry.quiescence = entry.rendered.isPresent()
                        ? entry.quiescence.changed(now)
                        : new Quiescence(entry.spec.quiet(), true, now, now);
            }
        }
        changes.clear();
    }

    private Optional<Long> nextTime(long now) {
        Optional<Long> due = entries.stream().filter(entry -> entry.quiescence.pending())
                .map(entry -> entry.quiescence.remaining(now).toNanos()).min(Long::compare);
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
        return entries.stream().flatMap(entry -> entry.missing.stream()).distinct().sorted().toList();
    }

    private void batch() throws InterruptedException {
        List<Entry> changedFiles = renderDue();
        if (!ready && entries.stream().allMatch(entry -> entry.rendered.isPresent())) {
            ready = true;
            listener.ready(environment());
        } else if (ready) {
            react(changedFiles);
        }
        reportMissing();
    }

    /** All due templates from one snapshot; returns those whose file changed. */
    private List<Entry> renderDue() {
        long now = System.nanoTime();
        Values snapshot = watcher.snapshot();
        List<Entry> changedFiles = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.quiescence.isDue(now) && render(entry, snapshot)) {
                changedFiles.add(entry);
            }
        }
        watchWhatIsUsed();
        return changedFiles;
    }

    /** @return whether the file on disk changed */
    private boolean render(Entry entry, Values snapshot) {
        RenderResult result = entry.renderer.render(snapshot, settings, clock.instant());
        Optional<String> failure = Optional.empty();
        boolean written = false;
        Map<String, String> variables = entry.variables;
        boolean done = false;
        if (result instanceof RenderResult.Rendered output) {
            try {
                if (entry.spec.environment()) {
                    variables = EnvironmentFile.parse(output.text());
                }
                written = AtomicFile.write(entry.file, GoText.bytes(output.text()), entry.spec.permissions(), true);
                done = true;
            } catch (IOException | IllegalArgumentException e) {
                failure = Optional.of("failed to render " + entry.spec.destination() + ": " + e.getMessage());
            }
        } else if (result instanceof RenderResult.Failed failed) {
            failure = Optional.of(failed.message());
        }
        List<String> missing = missingOf(result).stream().map(Object::toString).sorted().toList();
        lock.lock();
        try {
            entry.quiescence = entry.quiescence.rendered();
            entry.used = result.used();
            entry.variables = variables;
            entry.missing = missing;
            entry.missingSince = missing.isEmpty() ? Optional.empty() : entry.missingSince.or(() -> Optional.of(clock.instant()));
            entry.failure = failure;
            entry.rendered = done ? Optional.of(clock.instant()) : entry.rendered;
        } finally {
            lock.unlock();
        }
        if (failure.isPresent() && missing.isEmpty()) {
            LOG.warn("template failed destination={} why={}", entry.spec.destination(), failure.get());
            listener.failed(entry.spec.destination(), failure.get());
        }
        if (written) {
            LOG.info("template rendered destination={}", entry.spec.destination());
        }
        return written;
    }

    private static Set<Dependency<?>> missingOf(RenderResult result) {
        return switch (result) {
            case RenderResult.Rendered ignored -> Set.of();
            case RenderResult.Missing missing -> missing.missing();
            case RenderResult.Failed failed -> failed.missing();
        };
    }

    /** An answer may come at once: what a template uses was noted before its watch starts here, so it is not overlooked. */
    private void watchWhatIsUsed() {
        Set<Dependency<?>> used = new HashSet<>();
        lock.lock();
        try {
            for (Entry entry : entries) {
                if (!(entry.spec.once() && entry.rendered.isPresent())) {
                    used.addAll(entry.used);
                }
            }
        } finally {
            lock.unlock();
        }
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
            Instant since = entries.stream().flatMap(entry -> entry.missingSince.stream()).min(Instant::compareTo)
                    .orElse(clock.instant());
            LOG.info("templates waiting missing={} since={}", missing, since);
            listener.waiting(missing, since);
        }
    }

    /** Waits out the splay; what changes meanwhile joins the same reaction. */
    private void react(List<Entry> changedFiles) throws InterruptedException {
        Duration splay = changedFiles.stream().filter(TaskTemplates::reacts).map(entry -> entry.spec.splay())
                .max(Duration::compareTo).orElse(Duration.ZERO);
        Set<Entry> changed = new LinkedHashSet<>(changedFiles);
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
        for (Entry entry : changed) {
            switch (entry.spec.changeMode()) {
                case TemplateSpec.ChangeMode.Noop ignored -> { }
                case TemplateSpec.ChangeMode.Restart ignored -> restart = true;
                case TemplateSpec.ChangeMode.Signal signal -> signals.add(signal.signal());
            }
        }
        if (restart || !signals.isEmpty()) {
            listener.changed(new Reaction(restart, restart ? new TreeSet<>() : signals,
                    changed.stream().map(entry -> entry.spec.destination()).toList(), environment()));
        }
    }

    private static boolean reacts(Entry entry) {
        return !(entry.spec.changeMode() instanceof TemplateSpec.ChangeMode.Noop);
    }

    private Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        entries.forEach(entry -> variables.putAll(entry.variables));
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
