package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** The placements that came before an allocation because they failed. */
public record RescheduleTracker(
        List<RescheduleEvent> events) {
    public RescheduleTracker {
        events = Values.list(events);
    }
}
