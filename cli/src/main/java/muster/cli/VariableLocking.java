package muster.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code var lock}: runs a command while a variable is held. */
final class VariableLocking {
    static final Command COMMAND = new Command("var lock", "Acquire a lock over a variable", """
            Usage: nomad var lock [options] <path> <child>...

              Waits until nobody holds the variable, which is made where there is none, runs the child while it is held, and lets it go.
              A lock that is lost ends the child. The exit code is the child's.

            Lock Options:

              -delay=<duration>      how long nobody gets it after its holder fell silent; 15s without it
              -max-retry=<n>         failed requests in a row before giving up; 10 without it
              -pass-stdin            the child reads this command's standard input
              -shell                 run the child by a shell; on without it
              -ttl=<duration>        how long the holder may be silent, 10s to 24h; 15s without it
              -verbose               say what happens""", VariableLocking::run);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Console console;
    private final GoFlags flags;
    private final Api api;
    private final String path;
    private final LockedChild child;
    private final Duration ttl;
    private final Duration delay;
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile String id = "";

    private VariableLocking(Console console, GoFlags flags) {
        this.console = console;
        this.flags = flags;
        ttl = duration(flags, "ttl");
        delay = duration(flags, "delay");
        // An answer that comes too late is none: by then the lock may be somebody else's.
        api = NomadApi.api(flags, console, Map.of(), ttl);
        path = flags.rest().getFirst();
        child = new LockedChild(flags.rest().subList(1, flags.rest().size()), flags.on("shell", true), flags.on("pass-stdin"), "NOMAD_LOCK_HELD");
    }

    private static Duration duration(GoFlags flags, String flag) {
        String text = flags.text(flag, "15s");
        return GoDuration.tryParse(text).filter(duration -> duration.toSeconds() > 0).orElseThrow(
                () -> new GoFlags.FlagException("invalid value \"" + text + "\" for flag -" + flag + ": parse error"));
    }

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("pass-stdin", "shell", "verbose").texts("delay", "max-retry", "ttl").parse(args);
        if (flags.rest().size() < 2) {
            return NomadApi.usage(console, "Not enough arguments (expected >2, got " + flags.rest().size() + ")", "var lock");
        }
        VariableLocking locking = new VariableLocking(console, flags);
        Thread ending = Thread.ofPlatform().unstarted(() -> {
            locking.child.kill();
            locking.release();
        });
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            return locking.held();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (ApiException e) {
            return console.fail("Error locking variable: " + e.getMessage());
        } catch (IOException e) {
            return console.fail("Error executing command: " + e.getMessage());
        } finally {
            locking.release();
            try {
                Runtime.getRuntime().removeShutdownHook(ending);
            } catch (IllegalStateException e) {
                say(console, flags, "Ending: the lock is let go");
            }
        }
    }

    private static void say(Console console, GoFlags flags, String text) {
        if (flags.on("verbose")) {
            console.err().println(text);
        }
    }

    private int held() throws InterruptedException, IOException {
        say(console, flags, "Attempting lock acquisition");
        acquire();
        say(console, flags, "Variable locked, ready to execute: " + String.join(" ", flags.rest().subList(1, flags.rest().size())));
        console.out().flush();
        Process process = child.start();
        Instant renewed = console.clock().instant();
        long beat = ttl.dividedBy(3).toMillis();
        while (!process.waitFor(beat, TimeUnit.MILLISECONDS)) {
            int status = status(() -> request("lock-renew", Map.of("ID", id)));
            if (status == 200) {
                renewed = console.clock().instant();
            } else if (status == 409 || Duration.between(renewed, console.clock().instant()).compareTo(ttl) >= 0) {
                console.err().println("Lock lost, killing child");
                child.kill();
                return 1;
            }
        }
        say(console, flags, "Child terminated, releasing lock");
        return process.exitValue();
    }

    /** Waits for it as long as it takes; throws {@link ApiException} after too many failures in a row, or for a request that is refused. */
    private void acquire() throws InterruptedException {
        long failures = 0;
        Map<String, Object> lock = Map.of("TTL", GoDuration.format(ttl), "LockDelay", GoDuration.format(delay));
        while (true) {
            Api.Answer answer;
            try {
                answer = request("lock-acquire", lock);
            } catch (ApiException e) {
                answer = new Api.Answer(0, Map.of(), e.getMessage().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            if (answer.status() == 200) {
                id = answer.json().at("Lock").text("ID");
                return;
            }
            if (answer.status() == 409) {
                failures = 0;
                say(console, flags, "Variable is locked by somebody else, waiting");
                free(answer.headers().getOrDefault("x-nomad-index", "1"));
                continue;
            }
            failures++;
            if (!Set.of(0, 429, 500, 502, 503).contains(answer.status()) || failures > flags.unsigned("max-retry", 10)) {
                throw new ApiException(answer.status(), answer.text());
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    /** Until the variable changes, or it is time to look again. */
    private void free(String index) throws InterruptedException {
        Instant before = console.clock().instant();
        int status = status(() -> api.call("GET", NomadApi.target(VariableCommands.path(path), flags, console, "index=" + index,
                "wait=" + Math.max(1, ttl.toSeconds() / 2) + "s"), new byte[0]));
        if (status != 200 || Duration.between(before, console.clock().instant()).compareTo(PAUSE) < 0) {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    private Api.Answer request(String operation, Map<String, Object> lock) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Path", path);
        body.put("Lock", lock);
        return api.call("PUT", NomadApi.target(VariableCommands.path(path), flags, console, operation), Json.write(body));
    }

    /** 0 where there is no answer. */
    private int status(java.util.function.Supplier<Api.Answer> request) {
        try {
            return request.get().status();
        } catch (ApiException e) {
            say(console, flags, "No answer: " + e.getMessage());
            return 0;
        }
    }

    private void release() {
        if (!id.isEmpty() && released.compareAndSet(false, true) && status(() -> request("lock-release", Map.of("ID", id))) != 200) {
            console.err().println("Lock release failed: it ends by itself after its TTL");
        }
    }
}
