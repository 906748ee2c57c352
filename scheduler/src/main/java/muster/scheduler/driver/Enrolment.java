package muster.scheduler.driver;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts programs that are members of a control group from their first instruction on, so that nothing they start can be outside.
 * posix_spawn(3) knows no groups before glibc 2.39, and a shell in between would change the environment and the kernel's word on why a
 * program can't be run. In version 1 a thread can be a member by itself, and what it starts is born one, so a thread of its own joins and
 * starts the program. In version 2 the new process is made to wait, before it becomes the program, at a named pipe that nobody writes to
 * yet; {@code /proc} tells its id by the thread that made it; it is enrolled, for which the kernel takes some 5 to 20 ms on an idle
 * machine; the pipe is opened. Thread-safe.
 */
final class Enrolment {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final Path PROC = Path.of("/proc");
    private static final long LOOK_NANOS = 50_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Posix posix;
    /** Kernels may be built without the file that tells a thread's children. */
    private final boolean tellsChildren = Files.exists(PROC.resolve("thread-self/children"));

    Enrolment(Posix posix) {
        this.posix = posix;
    }

    /** What is to be started, as {@link Posix#spawn} takes it. */
    record Start(Path program, List<String> arguments, Map<String, String> environment, Path folder, List<Posix.Opened> streams) {}

    /** Starts a program in a group that is there. Returns its process id. */
    int spawn(Start start, Cgroup group) throws DriverException {
        if (group.version() == Cgroups.Version.V1) {
            return within(start, group);
        }
        if (tellsChildren) {
            try {
                Path home = Files.createTempDirectory("muster-start");
                try {
                    Path gate = home.resolve("gate");
                    if (posix.makePipe(gate)) {
                        return behind(gate, start, group);
                    }
                } finally {
                    Files.deleteIfExists(home.resolve("gate"));
                    Files.delete(home);
                }
            } catch (IOException e) {
                LOG.debug("no gate to start a task behind error={}", e.toString());
            }
        }
        return afterwards(start, group);
    }

    private int within(Start start, Cgroup group) throws DriverException {
        CompletableFuture<Integer> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("spawn").start(() -> {
            try {
                int id = asMember(start, group);
                started.complete(id);
            } catch (IOException e) {
                started.completeExceptionally(new DriverException("can't put the task into its cgroup: " + e.getMessage(), true));
            } catch (DriverException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        });
        return outcome(started);
    }

    /** Leaves before anybody is told: what is told may make the runtime start threads, which would be born members. */
    private int asMember(Start start, Cgroup group) throws DriverException, IOException {
        try {
            group.joinThread();
            return posix.spawn(start.program(), start.arguments(), start.environment(), start.folder(), start.streams(), List.of());
        } finally {
            group.leaveThread();
        }
    }

    private static int outcome(CompletableFuture<Integer> started) throws DriverException {
        try {
            return started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DriverException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private int behind(Path gate, Start start, Cgroup group) throws DriverException, IOException {
        CompletableFuture<Path> children = new CompletableFuture<>();
        CompletableFuture<Integer> started = new CompletableFuture<>();
        // A thread of its own has one child alone, and may be blocked while that one waits.
        Thread.ofPlatform().daemon().name("spawn").start(() -> {
            try {
                children.complete(PROC.resolve(Files.readSymbolicLink(PROC.resolve("thread-self"))).resolve("children"));
                started.complete(posix.spawn(start.program(), start.arguments(), start.environment(), start.folder(), start.streams(), List.of(gate)));
            } catch (DriverException | IOException | RuntimeException e) {
                children.completeExceptionally(e);
                started.completeExceptionally(e);
            }
        });
        IOException refused = null;
        try {
            enrol(children, started, group);
        } catch (IOException e) {
            refused = e;
        }
        // Opened for both directions, which never waits; the child's own opening ends while this is open.
        try (RandomAccessFile open = new RandomAccessFile(gate.toFile(), "rw")) {
            int id = outcome(started);
            if (refused != null) {
                posix.kill(id, Signal.KILL.number());
                posix.reap(id);
                throw new DriverException("can't put the task into its cgroup: " + refused.getMessage(), true);
            }
            return id;
        }
    }

    private static void enrol(CompletableFuture<Path> children, CompletableFuture<Integer> started, Cgroup group) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!started.isDone()) {
            String id = children.isDone() && !children.isCompletedExceptionally() ? Files.readString(children.join()).strip() : "";
            if (!id.isEmpty()) {
                group.join(Long.parseLong(id));
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("its process did not come within " + PATIENCE.toSeconds() + "s");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** It runs already when it is enrolled, and what it started at once with it. */
    private int afterwards(Start start, Cgroup group) throws DriverException {
        int id = posix.spawn(start.program(), start.arguments(), start.environment(), start.folder(), start.streams(), List.of());
        try {
            group.join(id);
            for (long other : ProcessTree.ofSession(id)) {
                group.join(other);
            }
        } catch (IOException ended) {
            LOG.debug("process not enrolled process={} error={}", id, ended.toString());
        }
        return id;
    }
}
