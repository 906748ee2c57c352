package muster.scheduler.job;

import java.nio.file.Path;

/** Where a path of a job file may lead. Only the text is looked at; links are checked where files are written. */
final class TaskPaths {
    private TaskPaths() {}

    /** Whether {@code path}, seen from {@code prefix} in the allocation's directory, leads out of that directory. */
    static boolean escapes(String prefix, String path) {
        if (path == null || path.contains("${") || path.indexOf('\0') >= 0) {
            return false;
        }
        return Path.of(prefix + path).normalize().startsWith("..");
    }
}
