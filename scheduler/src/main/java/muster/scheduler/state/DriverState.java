package muster.scheduler.state;

import java.time.Instant;
import java.util.Map;
import muster.scheduler.job.Values;

/** A driver as a node finds it. */
public record DriverState(
        Map<String, String> attributes,
        boolean detected,
        String healthDescription,
        boolean healthy,
        Instant updateTime) {
    public DriverState {
        attributes = Values.map(attributes);
        healthDescription = Values.text(healthDescription);
    }
}
