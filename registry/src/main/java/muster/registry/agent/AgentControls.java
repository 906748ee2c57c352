package muster.registry.agent;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What operators may ask of the process that the agent is in.
 *
 * @param reload reads the configuration again; what it throws is the answer
 * @param leave leaves the cluster and ends the process, after the reply was sent
 */
public record AgentControls(Runnable reload, Runnable leave, LogSource logs) {
    /** Levels of a log stream, in the words of the API. */
    public enum LogLevel {
        TRACE, DEBUG, INFO, WARN, ERROR;

        static Optional<LogLevel> of(String word) {
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

    /** The process's log as it is written. */
    @FunctionalInterface
    public interface LogSource {
        /** Calls with each line, without its end, until closed. The consumer never blocks. */
        AutoCloseable follow(LogLevel level, boolean json, Consumer<String> lines);
    }
}
