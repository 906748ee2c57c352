package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import muster.scheduler.artifact.ArtifactRequest;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.Signal;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.job.Job;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskArtifact;
import muster.scheduler.job.Values;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what a task needs before its first start: its folders, the dispatched payload, artifacts, templates. What it finds
 * goes into the task's inbox. Templates stay followed until closed. Thread-safe.
 */
final class TaskPreparation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskPreparation.class);

    private final NodeContext node;
    private final String name;
    private final AllocationFolder folder;
    private final Consumer<TaskInput> inbox;
    private final Supplier<Optional<TaskHandle>> running;
    private final BooleanSupplier starting;
    /** For a task that is being started and may have read the files already; guards itself. */
    private final List<Templating.Reaction> delayed = new ArrayList<>();
    private volatile Map<String, String> variables = Map.of();
    /** Guarded by this, as are the next two. */
    private boolean closed;
    private Templating.Open templates = () -> {};
    private Optional<Task> followed = Optional.empty();
    private Optional<Thread> fetching = Optional.empty();

    TaskPreparation(NodeContext node, String name, AllocationFolder folder, Consumer<TaskInput> inbox, Supplier<Optional<TaskHandle>> running,
            BooleanSupplier starting) {
        this.node = node;
        this.name = name;
        this.folder = folder;
        this.inbox = inbox;
        this.running = running;
        this.starting = starting;
    }

    /** The variables that templates set, as last rendered. */
    Map<String, String> variables() {
        return variables;
    }

    /** Prepares the task; ends with {@code Prepared} or {@code PrepareFailed}. Only artifacts and templates take longer than a moment. */
    void begin(Job job, Task task, TaskViews views) {
        try {
            inbox.accept(new TaskInput.Note(TaskEvents.setup(node.clock().instant(), "Building Task Directory")));
            folder.createTask(name);
            writePayload(job, task);
        } catch (IOException e) {
            inbox.accept(new TaskInput.PrepareFailed(
                    TaskEvents.setupFailure(node.clock().instant(), "can't make the folders of task " + name + ": " + e), true));
            return;
        }
        if (Values.orEmpty(task.artifacts()).isEmpty()) {
            render(task, views, false);
            return;
        }
        synchronized (this) {
            fetching = Optional.of(Thread.ofVirtual().name("artifacts-" + name).start(() -> {
                if (fetch(task.artifacts(), views.agent())) {
                    render(task, views, false);
                }
            }));
        }
    }

    /** For a task that was prepared and starts once more: its files are made anew, whatever it did to them. */
    void renderAgain(Task task, TaskViews views) {
        render(task, views, false);
    }

    /** For a task that runs already: its templates are followed again. */
    void resume(Task task, TaskViews views) {
        if (!Values.orEmpty(task.templates()).isEmpty()) {
            render(task, views, true);
        }
    }

    /** The job changed in place: templates whose text did are followed by their new ones. */
    void update(Task task, TaskViews views) {
        boolean changed;
        synchronized (this) {
            changed = followed.filter(before -> !Values.orEmpty(before.templates()).equals(Values.orEmpty(task.templates()))).isPresent();
        }
        if (changed) {
            render(task, views, true);
        }
    }

    /** A start is over: what was to be told to the task meanwhile is told, or left if it does not run. */
    void startOver() {
        List<Templating.Reaction> reactions;
        synchronized (delayed) {
            reactions = List.copyOf(delayed);
            delayed.clear();
        }
        reactions.forEach(this::tell);
    }

    /** How each template stands. */
    synchronized List<Map<String, Object>> templates() {
        return templates.status();
    }

    private void writePayload(Job job, Task task) throws IOException {
        String payload = Values.text(job.payload());
        if (task.dispatchPayload() == null || payload.isEmpty()) {
            return;
        }
        Path file = folder.local(name).resolve(task.dispatchPayload().file()).normalize();
        if (!file.startsWith(folder.local(name))) {
            throw new IOException("the payload's file \"" + task.dispatchPayload().file() + "\" escapes the task's local folder");
        }
        Files.createDirectories(file.getParent());
        if (!file.getParent().toRealPath().startsWith(folder.local(name).toRealPath())) {
            throw new IOException("the payload's file \"" + task.dispatchPayload().file() + "\" leads out of the task's local folder through a link");
        }
        Files.deleteIfExists(file);
        Files.write(file, Base64.getDecoder().decode(payload));
    }

    private boolean fetch(List<TaskArtifact> artifacts, TaskEnvironment environment) {
        inbox.accept(new TaskInput.Note(TaskEvents.downloading(node.clock().instant())));
        try {
            for (TaskArtifact artifact : artifacts) {
                node.artifacts().fetch(request(artifact, environment), folder.root(), folder.task(name));
            }
            return true;
        } catch (IOException | IllegalArgumentException e) {
            inbox.accept(new TaskInput.PrepareFailed(TaskEvents.downloadFailed(node.clock().instant(), e.getMessage()), true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static ArtifactRequest request(TaskArtifact artifact, TaskEnvironment environment) {
        Map<String, String> options = new LinkedHashMap<>();
        Values.orEmpty(artifact.getterOptions()).forEach((name, value) -> options.put(name, environment.interpolate(value)));
        Map<String, String> headers = new LinkedHashMap<>();
        Values.orEmpty(artifact.getterHeaders()).forEach((name, value) -> headers.put(name, environment.interpolate(value)));
        String mode = Values.text(artifact.getterMode());
        String destination = environment.interpolate(artifact.relativeDest());
        return new ArtifactRequest(environment.interpolate(artifact.getterSource()), options, headers, mode.isEmpty() ? "any" : mode,
                destination.isEmpty() ? "local/" : destination);
    }

    private synchronized void render(Task task, TaskViews views, boolean runs) {
        if (closed) {
            return;
        }
        followed = Optional.of(task);
        templates.close();
        if (Values.orEmpty(task.templates()).isEmpty()) {
            inbox.accept(new TaskInput.Prepared());
        } else {
            templates = node.templates().open(new Templating.Request(name, task.templates(), views, folder, runs), new Follower());
        }
    }

    /** While the task is being started the reaction waits; otherwise a task that does not run will read the new files when it starts. */
    private void react(Templating.Reaction reaction) {
        synchronized (delayed) {
            if (running.get().isEmpty() && starting.getAsBoolean()) {
                delayed.add(reaction);
                return;
            }
        }
        tell(reaction);
    }

    /** Signals and scripts need a task that runs; without one they are skipped, and say so. */
    private void tell(Templating.Reaction reaction) {
        Optional<TaskHandle> task = running.get();
        for (String signal : reaction.signals()) {
            task.ifPresentOrElse(handle -> send(handle, signal), () -> skipped("signal " + signal));
        }
        for (Templating.Script script : reaction.scripts()) {
            task.ifPresentOrElse(handle -> Thread.ofVirtual().name("template-script-" + name).start(() -> run(handle, script)),
                    () -> skipped("script " + script.command().getFirst()));
        }
    }

    private void skipped(String what) {
        inbox.accept(new TaskInput.Note(TaskEvents.template(node.clock().instant(), "Template skipped " + what + ": task is not running")));
    }

    private void run(TaskHandle task, Templating.Script script) {
        String shown = String.join(" ", script.command());
        String failure;
        try {
            TaskHandle.CommandResult result = task.run(script.command(), script.timeout());
            if (result.code() == 0) {
                inbox.accept(new TaskInput.Note(TaskEvents.hookMessage(
                        node.clock().instant(), "Template successfully ran script " + shown + ". Exit code: 0")));
                return;
            }
            failure = "Template failed to run script " + shown + ": exit code " + result.code();
        } catch (DriverException e) {
            failure = "Template failed to run script " + shown + ": " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        inbox.accept(script.fatal()
                ? new TaskInput.Kill(Optional.of(TaskEvents.fatal(node.clock().instant(), failure)), false)
                : new TaskInput.Note(TaskEvents.hookFailed(node.clock().instant(), failure)));
    }

    private void send(TaskHandle task, String signal) {
        inbox.accept(new TaskInput.Note(TaskEvents.templateSignal(node.clock().instant(), signal)));
        try {
            task.signal(Signal.named(signal).orElse(Signal.INTERRUPT));
        } catch (DriverException e) {
            LOG.warn("template signal not sent task={} signal={} error={}", name, signal, e.getMessage());
        }
    }

    /** Gives up on what is under way and follows no template any more. */
    @Override
    public synchronized void close() {
        closed = true;
        fetching.ifPresent(Thread::interrupt);
        templates.close();
    }

    /** Turns what the template agent says into inputs. */
    private final class Follower implements Templating.Listener {
        @Override
        public void rendered(Map<String, String> environment) {
            variables = Map.copyOf(environment);
            inbox.accept(new TaskInput.Prepared());
        }

        @Override
        public void missing(List<String> what) {
            inbox.accept(new TaskInput.Note(TaskEvents.template(node.clock().instant(), "Missing: " + String.join(", ", what))));
        }

        @Override
        public void changed(Templating.Reaction reaction, Map<String, String> environment) {
            variables = Map.copyOf(environment);
            if (reaction.restart()) {
                inbox.accept(new TaskInput.Restart("Template with change_mode restart re-rendered", false));
            } else {
                react(reaction);
            }
        }

        @Override
        public Optional<String> check(List<String> command, Duration timeout) throws InterruptedException {
            Optional<TaskHandle> task = running.get();
            if (task.isEmpty()) {
                return Optional.empty();
            }
            try {
                TaskHandle.CommandResult result = task.get().run(command, timeout);
                String said = result.output().strip();
                return result.code() == 0 ? Optional.empty()
                        : Optional.of("exit code " + result.code() + (said.isEmpty() ? "" : ": " + said));
            } catch (DriverException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void failed(String error) {
            if (running.get().isEmpty()) {
                inbox.accept(new TaskInput.PrepareFailed(TaskEvents.hookFailed(node.clock().instant(), error), false));
            } else {
                // The task goes on with the file it has.
                inbox.accept(new TaskInput.Note(TaskEvents.template(node.clock().instant(), error)));
            }
        }
    }
}
