package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import muster.scheduler.job.Reach;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * What nodes are parted into, so that jobs name where they belong (API page: node pools). A node is in one pool; a job is placed in
 * one, or in {@link Reach#ALL_POOLS}.
 *
 * @param hash of what it says, for those who compare
 * @param schedulerConfiguration how jobs of the pool are placed; null for as everywhere
 */
public record NodePool(long createIndex, String description, String hash, @Key(omitEmpty = true) Map<String, String> meta, long modifyIndex,
        String name, @Key(omitNull = true) Scheduling schedulerConfiguration) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-_]{1,128}");
    private static final int MAX_DESCRIPTION = 256;

    /** The two that are always there and can't be changed. */
    static final List<NodePool> BUILT_IN = List.of(
            named(Reach.ALL_POOLS, "Node pool with all nodes in the cluster.").at(1, null), named(Reach.DEFAULT_POOL, "Default node pool.").at(1, null));

    /**
     * What a pool has otherwise than the cluster.
     *
     * @param memoryOversubscriptionEnabled null for as in the cluster
     * @param schedulerAlgorithm empty for as in the cluster
     */
    public record Scheduling(@Key(omitNull = true) Boolean memoryOversubscriptionEnabled, String schedulerAlgorithm) {
        public Scheduling {
            schedulerAlgorithm = Values.text(schedulerAlgorithm);
        }
    }

    public NodePool {
        description = Values.text(description);
        hash = Values.text(hash);
        meta = Values.map(meta);
        name = Values.text(name);
    }

    /** One that says nothing but its name. */
    static NodePool named(String name, String description) {
        return new NodePool(0, description, "", null, 0, name, null);
    }

    public boolean isBuiltIn() {
        return isBuiltIn(name);
    }

    static boolean isBuiltIn(String name) {
        return name.equals(Reach.ALL_POOLS) || name.equals(Reach.DEFAULT_POOL);
    }

    /** All that is wrong with it, in the original's words. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            faults.add("invalid name \"" + name + "\", must match regex ^[a-zA-Z0-9-_]{1,128}$");
        }
        if (description.length() > MAX_DESCRIPTION) {
            faults.add("description longer than " + MAX_DESCRIPTION);
        }
        String algorithm = schedulerConfiguration == null ? "" : schedulerConfiguration.schedulerAlgorithm();
        if (!algorithm.isEmpty() && !algorithm.equals(SchedulerConfiguration.BINPACK) && !algorithm.equals(SchedulerConfiguration.SPREAD)) {
            faults.add("invalid scheduler algorithm: " + algorithm);
        }
        return faults;
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    NodePool at(long index, NodePool old) {
        List<String> said = new ArrayList<>(List.of(name, description));
        Values.orEmpty(meta).forEach((key, value) -> said.addAll(List.of(key, value)));
        said.add(String.valueOf(schedulerConfiguration));
        return new NodePool(old == null ? index : old.createIndex, description, Blake2b.of(said.toArray(String[]::new)), meta, index, name,
                schedulerConfiguration);
    }
}
