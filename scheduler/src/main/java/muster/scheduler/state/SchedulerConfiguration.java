package muster.scheduler.state;

import muster.wire.Key;

/** How the scheduler works in the whole cluster (API page "Operator", scheduler configuration). */
public record SchedulerConfiguration(
        long createIndex,
        boolean memoryOversubscriptionEnabled,
        long modifyIndex,
        @Key("PreemptionConfig") Preemption preemption,
        String schedulerAlgorithm) {
    public static final String BINPACK = "binpack";
    public static final String SPREAD = "spread";
    public static final SchedulerConfiguration DEFAULT =
            new SchedulerConfiguration(0, false, 0, new Preemption(false, false, true), BINPACK);

    /** For which schedulers a job may push out others of lower priority. */
    public record Preemption(
            boolean batchSchedulerEnabled, boolean serviceSchedulerEnabled, boolean systemSchedulerEnabled) {}

    public SchedulerConfiguration {
        preemption = preemption == null ? new Preemption(false, false, false) : preemption;
        schedulerAlgorithm = schedulerAlgorithm == null || schedulerAlgorithm.isEmpty() ? BINPACK : schedulerAlgorithm;
    }

    /** With what a node pool has otherwise. */
    SchedulerConfiguration with(NodePool.Scheduling own) {
        return new SchedulerConfiguration(createIndex,
                own.memoryOversubscriptionEnabled() == null ? memoryOversubscriptionEnabled : own.memoryOversubscriptionEnabled(), modifyIndex,
                preemption, own.schedulerAlgorithm().isEmpty() ? schedulerAlgorithm : own.schedulerAlgorithm());
    }

    SchedulerConfiguration at(long index) {
        return new SchedulerConfiguration(createIndex == 0 ? index : createIndex, memoryOversubscriptionEnabled, index,
                preemption, schedulerAlgorithm);
    }
}
