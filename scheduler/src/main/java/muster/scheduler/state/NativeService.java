package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** A service of a task or group with {@code provider = "nomad"}: the scheduler's own state lists it (Nomad API page: services). */
public record NativeService(String address, @Key("AllocID") String allocId, long createIndex, String datacenter, @Key("ID") String id,
        @Key("JobID") String jobId,
        long modifyIndex, String namespace, @Key("NodeID") String nodeId, int port, String serviceName, List<String> tags) {
    /** What the ids of an allocation's services begin with. */
    public static String idPrefix(String allocation) {
        return "_nomad-task-" + allocation + "-";
    }

    public NativeService {
        tags = Values.list(tags);
    }

    /** As stored at these indexes. */
    NativeService at(long created, long modified) {
        return new NativeService(address, allocId, created, datacenter, id, jobId, modified, namespace, nodeId, port, serviceName, tags);
    }
}
