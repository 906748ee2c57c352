package muster.checks;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import muster.registry.client.HealthCheck.Status;
import muster.wire.GoDuration;

/**
 * Runs a program with both of its streams in one and judges its exit. A program that takes too long is killed with all
 * that it started.
 */
final class ScriptRunner implements Runner {
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final CheckDefinition.Script definition;
    private final int outputLimit;

    ScriptRunner(CheckDefinition.Script definition, int outputLimit) {
        this.definition = definition;
        this.outputLimit = outputLimit;
    }

    @Override
    public Outcome run() throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(definition.args()).redirectErrorStream(true).start();
            process.getOutputStream().close();
        } catch (IOException e) {
            return Outcome.critical("fork/exec " + definition.args().getFirst() + ": " + startFailure(e));
        }
        Output.Tail tail = new Output.Tail(outputLimit);
        Thread reader = Thread.ofVirtual().name("check output").start(() -> drain(process.getInputStream(), tail));
        try {
            boolean ended = process.waitFor(definition.when().timeout().toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                kill(process);
            }
            // What the program left running in the background may hold the stream open; it is not waited for.
            if (!reader.join(GRACE)) {
                kill(process);
            }
            synchronized (tail) {
                return ended ? judge(process.exitValue(), tail) : late(tail);
            }
        } finally {
            kill(process);
        }
    }

    private static Outcome judge(int exit, Output.Tail tail) {
        Status status = exit == 0 ? Status.PASSING : exit == 1 ? Status.WARNING : Status.CRITICAL;
        return new Outcome(status, Output.tail(tail));
    }

    private Outcome late(Output.Tail tail) {
        String captured = Output.tail(tail);
        return Outcome.critical("Timed out (" + GoDuration.format(definition.when().timeout()) + ") running check"
                + (captured.isEmpty() ? "" : "\n\n" + captured));
    }

    private static void kill(Process process) {
        // The parent first: a shell that lives to see its child killed writes about it.
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            // Closing is only to end the reader, which has ended if this fails.
        }
    }

    private static void drain(InputStream in, Output.Tail tail) {
        byte[] buffer = new byte[8192];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                synchronized (tail) {
                    tail.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // The stream is closed under the reader when the program is killed; what came before is kept.
        }
    }

    private static String startFailure(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.matches(".*error[=:] ?2\\b.*") ? "no such file or directory"
                : message.matches(".*error[=:] ?13\\b.*") ? "permission denied" : message;
    }
}
