package muster.scheduler.job;

import java.time.Duration;
import muster.wire.Key;

/**
 * A file rendered from registry data for a task.
 *
 * @param dialect {@code go} or {@code mustache}; none is Go's, unless the source's name ends in {@code .mustache}. Not in
 *     the original: left out of the JSON of jobs that do not use it
 */
public record Template(
        String changeMode,
        String changeSignal,
        String destPath,
        @Key(omitEmpty = true) String dialect,
        String embeddedTmpl,
        Boolean envvars,
        String leftDelim,
        String perms,
        String rightDelim,
        String sourcePath,
        Duration splay,
        Duration vaultGrace) {
}
