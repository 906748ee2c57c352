package muster.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import muster.examples.Step.Chapter;

/**
 * {@code Demo ROOT [--keep]}: starts the agent of a checkout and walks through the workshops and the exercise as a user
 * would, checking every step. Exit code 0 when all held, 1 at the first that did not or when it can't begin.
 */
public final class Demo {
    private record Row(String step, Duration took) {}

    private final Path root;
    private final boolean keep;
    private final Path folder;
    private final List<Row> rows = new ArrayList<>();

    private Demo(Path root, boolean keep, Path folder) {
        this.root = root;
        this.keep = keep;
        this.folder = folder;
    }

    /** See the class. */
    public static void main(String[] args) throws IOException, InterruptedException {
        boolean keep = args.length == 2 && args[1].equals("--keep");
        if (args.length < 1 || args.length > 1 && !keep) {
            System.err.println("Usage: muster demo [--keep]\n\n  --keep  leave the agent running at the end");
            System.exit(1);
        }
        List<String> taken = TakenPorts.of(ports());
        if (!taken.isEmpty()) {
            System.err.println("The demo can't begin:\n  " + String.join("\n  ", taken) + "\nStop what listens there, then try again.");
            System.exit(1);
        }
        System.exit(new Demo(Path.of(args[0]).toAbsolutePath().normalize(), keep, Files.createTempDirectory("muster-demo-")).run());
    }

    /** The ports that the agent and the jobs listen on. */
    private static Map<Integer, String> ports() {
        Map<Integer, String> ports = new LinkedHashMap<>();
        ports.put(8500, "registry");
        ports.put(8600, "DNS");
        ports.put(4646, "scheduler");
        ports.put(9999, "load balancer");
        ports.put(9998, "load balancer's API");
        ports.put(1234, "workshop 1");
        ports.put(8080, "workshop 4");
        ports.put(8081, "workshop 4, dashboard");
        ports.put(5678, "http-echo");
        return ports;
    }

    private int run() throws InterruptedException {
        AtomicReference<DevAgent> started = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        // Ctrl-C ends the JVM, not this method: what it started has to end then, too, and the steps have nothing to tell.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            interrupted.set(true);
            if (started.get() != null) {
                end(started.getAndSet(null));
                clean();
            }
        }));
        long began = System.nanoTime();
        boolean good = false;
        System.out.println("Starting the agent (longer the first time after a build, which prepares the later starts) ...");
        try {
            DevAgent agent = DevAgent.start(root, folder.resolve("agent.log"));
            started.set(agent);
            if (interrupted.get()) {
                end(started.getAndSet(null));
                return 1;
            }
            print("muster agent -dev -datacenter " + Site.DATACENTER, agent.awaitReady(), since(began));
            walk();
            good = true;
        } catch (Walk.Failed | IOException e) {
            if (interrupted.get()) {
                return 1;
            }
            System.out.println("\nFAILED " + e.getMessage());
        }
        Duration took = since(began);
        table();
        if (good && keep) {
            leave(started.getAndSet(null));
        } else {
            end(started.getAndSet(null));
        }
        if (!good) {
            System.out.println("\nThe demo FAILED at the step above, after " + rows.size() + " that held. What the agent printed is in "
                    + folder.resolve("agent.log"));
            return 1;
        }
        if (!keep) {
            clean();
        }
        System.out.println("\nAll " + rows.size() + " steps held, in " + took.toMillis() / 1000 + " s.");
        return 0;
    }

    private void leave(DevAgent agent) {
        System.out.println("\nThe agent still runs (pid " + agent.pid() + ", log " + folder.resolve("agent.log") + "). Open"
                + "\n  http://127.0.0.1:8500/ui   the registry\n  http://127.0.0.1:4646/ui   the scheduler"
                + "\n  http://127.0.0.1:9998      the balancer's routes\nand stop it with: kill " + agent.pid());
    }

    private void walk() throws Walk.Failed, InterruptedException {
        Site site = Site.usual(root);
        User user = new User(site, folder);
        List<Chapter> chapters = new ArrayList<>(Workshops.all(site));
        chapters.add(HttpEchoExercise.chapter(site));
        for (Chapter chapter : chapters) {
            System.out.println("\n" + chapter.title());
            for (Step step : chapter.steps()) {
                Walk.Outcome outcome = Walk.take(step, user);
                print(step.title(), outcome.brief(), outcome.took());
            }
        }
    }

    private void print(String did, String saw, Duration took) {
        rows.add(new Row(did, took));
        System.out.printf("  %2d  %s: %s  (%d ms)%n", rows.size(), did, saw.replace("\n", "\\n"), took.toMillis());
    }

    private void table() {
        System.out.println("\n      ms  step");
        for (int i = 0; i < rows.size(); i++) {
            System.out.printf("%8d  %2d  %s%n", rows.get(i).took().toMillis(), i + 1, rows.get(i).step());
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static void end(DevAgent agent) {
        if (agent != null) {
            agent.close();
        }
    }

    /** Removes the demo's folder. */
    private void clean() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + folder + " (" + e.getMessage() + ")");
        }
    }
}
