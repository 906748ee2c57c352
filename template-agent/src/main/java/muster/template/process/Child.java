package muster.template.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The one program of exec mode: started once all templates are rendered, told or restarted when a file changed, and ended with
 * the agent. It has our standard streams; where the machine can make a session, it leads one, so that signals reach all it
 * started. Not for several threads.
 */
public final class Child {
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    /**
     * How to treat it.
     *
     * @param reload sent when a file changed; without, it is restarted
     * @param kill asks it to end; without, it is ended at once
     * @param killTimeout after which it is ended by force
     * @param splay a random time up to this before a reload or a restart
     */
    public record Rules(Optional<String> reload, Optional<String> kill, Duration killTimeout, Duration splay) {}

    private final CommandLine command;
    private final Map<String, String> environment;
    private final Rules rules;
    private final RandomGenerator random;
    private final Consumer<String> log;
    /** A shell's children are in its group, so that signals reach them too. */
    private final boolean group;
    private Process process;

    public Child(CommandLine command, Map<String, String> environment, Rules rules, RandomGenerator random, Consumer<String> log) {
        this.command = command;
        this.environment = Map.copyOf(environment);
        this.rules = rules;
        this.random = random;
        this.log = log;
        this.group = command.words().size() == 3 && command.words().get(1).equals("-c") && Files.isExecutable(SETSID);
    }

    public boolean isStarted() {
        return process != null;
    }

    /** Starts it. The future has its exit code once it ends. */
    public CompletableFuture<Integer> start() throws IOException {
        log.accept("(child) spawning: " + command);
        List<String> words = new ArrayList<>(group ? List.of(SETSID.toString()) : List.of());
        words.addAll(command.words());
        ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
        builder.environment().clear();
        builder.environment().putAll(environment);
        process = builder.start();
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Passes a signal on. */
    public void signal(String name) throws InterruptedException {
        if (process != null && process.isAlive()) {
            Signals.send(name, process.pid(), group);
        }
    }

    /** A file changed. Returns the new program's future where it was restarted. */
    public Optional<CompletableFuture<Integer>> changed() throws InterruptedException, IOException {
        splay();
        if (rules.reload().isPresent()) {
            log.accept("(child) reloading process");
            signal(rules.reload().get());
            return Optional.empty();
        }
        log.accept("(child) restarting process");
        end();
        return Optional.of(start());
    }

    private void splay() throws InterruptedException {
        if (!rules.splay().isZero()) {
            long pause = random.nextLong(rules.splay().toNanos());
            log.accept("(child) waiting " + pause / 1_000_000 + "ms for random splay");
            Thread.sleep(Duration.ofNanos(pause));
        }
    }

    /** Ends it: asked first, by force when the time is over. Does nothing if it ended by itself. */
    public void end() throws InterruptedException {
        if (process == null || !process.isAlive()) {
            return;
        }
        log.accept("(child) stopping process");
        if (rules.kill().isPresent()) {
            signal(rules.kill().get());
            if (process.waitFor(rules.killTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        }
        signal("KILL");
        process.destroyForcibly();
        process.waitFor(5, TimeUnit.SECONDS);
    }
}
