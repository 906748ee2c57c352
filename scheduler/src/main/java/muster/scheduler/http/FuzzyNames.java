package muster.scheduler.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Service;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;

/** The names that hold a text, whatever their letter case; the earlier in a name it is, the better. Lives for one search. */
final class FuzzyNames {
    /** @param scope where the thing is, from its namespace inwards */
    record Match(String id, List<String> scope, int at) {}

    private final String text;
    private final Map<String, List<Match>> found = new TreeMap<>();

    /** @param text in lower case */
    FuzzyNames(String text) {
        this.text = text;
    }

    void add(String context, String name, String... scope) {
        int at = name.toLowerCase(Locale.ROOT).indexOf(text);
        if (at >= 0) {
            found.computeIfAbsent(context, c -> new ArrayList<>()).add(new Match(name, List.of(scope), at));
        }
    }

    /** A job, and what it is made of: groups, services, tasks, and the images, commands and classes that tasks run. */
    void job(Job job) {
        String namespace = job.namespace();
        add("jobs", Values.text(job.name()), namespace, job.id());
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            add("groups", group.name(), namespace, job.id());
            for (Service service : Values.orEmpty(group.services())) {
                add("services", Values.text(service.name()), namespace, job.id(), group.name());
            }
            for (Task task : Values.orEmpty(group.tasks())) {
                task(namespace, job, group, task);
            }
        }
    }

    private void task(String namespace, Job job, TaskGroup group, Task task) {
        add("tasks", task.name(), namespace, job.id(), group.name());
        for (Service service : Values.orEmpty(task.services())) {
            add("services", Values.text(service.name()), namespace, job.id(), group.name(), task.name());
        }
        switch (Values.text(task.driver())) {
            case "docker" -> config("images", "image", namespace, job, group, task);
            case "exec", "raw_exec" -> config("commands", "command", namespace, job, group, task);
            case "java" -> config("classes", "class", namespace, job, group, task);
            default -> { }
        }
    }

    private void config(String context, String key, String namespace, Job job, TaskGroup group, Task task) {
        if (Values.orEmpty(task.config()).get(key) instanceof String value) {
            add(context, value, namespace, job.id(), group.name(), task.name());
        }
    }

    /** The best matches first: where the text is early, then the shorter names, then by the alphabet. */
    Map<String, List<Match>> byContext() {
        found.values().forEach(matches -> matches.sort(Comparator.comparingInt(Match::at)
                .thenComparing(match -> match.id().length()).thenComparing(Match::id)));
        return found;
    }

    static Object row(String id, List<String> scope) {
        Map<String, Object> row = new TreeMap<>();
        row.put("ID", id);
        if (!scope.isEmpty()) {
            row.put("Scope", scope);
        }
        return row;
    }
}
