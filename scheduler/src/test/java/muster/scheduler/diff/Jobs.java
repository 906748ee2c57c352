package muster.scheduler.diff;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import muster.hcl.function.StandardFunctions;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobFile;
import muster.scheduler.job.JobVariables;

/** Job texts to compare, and differences as lines to compare with. */
final class Jobs {
    private Jobs() {}

    /** A job of one group and one task, with more at each level. */
    static Job job(String inJob, String inGroup, String inTask) {
        return parsed("""
                job "shop" {
                  datacenters = ["dc1"]
                  %s
                  group "web" {
                    %s
                    task "serve" {
                      driver = "raw_exec"
                      config {
                        command = "serve"
                      }
                      %s
                    }
                  }
                }
                """.formatted(inJob, inGroup, inTask));
    }

    /** As the server keeps it. */
    static Job parsed(String text) {
        JobFile.Parsed parsed = JobFile.parse("job.hcl", text, JobVariables.none(),
                StandardFunctions.create(InstantSource.system(), RandomGenerator.getDefault()));
        return Canonical.server(Canonical.api(parsed.job().orElseThrow(() -> new AssertionError(parsed.errorText()))));
    }

    /** Everything that changed, a line each, inner parts by two blanks deeper; what is unchanged in a changed block with a blank sign. */
    static List<String> lines(JobDiff diff) {
        List<String> lines = new ArrayList<>();
        parts(lines, "", diff.fields(), diff.objects());
        for (TaskGroupDiff group : orEmpty(diff.taskGroups())) {
            if (group.type() != DiffType.NONE) {
                lines.add(sign(group.type()) + "group " + group.name() + updates(group));
                parts(lines, "  ", group.fields(), group.objects());
            }
            for (TaskDiff task : orEmpty(group.tasks())) {
                if (task.type() != DiffType.NONE) {
                    lines.add("  " + sign(task.type()) + "task " + task.name() + forced(task.annotations()));
                    parts(lines, "    ", task.fields(), task.objects());
                }
            }
        }
        return lines;
    }

    private static String updates(TaskGroupDiff group) {
        return group.updates() == null ? "" : " " + group.updates();
    }

    private static String forced(List<String> annotations) {
        return annotations == null ? "" : " " + annotations;
    }

    private static void parts(List<String> lines, String indent, List<FieldDiff> fields, List<ObjectDiff> objects) {
        for (FieldDiff field : orEmpty(fields)) {
            lines.add(indent + sign(field.type()) + field.name() + " " + field.before() + ">" + field.after() + forced(field.annotations()));
        }
        for (ObjectDiff object : orEmpty(objects)) {
            lines.add(indent + sign(object.type()) + object.name());
            parts(lines, indent + "  ", object.fields(), object.objects());
        }
    }

    private static String sign(DiffType type) {
        return switch (type) {
            case ADDED -> "+";
            case DELETED -> "-";
            case EDITED -> "~";
            case NONE -> " ";
        };
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }
}
