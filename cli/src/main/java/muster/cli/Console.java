package muster.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a command may touch of the process: streams, environment, folder, clock. Tests pass their own.
 *
 * @param localZone asked only by commands that print times: reading the zones' rules takes longer than all else that a command does
 * @param detailed whether messages may say more than the original's, for people: not where a script compares texts
 */
record Console(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> env,
        Path folder,
        InstantSource clock,
        Supplier<ZoneId> localZone,
        boolean detailed) {
    /** An environment variable; "" when unset. */
    String env(String name) {
        return env.getOrDefault(name, "");
    }

    /** The zone that times are printed in. */
    ZoneId zone() {
        return localZone.get();
    }

    /** A line on standard error; the exit code of a failed command, for {@code return console.fail(...)}. */
    int fail(String message) {
        err.println(message);
        return 1;
    }
}
