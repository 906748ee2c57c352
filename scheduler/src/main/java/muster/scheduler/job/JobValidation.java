package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks a job as the server does before it stores it; all faults at once, in the original's words and order. */
public final class JobValidation {
    private JobValidation() {}

    /**
     * What is wrong and what is doubtful.
     *
     * @param errorText the errors as one text; empty when there are none
     * @param warningText the warnings as one text; empty when there are none
     */
    public record Findings(List<String> errors, String errorText, List<String> warnings, String warningText) {
        public Findings {
            errors = List.copyOf(errors);
            warnings = List.copyOf(warnings);
        }
    }

    /** Checks a job that has the server's defaults ({@link Canonical#server}). */
    public static Findings check(Job job) {
        Faults faults = new Faults();
        ConnectValidation.check(job, faults);
        identity(job, faults);
        TargetValidation.constraints(job.constraints(), faults);
        TargetValidation.affinities(job.affinities(), job, faults);
        TargetValidation.spreads(job.spreads(), job, faults);
        groupNames(job, faults);
        for (TaskGroup group : orEmpty(job.taskGroups())) {
            faults.nest("Task group " + group.name(), new GroupValidation(job, group).faults());
        }
        ScheduleValidation.check(job, faults);
        faults.addIf("_core".equals(job.type()), "job type cannot be core");
        faults.addIf(!Values.text(job.payload()).isEmpty() && !job.dispatched(), "job can't be submitted with a payload, only dispatched");
        List<String> warnings = JobWarnings.of(job);
        String warningText = warnings.isEmpty() ? "" : warnings.size() + " warning(s):\n\n* " + String.join("\n* ", warnings);
        return new Findings(faults.all(), faults.text(), warnings, warningText);
    }

    private static void identity(Job job, Faults faults) {
        faults.addIf(job.region().isEmpty(), "Missing job region");
        if (job.id().isEmpty()) {
            faults.add("Missing job ID");
        } else if (job.id().contains(" ")) {
            faults.add("Job ID contains a space");
        } else if (job.id().indexOf('\0') >= 0) {
            faults.add("Job ID contains a null character");
        }
        if (job.name().isEmpty()) {
            faults.add("Missing job name");
        } else if (job.name().indexOf('\0') >= 0) {
            faults.add("Job Name contains a null character");
        }
        faults.addIf(job.namespace().isEmpty(), "Job must be in a namespace");
        switch (job.type()) {
            case "service", "batch", "system", "sysbatch", "_core" -> {}
            case "" -> faults.add("Missing job type");
            default -> faults.add("Invalid job type: \"" + job.type() + "\"");
        }
        faults.addIf(job.priority() < 1 || job.priority() > 100, "Job priority must be between [1, 100]");
        if (orEmpty(job.datacenters()).isEmpty() && job.multiregion() == null) {
            faults.add("Missing job datacenters");
        } else {
            orEmpty(job.datacenters()).forEach(dc -> faults.addIf(dc.isEmpty(), "Job datacenter must be non-empty string"));
        }
        faults.addIf(orEmpty(job.taskGroups()).isEmpty(), "Missing job task groups");
    }

    private static void groupNames(Job job, Faults faults) {
        Map<String, Integer> seen = new HashMap<>();
        List<TaskGroup> groups = orEmpty(job.taskGroups());
        for (int i = 0; i < groups.size(); i++) {
            TaskGroup group = groups.get(i);
            Integer before = seen.putIfAbsent(group.name(), i);
            if (group.name() == null || group.name().isEmpty()) {
                faults.add("Job task group " + (i + 1) + " missing name");
            } else if (before != null) {
                faults.add("Job task group " + (i + 1) + " redefines '" + group.name() + "' from group " + (before + 1));
            }
            faults.addIf(
                    group.shutdownDelay() != null && group.shutdownDelay().isNegative(),
                    "ShutdownDelay must be a positive value");
            if (group.maxClientDisconnect() != null) {
                faults.addIf(group.maxClientDisconnect().isNegative(), "max_client_disconnect cannot be negative");
                faults.addIf(group.stopAfterClientDisconnect() != null && !group.stopAfterClientDisconnect().isZero(),
                        "max_client_disconnect and stop_after_client_disconnect cannot both be set");
            }
            if (group.stopAfterClientDisconnect() != null && !group.stopAfterClientDisconnect().isZero()) {
                faults.addIf(
                        group.stopAfterClientDisconnect().isNegative(),
                        "stop_after_client_disconnect must be a positive value");
                faults.addIf(
                        group.stopAfterClientDisconnect().isPositive() && !job.type().equals("batch") && !job.type().equals("service"),
                        "stop_after_client_disconnect can only be set in batch and service jobs");
            }
            faults.addIf(
                    job.type().startsWith("sys") && group.count() > 1,
                    "Job task group " + group.name() + " has count " + group.count()
                            + ". Count cannot exceed 1 with system scheduler");
        }
    }
}
