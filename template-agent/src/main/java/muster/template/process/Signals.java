package muster.template.process;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Signals by name: sent to processes, and taken by this one. */
public final class Signals {
    private static final List<String> NAMES = List.of("HUP", "INT", "QUIT", "ABRT", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
            "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "SYS");
    /** Those a program is usually told something by; the virtual machine keeps QUIT, USR1, SEGV and some more to itself. */
    private static final List<String> FORWARDED = List.of("HUP", "INT", "TERM", "USR2", "ALRM", "CONT", "WINCH", "TSTP", "TTIN", "TTOU", "IO");

    private Signals() {}

    /** The name without {@code SIG}; empty for "". Throws {@link IllegalArgumentException} for one that is unknown. */
    public static Optional<String> parse(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
        if (name.isEmpty() || name.equals("NIL") || name.equals("NULL")) {
            return Optional.empty();
        }
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("signal \"" + text + "\" is unknown; signals are SIG" + String.join(", SIG", NAMES));
        }
        return Optional.of(name);
    }

    /** Sends to a process, or to its whole group. Whether it could be sent. */
    static boolean send(String name, long pid, boolean group) throws InterruptedException {
        try {
            // The shell's own kill: Java can send only two signals itself.
            return new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + (group ? "-" : "") + pid)
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Gives every signal that can be taken to the listener, by its name without {@code SIG}; it is called by a thread of the
     * virtual machine and must be quick. Closing gives them back.
     */
    public static AutoCloseable take(Consumer<String> listener) {
        List<AutoCloseable> restore = new ArrayList<>();
        for (String name : FORWARDED) {
            try {
                restore.add(take(name, listener));
            } catch (InvocationTargetException e) {
                // This virtual machine keeps that one to itself.
                continue;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("this Java has no signals", e);
            }
        }
        return () -> {
            for (AutoCloseable each : restore) {
                each.close();
            }
        };
    }

    /** By reflection: the type is Java's only one for signals, and the compiler warns of every direct use. */
    private static AutoCloseable take(String name, Consumer<String> listener) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ours = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "handle" -> {
                        listener.accept(name);
                        yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "signal listener";
                });
        Method handle = signal.getMethod("handle", signal, handler);
        Object one = signal.getConstructor(String.class).newInstance(name);
        Object before = handle.invoke(null, one, ours);
        return () -> handle.invoke(null, one, before);
    }
}
