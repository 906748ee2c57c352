package muster.scheduler.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;

/** Which of a group's instances have ended, and which of the failed are placed again: now, at a time, or never. One use. */
final class Failures {
    /** Failed allocations whose time is this near are placed at once. */
    private static final Duration NEAR = Duration.ofSeconds(1);
    /** Delayed placements within this time share an evaluation. */
    private static final Duration BATCH = Duration.ofSeconds(5);

    final Map<String, Allocation> now = new LinkedHashMap<>();
    private final Reconciler.Input in;
    private final Changes out;
    private final Deployment deployment;
    private final boolean batch;
    private int later;

    Failures(Reconciler.Input in, Changes out, Deployment deployment) {
        this.in = in;
        this.out = out;
        this.deployment = deployment;
        batch = "batch".equals(in.job().type());
    }

    /** How many are placed again at a later time. */
    int later() {
        return later;
    }

    /** It is not placed again after all. */
    void giveUp(Allocation allocation) {
        now.remove(allocation.id());
        later -= out.followups.remove(allocation.id()) == null ? 0 : 1;
    }

    /** Takes out what ended, and finds which of the failed are to be placed again now or later. */
    void separate(Map<String, Allocation> untainted) {
        TreeMap<Instant, Allocation> delayed = new TreeMap<>();
        untainted.values().removeIf(allocation -> {
            if (!allocation.nextAllocation().isEmpty() && allocation.isTerminal() || isOver(allocation)) {
                return true;
            }
            if (allocation.clientStatus().equals(Allocation.FAILED) && !allocation.isServerTerminal()) {
                return separate(allocation, delayed);
            }
            return false;
        });
        followUp(delayed);
    }

    private boolean isOver(Allocation allocation) {
        boolean successful = allocation.clientStatus().equals(Allocation.COMPLETE)
                && Values.orEmpty(allocation.taskStates()).values().stream().allMatch(t -> t.isSuccessful());
        if (batch) {
            return allocation.isServerTerminal() && !successful;
        }
        return allocation.isServerTerminal() || allocation.clientStatus().equals(Allocation.COMPLETE)
                || allocation.clientStatus().equals(Allocation.LOST);
    }

    private boolean separate(Allocation allocation, TreeMap<Instant, Allocation> delayed) {
        DesiredTransition wish = allocation.desiredTransition() == null
                ? DesiredTransition.NONE : allocation.desiredTransition();
        boolean ofDeployment = deployment != null && allocation.deploymentId().equals(deployment.id())
                && deployment.isActive() && !Boolean.TRUE.equals(wish.reschedule());
        if (ofDeployment) {
            return false;
        }
        Optional<Instant> at = Rescheduling.eligibleAt(allocation);
        boolean forced = Boolean.TRUE.equals(wish.forceReschedule());
        boolean due = at.isPresent() && (allocation.followupEvalId().equals(in.evaluation().id())
                || Duration.between(in.now(), at.get()).compareTo(NEAR) <= 0);
        if (forced || due) {
            now.put(allocation.id(), allocation);
            return true;
        }
        if (at.isPresent() && allocation.followupEvalId().isEmpty()) {
            Instant free = at.get();
            while (delayed.containsKey(free)) {
                free = free.plusNanos(1);
            }
            delayed.put(free, allocation);
        }
        return false;
    }

    private void followUp(TreeMap<Instant, Allocation> delayed) {
        later = delayed.size();
        Evaluation current = null;
        for (Map.Entry<Instant, Allocation> entry : delayed.entrySet()) {
            if (current == null || Duration.between(current.waitUntil(), entry.getKey()).compareTo(BATCH) > 0) {
                current = followUpAt(entry.getKey());
                out.evaluations.add(current);
            }
            out.followups.put(entry.getValue().id(), current.id());
        }
    }

    private Evaluation followUpAt(Instant time) {
        long stamp = Rescheduling.nanos(in.now());
        return new Evaluation(false, "", null, 0, stamp, "", false, null, in.ids().get(), in.jobId(),
                in.job().modifyIndex(), "", 0, stamp, in.namespace(), "", "", 0, "", in.job().priority(), null, "", 0,
                Evaluation.PENDING, "created for delayed rescheduling", "alloc-failure", in.job().type(), Duration.ZERO, time);
    }
}
