package muster.scheduler.driver;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One start of a task, everything interpolated.
 *
 * @param name of the task
 * @param config the {@code config} block: text, numbers, booleans, lists and maps of these
 * @param environment exactly what the task gets
 * @param folder the task's own folder, its working folder
 * @param logs where its output goes
 */
public record TaskLaunch(
        String name, Map<String, Object> config, Map<String, String> environment, Path folder, LogTarget logs) {
    public TaskLaunch {
        config = Map.copyOf(config);
        environment = new LinkedHashMap<>(environment);
    }

    /**
     * Where a task's output goes: {@code folder/TASK.stdout.N} and {@code folder/TASK.stderr.N}.
     *
     * @param maxFiles kept for each stream, at least 1
     * @param maxFileBytes after which the next file begins, at least 1
     */
    public record LogTarget(Path folder, int maxFiles, long maxFileBytes) {}
}
