package muster.scheduler.state;

import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** A change of a group's count, or something an autoscaler had to say about it; the time is nanoseconds since 1970. */
public record ScalingEvent(
        Long count,
        long createIndex,
        boolean error,
        @Key("EvalID") String evalId,
        String message,
        Map<String, Object> meta,
        long previousCount,
        long time) {
    /** Events that are kept for each group. */
    static final int MAX_KEPT = 20;

    public ScalingEvent {
        message = Values.text(message);
        meta = Values.map(meta);
    }

    ScalingEvent at(long index) {
        return new ScalingEvent(count, index, error, evalId, message, meta, previousCount, time);
    }
}
