package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.util.ArrayList;
import java.util.List;

/** What is allowed but probably not meant. */
final class JobWarnings {
    private static final String DEPRECATED_NETWORK = "task network resources have been deprecated as of Nomad 0.12.0. Please"
            + " configure networking via group network block.";
    private static final String DEPRECATED_MBITS =
            "mbits has been deprecated as of Nomad 0.12.0. Please remove mbits from the network block";

    private static final String DEPRECATED_IOPS = "IOPS has been deprecated as of Nomad 0.9.0. Please remove IOPS from resource stanza.";
    private static final String DEPRECATED_GRACE = "VaultGrace has been deprecated as of Nomad 0.11 and ignored since Vault 0.5. Please remove"
            + " VaultGrace / vault_grace from template stanza.";

    private JobWarnings() {}

    static List<String> of(Job job) {
        List<String> warnings = new ArrayList<>();
        int promoting = 0;
        int updating = 0;
        for (TaskGroup group : orEmpty(job.taskGroups())) {
            Faults inner = group(group);
            if (!inner.isEmpty()) {
                warnings.add("Group \"" + group.name() + "\" has warnings: " + inner.text());
            }
            if (group.update() != null) {
                updating++;
                promoting += group.update().autoPromote() ? 1 : 0;
            }
        }
        if (promoting > 0 && promoting < orEmpty(job.taskGroups()).size()) {
            warnings.add("auto_promote must be true for all groups to enable automatic promotion");
        }
        for (TaskGroup group : orEmpty(job.taskGroups())) {
            for (Task task : orEmpty(group.tasks())) {
                Integer max = task.resources().memoryMaxMB();
                if (max != null && max > 0) {
                    warnings.add("Memory oversubscription is not enabled; Task \"" + group.name() + "." + task.name()
                            + "\" memory_max value will be ignored. Update the Scheduler Configuration to allow"
                            + " oversubscription.");
                }
            }
        }
        return warnings;
    }

    private static Faults group(TaskGroup group) {
        Faults faults = new Faults();
        if (group.update() != null) {
            int parallel = group.update().maxParallel();
            faults.addIf(
                    parallel > group.count(),
                    "Update max parallel count is greater than task group count (" + parallel + " > " + group.count()
                            + "). A destructive change would result in the simultaneous replacement of all allocations.");
        }
        for (NetworkResource network : orEmpty(group.networks())) {
            faults.addIf(network.mBits() != null && network.mBits() > 0, DEPRECATED_MBITS);
        }
        for (Task task : orEmpty(group.tasks())) {
            Faults inner = new Faults();
            inner.addIf(task.resources().iops() != null && task.resources().iops() != 0, "Task \"" + task.name() + "\": " + DEPRECATED_IOPS);
            if (!orEmpty(task.resources().networks()).isEmpty()) {
                inner.add("Task \"" + task.name() + "\": " + DEPRECATED_NETWORK);
            }
            int number = 0;
            for (Template template : orEmpty(task.templates())) {
                boolean grace = template.vaultGrace() != null && !template.vaultGrace().isZero();
                inner.addIf(grace, "Task \"" + task.name() + "\": 1 error occurred:\n\t* Template[" + number + "] " + DEPRECATED_GRACE + "\n\n");
                number++;
            }
            faults.nest(inner);
        }
        return faults;
    }
}
