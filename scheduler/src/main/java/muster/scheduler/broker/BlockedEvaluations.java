package muster.scheduler.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Values;
import muster.scheduler.plan.Dependencies;
import muster.scheduler.state.Evaluation;

/**
 * Evaluations that wait for capacity, one for each job. Capacity appears on a class of nodes; it wakes those that may use the
 * class or have never seen it, and all for whom classes say nothing. Any thread.
 */
public final class BlockedEvaluations {
    private final Map<String, Evaluation> byJob = new HashMap<>();
    private final Map<String, Long> freedByClass = new HashMap<>();
    /** At least how many of them wait for other jobs. */
    private int dependent;

    /** Capacity appeared after the evaluation's snapshot, so that it has to be looked at again at once; or nothing did. */
    public record Blocked(Optional<Evaluation> again, Optional<Evaluation> replaced) {}

    /** Keeps it. Says what it replaced, and whether it is to run again at once because its snapshot is too old. */
    public synchronized Blocked block(Evaluation evaluation) {
        String job = evaluation.namespace() + '\0' + evaluation.jobId();
        Evaluation old = byJob.get(job);
        boolean same = old != null && old.id().equals(evaluation.id());
        for (Map.Entry<String, Long> freed : freedByClass.entrySet()) {
            if (freed.getValue() > evaluation.snapshotIndex() && mayUse(evaluation, freed.getKey())) {
                byJob.remove(job);
                return new Blocked(Optional.of(evaluation), same ? Optional.empty() : Optional.ofNullable(old));
            }
        }
        byJob.put(job, evaluation);
        dependent += waits(evaluation) ? 1 : 0;
        return new Blocked(Optional.empty(), same ? Optional.empty() : Optional.ofNullable(old));
    }

    private static boolean mayUse(Evaluation evaluation, String computedClass) {
        return evaluation.escapedComputedClass()
                || Values.orEmpty(evaluation.classEligibility()).getOrDefault(computedClass, true);
    }

    /** Drops what waits for a job that ended or whose evaluation is over. */
    public synchronized void forget(Evaluation evaluation) {
        byJob.computeIfPresent(evaluation.namespace() + '\0' + evaluation.jobId(),
                (job, kept) -> kept.id().equals(evaluation.id()) ? null : kept);
    }

    /** An instance or a job changed: what waits for other jobs is returned and no longer kept. */
    public synchronized List<Evaluation> changed() {
        List<Evaluation> woken = new ArrayList<>();
        if (dependent > 0) {
            byJob.values().removeIf(evaluation -> waits(evaluation) && woken.add(evaluation));
            dependent = 0;
        }
        return woken;
    }

    private static boolean waits(Evaluation evaluation) {
        return Values.orEmpty(evaluation.failedTGAllocs()).values().stream().anyMatch(metric ->
                Values.orEmpty(metric.constraintFiltered()).keySet().stream().anyMatch(text -> text.startsWith(Dependencies.WAITING)));
    }

    /** Capacity appeared on nodes of a class at an index: what may use it is returned and no longer kept. */
    public synchronized List<Evaluation> unblock(String computedClass, long index) {
        freedByClass.merge(computedClass, index, Math::max);
        List<Evaluation> woken = new ArrayList<>();
        byJob.values().removeIf(evaluation -> {
            boolean wake = mayUse(evaluation, computedClass);
            if (wake) {
                woken.add(evaluation);
            }
            return wake;
        });
        return woken;
    }

    /** What waits since each of its plans was refused, not for capacity, is returned and no longer kept. */
    public synchronized List<Evaluation> refused() {
        List<Evaluation> woken = new ArrayList<>();
        byJob.values().removeIf(evaluation -> evaluation.triggeredBy().equals(Evaluations.MAX_ATTEMPTS) && woken.add(evaluation));
        return woken;
    }

    public synchronized int size() {
        return byJob.size();
    }

    public synchronized void clear() {
        byJob.clear();
        freedByClass.clear();
        dependent = 0;
    }
}
