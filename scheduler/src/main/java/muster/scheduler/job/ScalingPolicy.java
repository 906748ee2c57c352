package muster.scheduler.job;

import java.util.Map;
import muster.wire.Key;

/** The bounds of a group's count, and what an autoscaler is told. */
public record ScalingPolicy(
        long createIndex,
        Boolean enabled,
        @Key("ID") String id,
        Long max,
        Long min,
        long modifyIndex,
        String namespace,
        Map<String, Object> policy,
        Map<String, String> target,
        String type) {
    public ScalingPolicy {
        id = Values.text(id);
        namespace = Values.text(namespace);
        policy = Values.map(policy);
        target = Values.map(target);
        type = Values.text(type);
    }

    /** A copy with another ID. */
    public ScalingPolicy withId(String id) {
        return new ScalingPolicy(createIndex, enabled, id, max, min, modifyIndex, namespace, policy, target, type);
    }

    /** A copy with another Target. */
    public ScalingPolicy withTarget(Map<String, String> target) {
        return new ScalingPolicy(createIndex, enabled, id, max, min, modifyIndex, namespace, policy, target, type);
    }

    /** A copy with another CreateIndex. */
    public ScalingPolicy withCreateIndex(long createIndex) {
        return new ScalingPolicy(createIndex, enabled, id, max, min, modifyIndex, namespace, policy, target, type);
    }

    /** A copy with another ModifyIndex. */
    public ScalingPolicy withModifyIndex(long modifyIndex) {
        return new ScalingPolicy(createIndex, enabled, id, max, min, modifyIndex, namespace, policy, target, type);
    }
}
