package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Checks of jobs that start others: periodic and parameterized ones. */
final class ScheduleValidation {
    private ScheduleValidation() {}

    static void check(Job job, Faults faults) {
        PeriodicConfig periodic = job.periodic();
        if (periodic != null && periodic.enabled()) {
            faults.addIf(!job.type().endsWith("batch"), "Periodic can only be used with \"batch\" scheduler");
            faults.nest(periodic(periodic));
        }
        ParameterizedJob parameterized = job.parameterizedJob();
        if (parameterized != null) {
            faults.addIf(!job.type().endsWith("batch"), "Parameterized job can only be used with \"batch\" scheduler");
            faults.nest(parameterized(parameterized));
        }
    }

    private static Faults periodic(PeriodicConfig periodic) {
        Faults faults = new Faults();
        boolean several = !orEmpty(periodic.specs()).isEmpty();
        faults.addIf(several && !periodic.spec().isEmpty(), "Only cron or crons may be used");
        faults.addIf(!several && periodic.spec().isEmpty(), "Must specify a spec");
        try {
            ZoneId.of(periodic.timeZone());
        } catch (DateTimeException e) {
            faults.add("Invalid time zone \"" + periodic.timeZone() + "\": unknown time zone " + periodic.timeZone());
        }
        if (periodic.specType().equals("cron")) {
            for (String spec : periodic.schedules()) {
                String fault = CronFields.fault(spec);
                faults.addIf(!fault.isEmpty(), "Invalid cron spec \"" + spec + "\": " + fault);
            }
        } else {
            faults.add("Unknown periodic specification type \"" + periodic.specType() + "\"");
        }
        return faults;
    }

    private static Faults parameterized(ParameterizedJob parameterized) {
        Faults faults = new Faults();
        faults.addIf(
                !List.of("optional", "required", "forbidden").contains(parameterized.payload()),
                "Unknown payload requirement: \"" + parameterized.payload() + "\"");
        List<String> both = new ArrayList<>(orEmpty(parameterized.metaRequired()));
        both.retainAll(orEmpty(parameterized.metaOptional()));
        faults.addIf(
                !both.isEmpty(),
                "Required and optional meta keys should be disjoint. Following keys exist in both: [" + String.join(" ", both) + "]");
        return faults;
    }
}
