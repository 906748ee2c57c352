package muster.scheduler.http;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The log of the process that an agent runs in, as it is written. */
@FunctionalInterface
public interface LogFeed {
    /** In an order that leaves out more and more. */
    enum Level {
        TRACE, DEBUG, INFO, WARN, ERROR;

        static Optional<Level> of(String word) {
            return switch (word.toUpperCase(Locale.ROOT)) {
                case "TRACE" -> Optional.of(TRACE);
                case "DEBUG" -> Optional.of(DEBUG);
                case "", "INFO" -> Optional.of(INFO);
                case "WARN" -> Optional.of(WARN);
                case "ERR", "ERROR" -> Optional.of(ERROR);
                default -> Optional.empty();
            };
        }
    }

    /** Calls with each line, without its end, until closed. The consumer never blocks; any thread. */
    AutoCloseable follow(Level level, boolean json, Consumer<String> lines);
}
