package muster.scheduler.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
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
    private static final int O_RDWR = 2;
    private static final int EINTR = 4;
    /** Room for the opaque structs of posix_spawn and for a sigset_t; the largest known is 336 bytes. */
    private static final int OPAQUE_BYTES = 1024;

    private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE = ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols = linker.defaultLookup();
    private final MethodHandle kill = withErrno("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private final MethodHandle mkfifo = withErrno("mkfifo", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle waitpid = withErrno(
            "waitpid", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle spawn = plain(
            "posix_spawn", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
            ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle actionsInit = plain("posix_spawn_file_actions_init", ValueLayout.ADDRESS);
    private final MethodHandle actionsDestroy = plain("posix_spawn_file_actions_destroy", ValueLayout.ADDRESS);
    private final MethodHandle addOpen = plain("posix_spawn_file_actions_addopen", ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private final MethodHandle addChdir =
            plain("posix_spawn_file_actions_addchdir_np", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle addCloseFrom =
            plain("posix_spawn_file_actions_addclosefrom_np", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private final MethodHandle attrInit = plain("posix_spawnattr_init", ValueLayout.ADDRESS);
    private final MethodHandle attrDestroy = plain("posix_spawnattr_destroy", ValueLayout.ADDRESS);
    private final MethodHandle attrFlags = plain("posix_spawnattr_setflags", ValueLayout.ADDRESS, ValueLayout.JAVA_SHORT);
    private final MethodHandle attrDefaults =
            plain("posix_spawnattr_setsigdefault", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle attrMask = plain("posix_spawnattr_setsigmask", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle sigEmpty = plain("sigemptyset", ValueLayout.ADDRESS);
    private final MethodHandle sigFill = plain("sigfillset", ValueLayout.ADDRESS);

    /** The calls of this machine's C library; throws {@link UnsupportedOperationException} naming what it lacks. */
    Posix() {}

    private MethodHandle plain(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(symbol(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private MethodHandle withErrno(String name, MemoryLayout result, MemoryLayout... arguments) {
        return linker.downcallHandle(
                symbol(name), FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    private MemorySegment symbol(String name) {
        Optional<MemorySegment> found = symbols.find(name);
        return found.orElseThrow(() -> new UnsupportedOperationException(
                "this machine's C library has no " + name + ": glibc 2.34 or newer is needed"));
    }

    /**
     * Starts a program in a new session and process group, all signals at their defaults, standard input empty, its output
     * to two named pipes (opened for both directions, so that the program outlives the pipes' reader), every other
     * descriptor closed. Returns its process id, which is also that of its group and session.
     */
    int spawn(Path program, List<String> arguments, Map<String, String> environment, Path folder, Path out, Path err)
            throws DriverException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment attributes = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment signals = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            check(program, (int) actionsInit.invokeExact(actions));
            check(program, (int) attrInit.invokeExact(attributes));
            try {
                check(program, (int) addOpen.invokeExact(actions, 0, arena.allocateFrom("/dev/null"), O_RDONLY, 0));
                check(program, (int) addOpen.invokeExact(actions, 1, arena.allocateFrom(out.toString()), O_RDWR, 0));
                check(program, (int) addOpen.invokeExact(actions, 2, arena.allocateFrom(err.toString()), O_RDWR, 0));
                check(program, (int) addCloseFrom.invokeExact(actions, 3));
                check(program, (int) addChdir.invokeExact(actions, arena.allocateFrom(folder.toString())));
                check(program, (int) attrFlags.invokeExact(attributes,
                        (short) (POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)));
                check(program, (int) sigEmpty.invokeExact(signals));
                check(program, (int) attrMask.invokeExact(attributes, signals));
                check(program, (int) sigFill.invokeExact(signals));
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
        try (Arena arena = Arena.ofConfined()) {
            return (int) kill.invokeExact(arena.allocate(ERRNO), id, signal) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes the exit status of a child that has ended; empty if it is no child of this process. */
    Optional<ExitStatus> reap(int processId) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            int result;
            do {
                result = (int) waitpid.invokeExact(errno, processId, status, 0);
            } while (result < 0 && (int) ERRNO_VALUE.get(errno, 0L) == EINTR);
            return result == processId
                    ? Optional.of(ExitStatus.ofWaitStatus(status.get(ValueLayout.JAVA_INT, 0)))
                    : Optional.empty();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a named pipe that only its owner may use. Whether it is there now; an existing one is kept. */
    boolean makePipe(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            int result = (int) mkfifo.invokeExact(errno, arena.allocateFrom(path.toString()), 0600);
            return result == 0 || (int) ERRNO_VALUE.get(errno, 0L) == 17;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
