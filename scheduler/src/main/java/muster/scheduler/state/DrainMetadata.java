package muster.scheduler.state;

import java.time.Instant;
import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** The last drain of a node. */
public record DrainMetadata(
        @Key("AccessorID") String accessorId,
        Map<String, String> meta,
        Instant startedAt,
        String status,
        Instant updatedAt) {
    public DrainMetadata {
        accessorId = Values.text(accessorId);
        meta = Values.map(meta);
        status = Values.text(status);
    }
}
