package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import muster.template.config.AgentSettings.LogSettings;
import muster.wire.GoTime;

/** The agent's log in consul-template's form: to standard error and, where set, to a file that is replaced by size and age. Thread-safe. */
final class AgentLog {
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERR");

    private final LogSettings settings;
    private final PrintStream err;
    private final InstantSource clock;
    /** Guarded by this, as is the next. */
    private Instant opened;
    private boolean fileFailed;

    AgentLog(LogSettings settings, PrintStream err, InstantSource clock) {
        this.settings = settings;
        this.err = err;
        this.clock = clock;
        this.opened = clock.instant();
    }

    void debug(String message) {
        log("DEBUG", message);
    }

    void info(String message) {
        log("INFO", message);
    }

    void warn(String message) {
        log("WARN", message);
    }

    void error(String message) {
        log("ERR", message);
    }

    private void log(String level, String message) {
        if (LEVELS.indexOf(level) < LEVELS.indexOf(settings.level())) {
            return;
        }
        String line = GoTime.rfc3339(clock.instant()) + " [" + level + "] " + message + "\n";
        err.print(line);
        err.flush();
        settings.file().ifPresent(file -> append(file, line));
    }

    private synchronized void append(Path file, String line) {
        try {
            boolean full = settings.rotateBytes() > 0 && Files.exists(file) && Files.size(file) + line.length() > settings.rotateBytes();
            boolean old = settings.rotateAfter().isPositive() && Duration.between(opened, clock.instant()).compareTo(settings.rotateAfter()) > 0;
            if (full || old) {
                rotate(file);
            }
            Files.write(file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            fileFailed = false;
        } catch (IOException e) {
            if (!fileFailed) {
                fileFailed = true;
                err.println("log_file " + file + " can't be written: " + e.getMessage());
            }
        }
    }

    private void rotate(Path file) throws IOException {
        opened = clock.instant();
        if (!Files.exists(file)) {
            return;
        }
        if (settings.keep() < 0) {
            Files.delete(file);
            return;
        }
        Files.move(file, file.resolveSibling(file.getFileName() + "-" + opened.toEpochMilli()));
        List<Path> old = new ArrayList<>();
        try (Stream<Path> beside = Files.list(file.toAbsolutePath().getParent())) {
            beside.filter(each -> each.getFileName().toString().matches("\\Q" + file.getFileName() + "\\E-\\d+")).sorted().forEach(old::add);
        }
        for (int i = 0; settings.keep() > 0 && i < old.size() - settings.keep(); i++) {
            Files.delete(old.get(i));
        }
    }
}
