package muster.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command that runs while a lock is held. Started by one thread, ended by any. */
final class LockedChild {
    private static final long KILL_SECONDS = 5;

    private final ProcessBuilder builder;
    private volatile Process process;

    /** @param held the environment variable that tells it so */
    LockedChild(List<String> words, boolean shell, boolean stdin, String held) {
        builder = new ProcessBuilder(shell ? List.of("/bin/sh", "-c", String.join(" ", words)) : words);
        builder.environment().put(held, "true");
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.redirectInput(stdin ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    Process start() throws IOException {
        process = builder.start();
        return process;
    }

    /** Asks it and all that it started to end, and ends them five seconds later. */
    void kill() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        List<ProcessHandle> all = new ArrayList<>(running.descendants().toList());
        all.add(running.toHandle());
        all.forEach(ProcessHandle::destroy);
        try {
            if (!running.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            all.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }
}
