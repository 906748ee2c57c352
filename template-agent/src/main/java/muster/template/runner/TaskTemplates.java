package muster.template.runner;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import muster.template.function.Context;
import muster.template.render.Machine;
import muster.template.render.Output;
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
    /** Between two looks at what is missing: with thousands of dependencies a look costs more than a rendering. */
    private static final Duration LOOK = Duration.ofMillis(50);
    /** At first everything is missing for a moment; only what stays missing is worth a word. */
    private static final Duration MISSING_GRACE = Duration.ofMillis(300);

    /**
     * Where templates live and what they may see.
     *
     * @param sandbox relative sources, destinations and read files start at its base
     * @param environment for {@code env}
     * @param denied globs of functions that fail when called
     * @param running whether the task runs already: then files that change in the first rendering cause a reaction too
     * @param checks looks at a template's new file before it replaces the old one
     */
    public record Surroundings(Sandbox sandbox, Map<String, String> environment, List<String> denied, boolean running,
            Function<TemplateSpec, Output.Check> checks) {
        public Surroundings {
            environment = Map.copyOf(environment);
            denied = List.copyOf(denied);
        }
    }

    private final TemplateSet set;
    private final TemplateListener listener;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Thread thread;
    private volatile boolean closed;
    private boolean ready;
    /** Whether something else may be missing than when that was last looked at. */
    private boolean unseen;
    private long lookedAt = System.nanoTime() - LOOK.toNanos();
    private List<String> currentMissing = List.of();
    private long missingChangedAt;
    private List<String> reportedMissing = List.of();
    private long reportedAt;

    private final boolean running;
    private final Set<ManagedTemplate> changedBeforeReady = new LinkedHashSet<>();

    private TaskTemplates(TemplateSet set, boolean running, TemplateListener listener, InstantSource clock, RandomGenerator random) {
        this.set = set;
        this.running = running;
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        this.reportedAt = System.nanoTime() - MISSING_INTERVAL.toNanos();
        this.thread = Thread.ofVirtual().name("templates").unstarted(this::run);
    }

    /**
     * Parses all templates and starts. The sources are not closed by the returned handle.
     *
     * @throws muster.template.language.TemplateException if one does not parse
     * @throws UncheckedIOException if a source can't be read or a path leads outside of the sandbox
     */
    public static TaskTemplates start(List<TemplateSpec> specs, Surroundings surroundings, Sources sources,
            TemplateListener listener, InstantSource clock, RandomGenerator random) {
        List<ManagedTemplate> entries = new ArrayList<>();
        Sandbox sandbox = surroundings.sandbox();
        for (TemplateSpec spec : specs) {
            try {
                String destination = sandbox.destination(spec.destination()).toString();
                Context.Settings functions = new Context.Settings(
                        surroundings.environment(), surroundings.denied(), new Machine(sandbox, destination, false));
                entries.add(ManagedTemplate.open(spec, sandbox, functions, surroundings.checks().apply(spec)));
            } catch (IOException e) {
                throw new UncheckedIOException("template for " + spec.destination() + ": " + e.getMessage(), e);
            }
        }
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        TemplateSet set = TemplateSet.of(entries, sources, sandbox.base(), nowhere, clock);
        TaskTemplates templates = new TaskTemplates(set, surroundings.running(), listener, clock, random);
        templates.thread.start();
        return templates;
    }

    /** Each template in the order given. */
    public List<TemplateStatus> status() {
        return set.status();
    }

    /** What is watched, with failures. */
    public List<Watcher.Status> dependencies() {
        return set.dependencies();
    }

    private void run() {
        try {
            while (!closed) {
                batch();
                Optional<Long> report = missingReport();
                set.awaitDue(report.map(at -> Math.max(0, at - System.nanoTime())).orElse(-1L));
            }
        } catch (InterruptedException e) {
            LOG.debug("templates stopped destinations={}", set.entries().stream().map(entry -> entry.spec().destination()).toList());
        }
    }

    /** When what is missing is to be looked at or told, empty if it is known or nothing is missing. */
    private Optional<Long> missingReport() {
        if (unseen) {
            return Optional.of(lookedAt + LOOK.toNanos());
        }
        if (currentMissing.isEmpty() || currentMissing.equals(reportedMissing)) {
            return Optional.empty();
        }
        long graceEnds = missingChangedAt + MISSING_GRACE.toNanos();
        long intervalEnds = reportedAt + MISSING_INTERVAL.toNanos();
        return Optional.of(graceEnds - intervalEnds > 0 ? graceEnds : intervalEnds);
    }

    private List<String> missing() {
        return set.entries().stream().flatMap(entry -> entry.state().missing().stream()).distinct().sorted().toList();
    }

    private void batch() throws InterruptedException {
        List<ManagedTemplate> changedFiles = renderDue();
        if (!ready && set.entries().stream().allMatch(ManagedTemplate::isRendered)) {
            ready = true;
            listener.ready(environment());
            changedBeforeReady.addAll(changedFiles);
            if (running && !changedBeforeReady.isEmpty()) {
                react(List.copyOf(changedBeforeReady));
            } else {
                runFirstScripts();
            }
        } else if (!ready) {
            changedBeforeReady.addAll(changedFiles);
        } else if (ready && !changedFiles.isEmpty()) {
            react(changedFiles);
        }
        reportMissing();
    }

    /** Scripts that are also wanted after the first rendering; the task is only just being started, so they may find it down. */
    private void runFirstScripts() {
        List<TemplateSpec.ChangeScript> scripts = set.entries().stream().map(entry -> entry.spec().changeMode())
                .filter(TemplateSpec.ChangeMode.Script.class::isInstance).map(mode -> ((TemplateSpec.ChangeMode.Script) mode).script())
                .filter(TemplateSpec.ChangeScript::onFirstRender).distinct().toList();
        if (!scripts.isEmpty()) {
            listener.changed(new Reaction(false, new TreeSet<>(), scripts, List.of(), environment()));
        }
    }

    private List<ManagedTemplate> renderDue() {
        TemplateSet.Batch batch = set.renderDue();
        unseen |= !batch.tried().isEmpty() && (!currentMissing.isEmpty()
                || batch.tried().stream().anyMatch(entry -> !entry.state().missing().isEmpty()));
        for (ManagedTemplate entry : batch.tried()) {
            ManagedTemplate.State state = entry.state();
            String destination = entry.spec().destination();
            if (state.failure().isPresent() && !Thread.currentThread().isInterrupted()) {
                LOG.warn("template failed destination={} why={}", destination, state.failure().get());
                listener.failed(destination, state.failure().get());
            }
        }
        batch.changed().forEach(entry -> LOG.info("template rendered destination={}", entry.spec().destination()));
        return batch.changed();
    }

    private void reportMissing() {
        long now = System.nanoTime();
        if (unseen && now - lookedAt < LOOK.toNanos()) {
            return;
        }
        List<String> missing = unseen ? missing() : currentMissing;
        lookedAt = unseen ? now : lookedAt;
        unseen = false;
        if (!missing.equals(currentMissing)) {
            currentMissing = missing;
            missingChangedAt = now;
        }
        if (missing.isEmpty()) {
            reportedMissing = List.of();
        } else if (missingReport().filter(at -> at - System.nanoTime() <= 0).isPresent()) {
            reportedMissing = missing;
            reportedAt = System.nanoTime();
            Instant since = set.entries().stream().flatMap(entry -> entry.state().missingSince().stream()).min(Instant::compareTo)
                    .orElse(clock.instant());
            LOG.info("templates waiting missing={} since={}", missing, since);
            listener.waiting(missing, since);
        }
    }

    /** Waits out the splay; what changes meanwhile joins the same reaction. */
    private void react(List<ManagedTemplate> changedFiles) throws InterruptedException {
        Duration splay = changedFiles.stream().filter(TaskTemplates::reacts).map(entry -> entry.spec().splay())
                .max(Duration::compareTo).orElse(Duration.ZERO);
        Set<ManagedTemplate> changed = new LinkedHashSet<>(changedFiles);
        if (!splay.isZero()) {
            Thread.sleep(Duration.ofNanos(random.nextLong(splay.toNanos())));
            set.noteChanges();
            changed.addAll(renderDue());
        }
        boolean restart = false;
        TreeSet<String> signals = new TreeSet<>();
        Set<TemplateSpec.ChangeScript> scripts = new LinkedHashSet<>();
        for (ManagedTemplate entry : changed) {
            switch (entry.spec().changeMode()) {
                case TemplateSpec.ChangeMode.Noop ignored -> { }
                case TemplateSpec.ChangeMode.Restart ignored -> restart = true;
                case TemplateSpec.ChangeMode.Signal signal -> signals.add(signal.signal());
                case TemplateSpec.ChangeMode.Script script -> scripts.add(script.script());
            }
        }
        if (restart || !signals.isEmpty() || !scripts.isEmpty()) {
            listener.changed(new Reaction(restart, restart ? new TreeSet<>() : signals, restart ? List.of() : List.copyOf(scripts),
                    changed.stream().map(entry -> entry.spec().destination()).toList(), environment()));
        }
    }

    private static boolean reacts(ManagedTemplate entry) {
        return !(entry.spec().changeMode() instanceof TemplateSpec.ChangeMode.Noop);
    }

    private Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        set.entries().forEach(entry -> variables.putAll(entry.state().variables()));
        return variables;
    }

    /** Stops watching and rendering; files stay. Does not wait for a listener that is being called. */
    @Override
    public void close() {
        closed = true;
        set.poke();
        thread.interrupt();
        set.close();
    }
}
