package muster.scheduler.state;

import java.time.Instant;
import java.util.Map;
import muster.scheduler.job.Values;

/** Something that happened to a node. */
public record NodeEvent(
        long createIndex,
        Map<String, String> details,
        String message,
        String subsystem,
        Instant timestamp) {
    public NodeEvent {
        details = Values.map(details);
        message = Values.text(message);
        subsystem = Values.text(subsystem);
    }
}
