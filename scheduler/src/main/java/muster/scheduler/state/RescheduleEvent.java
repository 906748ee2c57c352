package muster.scheduler.state;

import java.time.Duration;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** One failed placement; the time is nanoseconds since 1970. */
public record RescheduleEvent(
        Duration delay,
        @Key("PrevAllocID") String prevAllocId,
        @Key("PrevNodeID") String prevNodeId,
        long rescheduleTime) {
    public RescheduleEvent {
        delay = Values.duration(delay);
        prevAllocId = Values.text(prevAllocId);
        prevNodeId = Values.text(prevNodeId);
    }
}
