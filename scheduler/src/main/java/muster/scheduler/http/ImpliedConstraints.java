package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Template;
import muster.scheduler.job.Values;

/** The constraints that a job does not name but needs: nodes with Vault, nodes that know the signals of its tasks. */
final class ImpliedConstraints {
    private static final Constraint VAULT = new Constraint("${attr.vault.version}", "semver", ">= 0.6.1");

    private ImpliedConstraints() {}

    static Job with(Job job) {
        return job.taskGroups() == null ? job : job.withTaskGroups(job.taskGroups().stream().map(ImpliedConstraints::with).toList());
    }

    private static TaskGroup with(TaskGroup group) {
        TreeSet<String> signals = new TreeSet<>();
        boolean vault = false;
        for (Task task : Values.orEmpty(group.tasks())) {
            vault |= task.vault() != null;
            add(signals, task.killSignal());
            if (task.vault() != null && "signal".equals(task.vault().changeMode())) {
                add(signals, task.vault().changeSignal());
            }
            for (Template template : Values.orEmpty(task.templates())) {
                if ("signal".equals(template.changeMode())) {
                    add(signals, template.changeSignal());
                }
            }
        }
        List<Constraint> all = new ArrayList<>(Values.orEmpty(group.constraints()));
        if (vault && !all.contains(VAULT)) {
            all.add(VAULT);
        }
        Constraint known = new Constraint("${attr.os.signals}", "set_contains", String.join(",", signals));
        if (!signals.isEmpty() && !all.contains(known)) {
            all.add(known);
        }
        return all.size() == Values.orEmpty(group.constraints()).size() ? group : group.withConstraints(all);
    }

    private static void add(TreeSet<String> signals, String signal) {
        if (signal != null && !signal.isEmpty()) {
            signals.add(signal);
        }
    }
}
