package muster.scheduler.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A command beside a {@link RawExecTask}, in a session of its own and in the task's control group: its process group ends with it, and
 * all of it with the task. Thread-safe.
 */
final class RawExecSession implements ExecSession {
    private static final int ROWS = 24;
    private static final int COLUMNS = 80;

    private final Posix posix;
    private final int processId;
    private final Descriptors.Descriptor in;
    private final Descriptors.Descriptor out;
    private final Descriptors.Descriptor err;
    private final boolean terminal;
    private final CompletableFuture<ExitStatus> ended = new CompletableFuture<>();
    /** Guarded by this: once the status is taken, the id may belong to a stranger. */
    private boolean reaped;

    private RawExecSession(Posix posix, int processId, Descriptors.Descriptor in, Descriptors.Descriptor out,
            Descriptors.Descriptor err, boolean terminal) {
        this.posix = posix;
        this.processId = processId;
        this.in = in;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        ProcessHandle.of(processId).<CompletableFuture<?>>map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenRun(() -> ended.complete(reap()));
    }

    /** Starts a program with these streams. */
    private interface Spawn {
        int with(Map<String, String> environment, Posix.Opened in, Posix.Opened out, Posix.Opened err) throws DriverException;
    }

    /**
     * Starts it with a terminal, or with three pipes.
     *
     * @param group in which it is to be; without one it enters by itself
     */
    static RawExecSession start(Posix posix, Descriptors descriptors, Path program, List<String> arguments, TaskLaunch launch,
            Optional<Cgroup> group, boolean terminal) throws DriverException {
        Spawn spawn = (environment, in, out, err) -> {
            Enrolment.Start start = new Enrolment.Start(program, arguments, environment, launch.folder(), List.of(in, out, err));
            return group.isPresent() ? new Enrolment(posix).spawn(start, group.get())
                    : posix.spawn(program, arguments, environment, launch.folder(), in, out, err);
        };
        try {
            return terminal ? onTerminal(posix, descriptors.terminal(), spawn, launch) : onPipes(posix, descriptors, spawn, launch);
        } catch (IOException e) {
            throw new DriverException("can't run " + arguments.getFirst() + ": " + e.getMessage(), true);
        }
    }

    private static RawExecSession onTerminal(Posix posix, Descriptors.Terminal terminal, Spawn spawn, TaskLaunch launch) throws DriverException {
        try {
            terminal.master().resize(ROWS, COLUMNS);
            // The first terminal that the leader of a new session opens becomes the one that controls it.
            Posix.Opened slave = Posix.Opened.both(terminal.slave());
            Map<String, String> environment = new LinkedHashMap<>(launch.environment());
            environment.putIfAbsent("TERM", "xterm");
            int id = spawn.with(environment, slave, slave, slave);
            return new RawExecSession(posix, id, terminal.master(), terminal.master(), terminal.master(), true);
        } catch (DriverException e) {
            terminal.master().close();
            throw e;
        }
    }

    private static RawExecSession onPipes(Posix posix, Descriptors descriptors, Spawn spawn, TaskLaunch launch) throws IOException, DriverException {
        Descriptors.Pipe in = descriptors.pipe();
        try (Descriptors.Descriptor ownInput = in.reading()) {
            Descriptors.Pipe out = descriptors.pipe();
            try (Descriptors.Descriptor ownOutput = out.writing()) {
                Descriptors.Pipe err = descriptors.pipe();
                try (Descriptors.Descriptor ownErrors = err.writing()) {
                    int id = spawn.with(launch.environment(), Posix.Opened.reading(ownInput.path()), Posix.Opened.writing(ownOutput.path()),
                            Posix.Opened.writing(ownErrors.path()));
                    return new RawExecSession(posix, id, in.writing(), out.reading(), err.reading(), false);
                } catch (DriverException e) {
                    err.reading().close();
                    throw e;
                }
            } catch (IOException | DriverException e) {
                out.reading().close();
                throw e;
            }
        } catch (IOException | DriverException e) {
            in.writing().close();
            throw e;
        }
    }

    private synchronized ExitStatus reap() {
        reaped = true;
        return posix.reap(processId).orElseGet(() -> ExitStatus.exited(1));
    }

    @Override
    public InputStream output() {
        return out.in();
    }

    @Override
    public InputStream errors() {
        return terminal ? InputStream.nullInputStream() : err.in();
    }

    @Override
    public OutputStream input() {
        OutputStream own = in.out();
        return !terminal ? own : new java.io.FilterOutputStream(own) {
            @Override
            public void write(byte[] bytes, int at, int length) throws IOException {
                own.write(bytes, at, length);
            }

            @Override
            public void close() {
                // The same descriptor shows what the command writes.
            }
        };
    }

    @Override
    public void resize(int rows, int columns) {
        if (terminal) {
            out.resize(rows, columns);
        }
    }

    @Override
    public int await() throws InterruptedException {
        try {
            return ended.get().code();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            // Where the first process is gone, its group may live on under its id for as long as it has members.
            if (!reaped) {
                posix.kill(-processId, Signal.KILL.number());
            }
        }
        in.close();
        out.close();
        err.close();
    }
}
