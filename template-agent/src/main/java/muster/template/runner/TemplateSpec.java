package muster.template.runner;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import muster.template.language.Delimiters;
import muster.template.render.AtomicFile;
import muster.template.render.Dialect;

/**
 * One template of a task, as the job's {@code template} block states it.
 *
 * @param destination relative to the task's folder
 * @param permissions of the file; without, those of the old file or 0644
 * @param environment whether its {@code KEY=VALUE} lines join the task's environment
 * @param quiet how long changes have to rest before it is rendered again
 * @param errorOnMissingKey whether a missing entry of a map is an error
 * @param once rendered once and then left alone
 */
public record TemplateSpec(
        Source source,
        String destination,
        Optional<Set<PosixFilePermission>> permissions,
        Dialect dialect,
        Delimiters delimiters,
        boolean environment,
        ChangeMode changeMode,
        Duration splay,
        Quiet quiet,
        boolean errorOnMissingKey,
        boolean once) {
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
        return new TemplateSpec(source, destination, Optional.empty(), Dialect.of("", name), Delimiters.DEFAULT, false,
                new ChangeMode.Restart(), Duration.ofSeconds(5), Quiet.BURST, false, false);
    }

    /** The change mode by its word in a job file. Throws {@link IllegalArgumentException} for an unknown one. */
    public static ChangeMode changeMode(String word, String signal) {
        return switch (word) {
            case "", "restart" -> new ChangeMode.Restart();
            case "noop" -> new ChangeMode.Noop();
            case "signal" -> new ChangeMode.Signal(signal.toUpperCase(Locale.ROOT));
            default -> throw new IllegalArgumentException(
                    "change_mode \"" + word + "\" is not supported; use \"restart\", \"signal\" or \"noop\"");
        };
    }

    /** Permissions from octal text, "" for none. */
    public static Optional<Set<PosixFilePermission>> permissions(String octal) {
        return octal.isEmpty() ? Optional.empty() : Optional.of(AtomicFile.permissions(octal));
    }
}
