package muster.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import muster.wire.GoDuration;
import muster.wire.GoFlags;

/** {@code lock}: runs a command while a lock, or one of several places, is held. */
final class Lock {
    static final Command COMMAND = new Command("lock", "Execute a command holding a lock", """
            Usage: consul lock [options] prefix child...

              Waits for a lock below the prefix, runs the child while it is held, and gives it back. With -n greater than 1 up to so many
              hold it at a time. A lock that is lost ends the child.

              -child-exit-code       end with 2 when the child fails
              -monitor-retry=<n>     failed looks at a held lock before it counts as lost
              -n=<n>                 how many may hold it; 1 without it
              -name=<string>         the session's name
              -pass-stdin            the child reads this command's standard input
              -shell                 run the child by a shell; on without it
              -timeout=<duration>    for how long to wait; for ever without it
              -try=<duration>        as -timeout, with one attempt
              -verbose               say what happens""", Lock::run);

    private Lock() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("child-exit-code", "pass-stdin", "shell", "verbose")
                .texts("monitor-retry", "n", "name", "timeout", "try").parse(args);
        long limit = flags.unsigned("n", 1);
        if (limit < 1) {
            return console.fail("Lock holder limit must be positive");
        }
        if (flags.rest().size() < 2) {
            return console.fail("Key prefix and child command must be specified");
        }
        String prefix = flags.rest().getFirst();
        String name = prefix.startsWith("/") ? prefix.substring(1) : prefix;
        if (name.isEmpty()) {
            return console.fail("Key prefix must be specified");
        }
        Duration timeout = duration(flags, flags.has("try") ? "try" : "timeout");
        List<String> child = flags.rest().subList(1, flags.rest().size());
        HeldLock.Wish wish = new HeldLock.Wish(name, limit,
                flags.text("name").isEmpty() ? "Consul lock for '" + String.join(" ", child) + "' at '" + name + "'" : flags.text("name"),
                flags.unsigned("monitor-retry", 3));
        HeldLock lock = new HeldLock(ConsulApi.api(flags, console), ConsulApi.api(flags, console), ConsulApi.api(flags, console), wish);
        Running running = new Running(console, flags, child);
        Thread ending = Thread.ofPlatform().unstarted(() -> {
            running.kill();
            lock.close();
        });
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            return running.under(lock, timeout, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            lock.close();
            try {
                Runtime.getRuntime().removeShutdownHook(ending);
            } catch (IllegalStateException e) {
                // The process is ending, and the hook has done the rest.
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Duration duration(GoFlags flags, String flag) {
        String text = flags.text(flag);
        return text.isEmpty() ? Duration.ZERO : GoDuration.tryParse(text).orElseThrow(
                () -> new GoFlags.FlagException("invalid value \"" + text + "\" for flag -" + flag + ": parse error"));
    }

    /** The child, and what is said about it. */
    private static final class Running {
        private final Console console;
        private final GoFlags flags;
        private final LockedChild child;

        Running(Console console, GoFlags flags, List<String> child) {
            this.console = console;
            this.flags = flags;
            this.child = new LockedChild(child, flags.on("shell", true), flags.on("pass-stdin"), "CONSUL_LOCK_HELD");
        }

        void kill() {
            child.kill();
        }

        private void say(String text) {
            if (flags.on("verbose")) {
                console.out().println(text);
                console.out().flush();
            }
        }

        int under(HeldLock lock, Duration timeout, long limit) throws InterruptedException {
            say(limit == 1 ? "Setting up lock at path: " + lock.key() : "Setting up semaphore (limit " + limit + ") at prefix: " + lock.prefix());
            say("Attempting lock acquisition");
            try {
                if (!lock.acquire(timeout)) {
                    return console.fail("Shutdown triggered or timeout during lock acquisition");
                }
            } catch (ApiException e) {
                return console.fail("Lock acquisition failed: " + e.getMessage());
            }
            say("Starting handler");
            int exit = 0;
            try {
                console.out().flush();
                Process process = child.start();
                boolean held = true;
                lock.watch(this::kill);
                while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    if (held && lock.isLost()) {
                        held = false;
                        console.err().println("Lock lost, killing child");
                        kill();
                    }
                }
                exit = process.exitValue();
                say("Child terminated, releasing lock");
            } catch (IOException e) {
                console.err().println("Error executing command: " + e.getMessage());
                exit = 2;
            }
            try {
                lock.release();
            } catch (ApiException e) {
                return console.fail("Lock release failed: " + e.getMessage());
            }
            try {
                say(lock.destroy() ? "Cleanup succeeded" : "Cleanup aborted, lock in use");
            } catch (ApiException e) {
                return console.fail("Lock cleanup failed: " + e.getMessage());
            }
            return exit != 0 && flags.on("child-exit-code") ? 2 : 0;
        }
    }
}
