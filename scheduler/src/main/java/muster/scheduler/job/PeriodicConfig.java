package muster.scheduler.job;

import java.util.List;
import muster.wire.Key;

/**
 * Launches children of a job by a schedule, or by several (job specification page "periodic").
 *
 * @param spec the schedule ({@code cron})
 * @param specs the schedules, where there is not the one ({@code crons})
 */
public record PeriodicConfig(
        Boolean enabled,
        Boolean prohibitOverlap,
        String spec,
        String specType,
        @Key(omitEmpty = true) List<String> specs,
        String timeZone) {
    public PeriodicConfig {
        specs = Values.list(specs);
    }

    /** All of them; one of empty text where none is given. */
    public List<String> schedules() {
        return Values.orEmpty(specs).isEmpty() ? List.of(Values.text(spec)) : specs;
    }
}
