package muster.scheduler.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One start of a task, everything interpolated.
 *
 * @param name of the task
 * @param config the {@code config} block: text, numbers, booleans, lists and maps of these; a nested block is a list of maps
 * @param environment exactly what the task gets
 * @param folder the task's own folder, its working folder
 * @param logs where its output goes
 * @param owner on whose behalf it runs
 * @param grants what it was given of the node
 */
public record TaskLaunch(
        String name, Map<String, Object> config, Map<String, String> environment, Path folder, LogTarget logs, Owner owner,
        TaskGrants grants) {
    /** A folder of an allocation that only the agent looks into: named pipes. */
    public static final String PIPES = ".pipes";

    public TaskLaunch {
        config = Map.copyOf(config);
        environment = new LinkedHashMap<>(environment);
    }

    /** A task of nobody in particular without limits. */
    public TaskLaunch(String name, Map<String, Object> config, Map<String, String> environment, Path folder, LogTarget logs) {
        this(name, config, environment, folder, logs, Owner.NONE, TaskGrants.NONE);
    }

    /**
     * Where a task's output goes: {@code folder/TASK.stdout.N} and {@code folder/TASK.stderr.N}.
     *
     * @param maxFiles kept for each stream, at least 1
     * @param maxFileBytes after which the next file begins, at least 1
     */
    public record LogTarget(Path folder, int maxFiles, long maxFileBytes) {}

    /** The allocation and job of a task, for names and labels by which it is known again. */
    public record Owner(String allocation, String job, String jobName, String namespace, String group, String nodeId) {
        public static final Owner NONE = new Owner("", "", "", "default", "", "");
    }

    /** What no program can be told, one line each. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                problems.add("environment variable \"" + shown(name) + "\": a name must not be empty, nor hold = or NUL");
            } else if (value.indexOf('\0') >= 0) {
                problems.add("environment variable \"" + name + "\": its value holds a NUL character, which ends a text for programs");
            }
        });
        holdsNul("config", config, problems);
        return problems;
    }

    private static void holdsNul(String at, Object value, List<String> problems) {
        switch (value) {
            case String text when text.indexOf('\0') >= 0 -> problems.add(at + " holds a NUL character, which ends a text for programs");
            case List<?> list -> list.forEach(item -> holdsNul(at, item, problems));
            case Map<?, ?> map -> map.forEach((key, item) -> holdsNul(at + "." + shown(String.valueOf(key)), item, problems));
            default -> { }
        }
    }

    private static String shown(String name) {
        return name.replace("\0", "\\0");
    }

    /** What the tasks of the allocation share. */
    Path shared() {
        return logs.folder().getParent();
    }
}
