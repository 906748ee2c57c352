package muster.agent;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Signals of the operating system. The JDK's only interface to them is an internal one that the compiler warns of without a way to
 * agree, so it is reached by its name; where a JDK has it no more, signals keep their usual effect.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs the action, on a thread of its own, each time a signal comes, instead of what it usually does.
     *
     * @param name without SIG, as {@code HUP}
     * @return why that is not possible; empty when it is
     */
    static Optional<String> on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, args) ->
                    switch (method.getName()) {
                        case "handle" -> {
                            Thread.ofPlatform().name("signal " + name).start(action);
                            yield null;
                        }
                        case "equals" -> self == args[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> "handler of " + name;
                    });
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(String.valueOf(e.getCause().getMessage()));
        } catch (ReflectiveOperationException e) {
            return Optional.of(e.toString());
        }
    }
}
