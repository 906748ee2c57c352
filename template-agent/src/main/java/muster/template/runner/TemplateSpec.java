package muster.template.runner;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import muster.template.language.Delimiters;
import muster.template.render.AtomicFile;
import muster.template.render.Dialect;
import muster.template.render.Output;
import muster.template.watch.EmptyHold;

/**
 * One template of a task, as the job's {@code template} block states it.
 *
 * @param destination relative to the task's folder
 * @param output how its file is to be written
 * @param environment whether its {@code KEY=VALUE} lines join the task's environment
 * @param quiet how long changes have to rest before it is rendered again
 * @param errorOnMissingKey whether a missing entry of a map is an error
 * @param once rendered once and then left alone
 * @param waiting what to do about values that are not there
 */
public record TemplateSpec(
        Source source,
        String destination,
        Output output,
        Dialect dialect,
        Delimiters delimiters,
        boolean environment,
        ChangeMode changeMode,
        Duration splay,
        Quiet quiet,
        boolean errorOnMissingKey,
        boolean once,
        Waiting waiting) {
    /**
     * What to do about values that are not there.
     *
     * @param hold for lists that suddenly become empty
     * @param deadline of the wait for the first rendering; without, it waits for ever
     */
    public record Waiting(EmptyHold hold, Optional<Deadline> deadline) {
        public static final Waiting DEFAULT = new Waiting(EmptyHold.DEFAULT, Optional.empty());
    }

    /** Where the text comes from. */
    public sealed interface Source {
        /** The text itself. */
        record Inline(String text) implements Source {}

        /** A file, relative to the task's folder. */
        record FromFile(String path) implements Source {}
    }

    /** What to do about the task when the file changed after its first rendering. */
    public sealed interface ChangeMode {
        record Noop() implements ChangeMode {}

        record Restart() implements ChangeMode {}

        /** @param signal its name, such as {@code SIGHUP} */
        record Signal(String signal) implements ChangeMode {
            public Signal {
                if (signal.isBlank()) {
                    throw new IllegalArgumentException("change_mode \"signal\" needs a change_signal such as \"SIGHUP\"");
                }
            }
        }

        /** Run in the task. */
        record Script(ChangeScript script) implements ChangeMode {}
    }

    /**
     * A program that a task runs when a file changed.
     *
     * @param failOnError whether the task is killed when it fails
     * @param onFirstRender whether it also runs once the task runs for the first time
     */
    public record ChangeScript(String command, List<String> args, Duration timeout, boolean failOnError, boolean onFirstRender) {
        public ChangeScript {
            args = List.copyOf(args);
            if (command.isBlank()) {
                throw new IllegalArgumentException("change_mode \"script\" needs a change_script with a command");
            }
        }
    }

    /** After a change, wait until nothing changed for {@code min}, but not longer than {@code max} in all. */
    public record Quiet(Duration min, Duration max) {
        public static final Quiet NONE = new Quiet(Duration.ZERO, Duration.ZERO);
        /** Just enough for several keys that are written together to make one change. */
        public static final Quiet BURST = new Quiet(Duration.ofMillis(15), Duration.ofMillis(150));

        public Quiet {
            if (min.isNegative() || max.compareTo(min) < 0) {
                throw new IllegalArgumentException("wait: min " + min + " must not be negative nor more than max " + max);
            }
        }
    }

    public TemplateSpec {
        Objects.requireNonNull(source);
        if (destination.isBlank()) {
            throw new IllegalArgumentException("missing destination: a template needs the file to write");
        }
        if (environment && changeMode instanceof ChangeMode.Signal) {
            throw new IllegalArgumentException("cannot use signals with env var templates");
        }
        if (splay.isNegative()) {
            throw new IllegalArgumentException("splay " + splay + " must not be negative");
        }
    }

    /** A Go template with Nomad's defaults: restart, splay 5 s; quiet just long enough for a burst. */
    public static TemplateSpec of(Source source, String destination) {
        String name = source instanceof Source.FromFile file ? file.path() : "";
        return new TemplateSpec(source, destination, Output.DEFAULT, Dialect.of("", name), Delimiters.DEFAULT, false,
                new ChangeMode.Restart(), Duration.ofSeconds(5), Quiet.BURST, false, false, Waiting.DEFAULT);
    }

    /** The source's name for people; {@code (dynamic)} for a text without a file. */
    public String sourceName() {
        return source instanceof Source.FromFile file ? file.path() : "(dynamic)";
    }

    /** The change mode by its word in a job file. Throws {@link IllegalArgumentException} for an unknown one. */
    public static ChangeMode changeMode(String word, String signal) {
        return switch (word) {
            case "", "restart" -> new ChangeMode.Restart();
            case "noop" -> new ChangeMode.Noop();
            case "signal" -> new ChangeMode.Signal(signal.toUpperCase(Locale.ROOT));
            case "script" -> throw new IllegalArgumentException("change_mode \"script\" needs a change_script");
            default -> throw new IllegalArgumentException(
                    "change_mode \"" + word + "\" is not supported; use \"restart\", \"signal\", \"script\" or \"noop\"");
        };
    }

    /** Permissions from octal text, "" for none. */
    public static Optional<Set<PosixFilePermission>> permissions(String octal) {
        return octal.isEmpty() ? Optional.empty() : Optional.of(AtomicFile.permissions(octal));
    }
}
