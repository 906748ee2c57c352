package muster.scheduler.job;

import java.time.Duration;

/** A file rendered from registry data for a task. */
public record Template(
        String changeMode,
        String changeSignal,
        String destPath,
        String embeddedTmpl,
        Boolean envvars,
        String leftDelim,
        String perms,
        String rightDelim,
        String sourcePath,
        Duration splay,
        Duration vaultGrace) {
}
