package muster.scheduler.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Pipes and terminals, which the JDK can't make: pipe2(2), and the master side of pseudo-terminals (pty(7)). Thread-safe. Made when
 * somebody first talks to a task, since few do.
 */
@SuppressWarnings("restricted")
final class Descriptors {
    private static final int O_RDWR = 02;
    private static final int O_NOCTTY = 0400;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final long TIOCSWINSZ = 0x5414;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    /** For how long a descriptor that is to be closed may still be waited on. */
    private static final int STEP_MILLIS = 100;
    /** A pipe that poll(2) calls writable takes so much at once. */
    private static final int PIPE_BUF = 4096;
    private static final int NAME_BYTES = 128;

    private final Linker linker = Linker.nativeLinker();
    private final MethodHandle pipe2 = call("pipe2", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle openpt = call("posix_openpt", ValueLayout.JAVA_INT);
    private final MethodHandle grantpt = call("grantpt", ValueLayout.JAVA_INT);
    private final MethodHandle unlockpt = call("unlockpt", ValueLayout.JAVA_INT);
    private final MethodHandle ptsname = call("ptsname_r", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private final MethodHandle poll = call("poll", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    private final MethodHandle close = call("close", ValueLayout.JAVA_INT);
    private final MethodHandle read = transfer("read");
    private final MethodHandle write = transfer("write");
    private final MethodHandle ioctl = linker.downcallHandle(linker.defaultLookup().findOrThrow("ioctl"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));

    private MethodHandle call(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private MethodHandle transfer(String name) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }

    /** A pipe's two ends, neither of which a started program inherits. */
    record Pipe(Descriptor reading, Descriptor writing) {}

    Pipe pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            require("a pipe", (int) pipe2.invokeExact(ends, O_CLOEXEC | O_NONBLOCK));
            return new Pipe(new Descriptor(ends.getAtIndex(ValueLayout.JAVA_INT, 0)), new Descriptor(ends.getAtIndex(ValueLayout.JAVA_INT, 1)));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** A terminal: the side that shows and types, and the name under which a program opens the other. */
    record Terminal(Descriptor master, Path slave) {}

    Terminal terminal() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int number = (int) openpt.invokeExact(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
            require("a terminal", number);
            Descriptor master = new Descriptor(number);
            try {
                require("a terminal", (int) grantpt.invokeExact(number));
                require("a terminal", (int) unlockpt.invokeExact(number));
                MemorySegment name = arena.allocate(NAME_BYTES);
                require("a terminal", -(int) ptsname.invokeExact(number, name, (long) NAME_BYTES));
                return new Terminal(master, Path.of(name.getString(0)));
            } catch (Throwable e) {
                master.close();
                throw e;
            }
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static void require(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException("the system gives no more of them: can't make " + what);
        }
    }

    /** What a native call threw, which is never a checked exception of its own. */
    private static IOException failure(Throwable e) {
        return switch (e) {
            case IOException known -> known;
            case RuntimeException bug -> throw bug;
            case Error bug -> throw bug;
            default -> throw new IllegalStateException(e);
        };
    }

    /** An open descriptor that never blocks for long: waiting is in steps, so that it can be closed meanwhile. */
    final class Descriptor implements AutoCloseable {
        private final int number;
        /** Held for reading while the descriptor is used: its number belongs to a stranger once it is closed. */
        private final ReadWriteLock use = new ReentrantReadWriteLock();
        private volatile boolean closed;
        /** Guarded by the writing side of the lock. */
        private boolean open = true;

        private Descriptor(int number) {
            this.number = number;
        }

        /** The name under which a program that is being started can open it. */
        Path path() {
            return Path.of("/proc/self/fd/" + number);
        }

        /** Up to so many bytes; -1 at the end. */
        private int read(byte[] into, int at, int length) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(length);
                MemorySegment question = question(arena, POLLIN);
                while (true) {
                    use.readLock().lock();
                    try {
                        if (closed) {
                            return -1;
                        }
                        int ready = ready(question);
                        if (ready != 0) {
                            long count = (long) read.invokeExact(number, buffer, (long) length);
                            if (count > 0) {
                                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, at, (int) count);
                                return (int) count;
                            }
                            // Nobody has the other side open: a pipe says 0 then, a terminal fails.
                            if (count == 0 || (ready & POLLIN) == 0) {
                                return -1;
                            }
                        }
                    } finally {
                        use.readLock().unlock();
                    }
                }
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        private void write(byte[] bytes, int from, int length) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(PIPE_BUF);
                MemorySegment question = question(arena, POLLOUT);
                int at = from;
                while (at < from + length) {
                    int part = Math.min(PIPE_BUF, from + length - at);
                    MemorySegment.copy(bytes, at, buffer, ValueLayout.JAVA_BYTE, 0, part);
                    use.readLock().lock();
                    try {
                        if (closed) {
                            throw new IOException("the command takes no more input");
                        }
                        int ready = ready(question);
                        if (ready != 0) {
                            long count = (long) write.invokeExact(number, buffer, (long) part);
                            if (count < 0 && (ready & POLLOUT) == 0) {
                                throw new IOException("the command takes no more input");
                            }
                            at += (int) Math.max(0, count);
                        }
                    } finally {
                        use.readLock().unlock();
                    }
                }
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        /** A struct pollfd. */
        private MemorySegment question(Arena arena, short wanted) {
            MemorySegment one = arena.allocate(8, 4);
            one.set(ValueLayout.JAVA_INT, 0, number);
            one.set(ValueLayout.JAVA_SHORT, 4, wanted);
            return one;
        }

        /** The events of poll(2), 0 when a step went by without any. */
        private int ready(MemorySegment question) throws Throwable {
            int count = (int) poll.invokeExact(question, 1L, STEP_MILLIS);
            return count <= 0 ? 0 : question.get(ValueLayout.JAVA_SHORT, 6);
        }

        InputStream in() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int at, int length) throws IOException {
                    return length == 0 ? 0 : Descriptor.this.read(into, at, length);
                }

                @Override
                public void close() {
                    Descriptor.this.close();
                }
            };
        }

        OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int at, int length) throws IOException {
                    Descriptor.this.write(bytes, at, length);
                }

                @Override
                public void close() {
                    Descriptor.this.close();
                }
            };
        }

        /** Tells a terminal's size. */
        void resize(int rows, int columns) {
            use.readLock().lock();
            try (Arena arena = Arena.ofConfined()) {
                if (!closed) {
                    MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
                    size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) rows);
                    size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
                    // A terminal that is going away keeps its size.
                    int ignored = (int) ioctl.invokeExact(number, TIOCSWINSZ, size);
                }
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            } finally {
                use.readLock().unlock();
            }
        }

        @Override
        public void close() {
            closed = true;
            use.writeLock().lock();
            try {
                if (open) {
                    open = false;
                    int ignored = (int) close.invokeExact(number);
                }
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            } finally {
                use.writeLock().unlock();
            }
        }
    }
}
