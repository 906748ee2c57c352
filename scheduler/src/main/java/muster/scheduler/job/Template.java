package muster.scheduler.job;

import java.time.Duration;
import java.util.List;
import muster.wire.Key;

/**
 * A file rendered from registry data for a task.
 *
 * @param dialect {@code go} or {@code mustache}; none is Go's, unless the source's name ends in {@code .mustache}. Not in
 *     the original: left out of the JSON of jobs that do not use it
 * @param changeScript for the change mode {@code script}; this and the other keys that came after Nomad 1.1 are left out of the
 *     JSON of jobs that do not use them
 * @param errMissingKey whether a missing entry of a map is an error
 * @param once rendered once and then left alone
 * @param uid owner of the file, as its group is gid; none or negative leaves it
 * @param quiet how long changes rest before the file is rendered again
 * @param deadline how long the first rendering waits for what is missing, for ever without; not in the original
 * @param onDeadline what then: {@code fail} (also without), {@code default} or {@code keep}
 * @param emptyHold how long a list that suddenly became empty is shown as it was; not in the original
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
        Duration vaultGrace,
        @Key(omitEmpty = true) ChangeScript changeScript,
        @Key(omitEmpty = true) Boolean errMissingKey,
        @Key(omitEmpty = true) Boolean once,
        @Key(omitNull = true) Integer uid,
        @Key(omitNull = true) Integer gid,
        @Key(value = "Wait", omitEmpty = true) WaitConfig quiet,
        @Key(omitNull = true) Duration emptyHold,
        @Key(omitNull = true) Duration deadline,
        @Key(omitEmpty = true) String onDeadline,
        @Key(omitEmpty = true) Check check) {
    /** A program that the task runs when the file changed. */
    public record ChangeScript(String command, List<String> args, Duration timeout, Boolean failOnError,
            @Key(omitEmpty = true) Boolean runOnFirstRender) {}

    /** A program that the running task runs on a new file, whose path it is given, before that replaces the old one. */
    public record Check(String command, List<String> args, Duration timeout) {}

    /** Changes rest for {@code min}, at most for {@code max}. */
    public record WaitConfig(Duration min, Duration max) {}

    /** Whether a new text of it can be rendered beside a task that goes on running. */
    public boolean isGentle() {
        return "noop".equals(changeMode) || "signal".equals(changeMode) || "script".equals(changeMode);
    }

    /** The same with another text. */
    public Template withText(String text) {
        return new Template(changeMode, changeSignal, destPath, dialect, text, envvars, leftDelim, perms, rightDelim, sourcePath, splay,
                vaultGrace, changeScript, errMissingKey, once, uid, gid, quiet, emptyHold, deadline, onDeadline, check);
    }
}
