package muster.template.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs to their end. Their output goes where it is told, as it comes.
 *
 * @param environment what the programs get
 * @param out for both of their streams
 */
public record CommandRunner(Map<String, String> environment, PrintStream out) {
    private static final Duration LAST_OUTPUT = Duration.ofSeconds(1);

    /** What came of a run. */
    public sealed interface Result {
        record Done() implements Result {}

        /** @param why in consul-template's words */
        record Failed(String why) implements Result {}
    }

    /**
     * Runs and waits.
     *
     * @param timeout after which it is killed; zero does not wait for its end at all
     */
    public Result run(CommandLine command, Duration timeout) throws InterruptedException {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command.words()).redirectErrorStream(true);
            builder.environment().clear();
            builder.environment().putAll(environment);
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            return new Result.Failed("failed to execute command \"" + command + "\": " + e.getMessage());
        }
        Thread copy = Thread.ofVirtual().start(() -> copy(process.getInputStream()));
        if (timeout.isZero()) {
            return new Result.Done();
        }
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return new Result.Failed("failed to execute command \"" + command + "\": child: command did not exit within "
                        + muster.wire.GoDuration.format(timeout));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
        copy.join(LAST_OUTPUT);
        return process.exitValue() == 0 ? new Result.Done()
                : new Result.Failed("failed to execute command \"" + command
                        + "\": child: command exited with a non-zero exit status: " + process.exitValue());
    }

    private void copy(InputStream from) {
        byte[] buffer = new byte[8_192];
        try (from) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            // The program was killed; there is nothing more to show.
            return;
        }
    }
}
