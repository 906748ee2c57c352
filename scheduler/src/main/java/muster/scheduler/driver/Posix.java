package muster.scheduler.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The system calls that the JDK has no words for: processes in sessions of their own with default signals and no inherited
 * descriptors (posix_spawn(3)), signals to process groups (kill(2)), exit statuses as the kernel tells them (waitpid(2))
 * and named pipes (mkfifo(3)). Thread-safe. ProcessBuilder does not serve: it can make no process group, passes ignored
 * signals on, and does not tell exit code 137 from a killed process.
 */
@SuppressWarnings("restricted")
final class Posix {
    private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final int POSIX_SPAWN_SETSID = 0x80;
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    /** Room for the opaque structs of posix_spawn and for a sigset_t; the largest known is 336 bytes. */
    private static final int OPAQUE_BYTES = 1024;

    private static final List<String> NEEDED = List.of("kill", "mkfifo", "waitpid", "posix_spawn", "posix_spawn_file_actions_init",
            "posix_spawn_file_actions_destroy", "posix_spawn_file_actions_addopen", "posix_spawn_file_actions_addchdir_np",
            "posix_spawn_file_actions_addclosefrom_np", "posix_spawnattr_init", "posix_spawnattr_destroy",
            "posix_spawnattr_setflags", "posix_spawnattr_setsigdefault", "posix_spawnattr_setsigmask");

    private final Linker linker = Linker.nativeLinker();
    private final MethodHandle kill = call("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private final MethodHandle mkfifo = call("mkfifo", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle waitpid = call("waitpid", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle spawn = call(
            "posix_spawn", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
            ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle actionsInit = call("posix_spawn_file_actions_init", ValueLayout.ADDRESS);
    private final MethodHandle actionsDestroy = call("posix_spawn_file_actions_destroy", ValueLayout.ADDRESS);
    private final MethodHandle addOpen = call("posix_spawn_file_actions_addopen", ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private final MethodHandle addChdir =
            call("posix_spawn_file_actions_addchdir_np", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle addCloseFrom =
            call("posix_spawn_file_actions_addclosefrom_np", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle attrInit = call("posix_spawnattr_init", ValueLayout.ADDRESS);
    private final MethodHandle attrDestroy = call("posix_spawnattr_destroy", ValueLayout.ADDRESS);
    // A short is passed as an int is; one shape of call less to make at start.
    private final MethodHandle attrFlags = call("posix_spawnattr_setflags", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle attrDefaults =
            call("posix_spawnattr_setsigdefault", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle attrMask = call("posix_spawnattr_setsigmask", ValueLayout.ADDRESS, ValueLayout.ADDRESS);

    /** Makes the calls' stubs, which takes a while; only where {@link #lacks} finds nothing. */
    Posix() {}

    /** What this machine's C library lacks, empty if nothing. Quick. */
    static Optional<String> lacks() {
        SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
        return NEEDED.stream().filter(name -> symbols.find(name).isEmpty()).findFirst();
    }

    private MethodHandle call(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    /** A file that a started program opens for one of its standard streams. */
    record Opened(Path file, int flags) {
        static final Opened NOTHING = reading(Path.of("/dev/null"));

        static Opened reading(Path file) {
            return new Opened(file, O_RDONLY);
        }

        static Opened writing(Path file) {
            return new Opened(file, O_WRONLY);
        }

        /** For both directions, so that a program outlives the reader of a named pipe. */
        static Opened both(Path file) {
            return new Opened(file, O_RDWR);
        }
    }

    /**
     * Starts a program in a new session and process group, all signals at their defaults, its standard input and output opened by
     * itself from these files, every other descriptor closed. Returns its process id, which is also that of its group and session.
     */
    int spawn(Path program, List<String> arguments, Map<String, String> environment, Path folder, Opened in, Opened out, Opened err)
            throws DriverException {
        return spawn(program, arguments, environment, folder, List.of(in, out, err), List.of());
    }

    /**
     * The same for a program that waits before its first instruction.
     *
     * @param streams its standard input, output and errors
     * @param gates named pipes of which each has to have somebody who writes; this call lasts as long
     */
    int spawn(Path program, List<String> arguments, Map<String, String> environment, Path folder, List<Opened> streams, List<Path> gates)
            throws DriverException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment attributes = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment signals = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            check(program, (int) actionsInit.invokeExact(actions));
            check(program, (int) attrInit.invokeExact(attributes));
            try {
                for (Path gate : gates) {
                    check(program, (int) addOpen.invokeExact(actions, 0, arena.allocateFrom(gate.toString()), O_RDONLY, 0));
                }
                for (int i = 0; i < streams.size(); i++) {
                    Opened stream = streams.get(i);
                    check(program, (int) addOpen.invokeExact(actions, i, arena.allocateFrom(stream.file().toString()), stream.flags(), 0));
                }
                check(program, (int) addCloseFrom.invokeExact(actions, 3));
                check(program, (int) addChdir.invokeExact(actions, arena.allocateFrom(folder.toString())));
                check(program, (int) attrFlags.invokeExact(attributes,
                        POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
                // A sigset_t is a bit for each signal: none is masked, all are at their defaults.
                check(program, (int) attrMask.invokeExact(attributes, signals));
                signals.fill((byte) 0xff);
                check(program, (int) attrDefaults.invokeExact(attributes, signals));
                check(program, (int) spawn.invokeExact(pid, arena.allocateFrom(program.toString()), actions, attributes,
                        strings(arena, arguments),
                        strings(arena, environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList())));
            } finally {
                int ignoredActions = (int) actionsDestroy.invokeExact(actions);
                int ignoredAttributes = (int) attrDestroy.invokeExact(attributes);
            }
            return pid.get(ValueLayout.JAVA_INT, 0);
        } catch (DriverException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MemorySegment strings(Arena arena, List<String> texts) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        array.setAtIndex(ValueLayout.ADDRESS, texts.size(), MemorySegment.NULL);
        return array;
    }

    private static void check(Path program, int error) throws DriverException {
        if (error != 0) {
            throw new DriverException("can't start " + program + ": " + meaning(error), error == 11 || error == 12);
        }
    }

    private static String meaning(int error) {
        return switch (error) {
            case 2 -> "no such file or directory (for a script, its interpreter)";
            case 7 -> "argument list too long";
            case 8 -> "exec format error: neither a program for this machine nor a script that begins with #!";
            case 11 -> "no more processes allowed at present";
            case 12 -> "out of memory";
            case 13 -> "permission denied: the file must be executable";
            case 20 -> "not a directory";
            case 26 -> "text file busy";
            default -> "error " + error + " of posix_spawn";
        };
    }

    /** Sends a signal to a process, or with a negative id to a group. Whether there was one to take it. */
    boolean kill(int id, int signal) {
        try {
            return (int) kill.invokeExact(id, signal) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes the exit status of a child that has ended, and so does not wait; empty if it is no child of this process. */
    Optional<ExitStatus> reap(int processId) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            return (int) waitpid.invokeExact(processId, status, 0) == processId
                    ? Optional.of(ExitStatus.ofWaitStatus(status.get(ValueLayout.JAVA_INT, 0)))
                    : Optional.empty();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a named pipe that only its owner may use. Whether it is there now; an existing file is kept. */
    boolean makePipe(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return Files.exists(path) || (int) mkfifo.invokeExact(arena.allocateFrom(path.toString()), 0600) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
