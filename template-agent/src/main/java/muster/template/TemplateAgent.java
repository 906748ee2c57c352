package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import muster.registry.client.RegistryClient;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.language.GoText;
import muster.template.language.TemplateException;
import muster.template.render.AtomicFile;
import muster.template.render.Dialect;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Machine;
import muster.template.render.Sandbox;
import muster.template.runner.TemplateSpec;
import muster.template.watch.Sources;
import muster.template.watch.Watcher;
import muster.wire.GoTime;

/**
 * Keeps files rendered and runs their commands, as consul-template does. The thread that calls {@link #run} owns everything.
 * In the long-running mode a template that fails keeps its old file and is tried again at the next change.
 */
final class TemplateAgent {
    private static final int LARGEST_OUTPUT = 1 << 20;
    private static final Duration LOOK = Duration.ofMillis(500);

    private final AgentSettings settings;
    private final Map<String, String> env;
    private final RegistryClient registry;
    private final PrintStream out;
    private final PrintStream err;
    private final BlockingQueue<Dependency<?>> changes = new LinkedBlockingQueue<>();

    TemplateAgent(AgentSettings settings, Map<String, String> env, RegistryClient registry, PrintStream out, PrintStream err) {
        this.settings = settings;
        this.env = env;
        this.registry = registry;
        this.out = out;
        this.err = err;
    }

    private static final class Entry {
        private final AgentSettings.Job job;
        private final Renderer renderer;
        private final Context.Settings functions;
        private Set<Dependency<?>> used = Set.of();
        private boolean rendered;
        /** Nanoseconds of the monotonic clock; negative differences are in the past. */
        private long due;
        private long latest;
        private boolean pending = true;

        Entry(AgentSettings.Job job, Renderer renderer, Context.Settings functions, long now) {
            this.job = job;
            this.renderer = renderer;
            this.functions = functions;
            this.due = now;
            this.latest = now;
        }
    }

    int run() {
        try (Watcher watcher = new Watcher(Sources.of(registry), Path.of(""), InstantSource.system(), changes::add)) {
            return loop(parse(), watcher);
        } catch (TemplateException | IOException | RunException e) {
            log("ERR", "(cli) " + e.getMessage());
            return AgentSettings.EXIT_RENDER;
        } catch (InterruptedException e) {
            err.println("Cleaning up...");
            return AgentSettings.EXIT_INTERRUPTED;
        }
    }

    /** The run can't go on. */
    private static final class RunException extends RuntimeException {
        RunException(String message) {
            super(message);
        }
    }

    private List<Entry> parse() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (AgentSettings.Job job : settings.jobs()) {
            String text = switch (job.source()) {
                case TemplateSpec.Source.Inline inline -> inline.text();
                case TemplateSpec.Source.FromFile file -> source(file.path());
            };
            Sandbox sandbox = job.sandbox().map(root -> new Sandbox(Path.of(""), root)).orElse(Sandbox.open(Path.of("")));
            entries.add(new Entry(job,
                    Renderer.parse(job.sourceName(), text, Dialect.of(job.dialect(), job.sourceName()), job.delimiters(),
                            job.errorOnMissingKey()),
                    new Context.Settings(env, job.denied(), new Machine(sandbox)), System.nanoTime()));
        }
        return entries;
    }

    private static String source(String path) throws IOException {
        try {
            return GoText.of(Files.readAllBytes(Path.of(path)));
        } catch (IOException e) {
            throw new IOException("failed to read template " + path + ": no such file, or it can't be read", e);
        }
    }

    private int loop(List<Entry> entries, Watcher watcher) throws InterruptedException {
        while (true) {
            List<Entry> changed = renderDue(entries, watcher);
            runCommands(changed);
            if (settings.once()) {
                if (entries.stream().allMatch(entry -> entry.rendered)) {
                    return 0;
                }
                for (Watcher.Status status : watcher.status()) {
                    if (!status.known() && status.failure().isPresent()) {
                        reportFetch(status.dependency(), status.failure().get());
                    }
                }
            }
            awaitDue(entries);
        }
    }

    /** A file that can't be read ends the run; the registry is asked again and again. */
    private void reportFetch(Dependency<?> dependency, String failure) {
        if (dependency instanceof Dependency.FileContents) {
            throw new RunException(failure);
        }
        log("WARN", "(view) " + dependency + ": " + failure);
    }

    private List<Entry> renderDue(List<Entry> entries, Watcher watcher) {
        List<Entry> changed = new ArrayList<>();
        Values snapshot = watcher.snapshot();
        long now = System.nanoTime();
        for (Entry entry : entries) {
            if (!entry.pending || entry.due - now > 0) {
                continue;
            }
            entry.pending = false;
            RenderResult result = entry.renderer.render(snapshot, entry.functions, Instant.now());
            entry.used = result.used();
            switch (result) {
                case RenderResult.Rendered output -> {
                    if (write(entry, output.text())) {
                        changed.add(entry);
                    }
                    entry.rendered = true;
                }
                case RenderResult.Failed failed -> fail(entry.job.sourceName() + ": execute: " + failed.message());
                case RenderResult.Missing ignored -> { }
            }
        }
        Set<Dependency<?>> used = new HashSet<>();
        entries.forEach(entry -> used.addAll(entry.used));
        watcher.watchOnly(used);
        return changed;
    }

    private void fail(String message) {
        if (settings.once()) {
            throw new RunException(message);
        }
        log("ERR", "(runner) " + message);
    }

    private boolean write(Entry entry, String text) {
        if (settings.dry()) {
            out.println("> " + entry.job.destination());
            byte[] bytes = GoText.bytes(text);
            out.write(bytes, 0, bytes.length);
            out.flush();
            return false;
        }
        try {
            return AtomicFile.write(entry.job.destination(), GoText.bytes(text), entry.job.permissions(),
                    entry.job.createDirectories());
        } catch (IOException e) {
            fail("failed to render " + entry.job.sourceName() + ": " + e.getMessage());
            return false;
        }
    }

    /** Equal commands of one pass run once, in the order of the templates. */
    private void runCommands(List<Entry> changed) throws InterruptedException {
        Set<String> done = new LinkedHashSet<>();
        for (Entry entry : changed) {
            if (!entry.job.command().isBlank() && done.add(entry.job.command())) {
                runCommand(entry.job);
            }
        }
    }

    private void runCommand(AgentSettings.Job job) throws InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", job.command()).redirectErrorStream(true);
            builder.environment().clear();
            builder.environment().putAll(env);
            Process process = builder.start();
            process.getOutputStream().close();
            Thread copy = Thread.ofVirtual().start(() -> copyOutput(process));
            boolean ended = job.commandTimeout().isZero()
                    || process.waitFor(job.commandTimeout().toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                process.destroyForcibly();
                fail("failed to execute command \"" + job.command() + "\": command did not exit within "
                        + job.commandTimeout().toSeconds() + "s");
            } else if (!job.commandTimeout().isZero() && process.exitValue() != 0) {
                copy.join(LOOK);
                fail("failed to execute command \"" + job.command() + "\": child: command exited with a non-zero exit status: "
                        + process.exitValue());
            } else if (!job.commandTimeout().isZero()) {
                copy.join(LOOK);
            }
        } catch (IOException e) {
            fail("failed to execute command \"" + job.command() + "\": " + e.getMessage());
        }
    }

    private void copyOutput(Process process) {
        try {
            byte[] bytes = process.getInputStream().readNBytes(LARGEST_OUTPUT);
            out.write(bytes, 0, bytes.length);
            out.flush();
        } catch (IOException e) {
            log("WARN", "(child) output of a command was cut: " + e.getMessage());
        }
    }

    /** Waits for changes until a template is due; once mode and first renderings do not wait for quiet. */
    private void awaitDue(List<Entry> entries) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            Optional<Long> next = entries.stream().filter(entry -> entry.pending).map(entry -> entry.due - now).min(Long::compare);
            if (next.isPresent() && next.get() <= 0 && changes.isEmpty()) {
                return;
            }
            Dependency<?> change = next.isPresent()
                    ? changes.poll(Math.max(0, next.get()), TimeUnit.NANOSECONDS) : changes.take();
            if (change != null) {
                touch(entries, change);
            }
        }
    }

    private void touch(List<Entry> entries, Dependency<?> change) {
        long now = System.nanoTime();
        for (Entry entry : entries) {
            if (!entry.used.contains(change)) {
                continue;
            }
            TemplateSpec.Quiet quiet = settings.once() || !entry.rendered
                    ? TemplateSpec.Quiet.NONE
                    : entry.job.quiet().or(settings::quiet).orElse(TemplateSpec.Quiet.NONE);
            entry.latest = entry.pending ? entry.latest : now + quiet.max().toNanos();
            long calm = now + quiet.min().toNanos();
            entry.due = calm - entry.latest > 0 ? entry.latest : calm;
            entry.pending = true;
        }
    }

    private void log(String level, String message) {
        err.println(GoTime.rfc3339(Instant.now()) + " [" + level + "] " + message);
    }
}
