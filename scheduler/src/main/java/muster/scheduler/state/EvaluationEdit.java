package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** Evaluations, by id and by job. Part of an {@link Edit}. */
final class EvaluationEdit {
    private final Statuses statuses;
    private final Touched touched;
    private Table<Evaluation> all;
    private Table<Evaluation> byJob;

    EvaluationEdit(State from, Statuses statuses, Touched touched) {
        this.statuses = statuses;
        this.touched = touched;
        all = from.evaluations();
        byJob = from.evaluationsByJob();
    }

    Table<Evaluation> all() {
        return all;
    }

    Table<Evaluation> byJob() {
        return byJob;
    }

    void put(Evaluation evaluation) {
        Evaluation old = all.get(evaluation.id());
        Evaluation stored = evaluation.withCreateIndex(old == null ? touched.index : old.createIndex()).withModifyIndex(touched.index);
        all = all.with(stored.id(), stored);
        byJob = byJob.with(State.key(stored.namespace(), stored.jobId(), stored.id()), stored);
        touched.topic(Topic.EVALUATIONS, Topic.evaluation(stored.id()));
        touched.topic(Topic.jobEvaluations(stored.namespace(), stored.jobId()));
        statuses.unsettled(State.key(stored.namespace(), stored.jobId()));
        touched.change("Evaluation", stored.id(), stored.namespace(), List.of(stored.jobId(), stored.deploymentId()), stored);
        statuses.queued(stored);
        if (stored.status().equals(Evaluation.COMPLETE) && stored.blockedEval().isEmpty()
                && Values.orEmpty(stored.failedTGAllocs()).isEmpty()) {
            cancelBlocked(stored);
        }
    }

    private void cancelBlocked(Evaluation successful) {
        for (Evaluation other : byJob.startingWith(State.key(successful.namespace(), successful.jobId(), ""))) {
            if (other.status().equals(Evaluation.BLOCKED)) {
                put(other.withStatus(Evaluation.CANCELED)
                        .withStatusDescription("evaluation \"" + successful.id() + "\" successful")
                        .withModifyTime(successful.modifyTime()));
            }
        }
    }

    void remove(String id) {
        Evaluation old = all.get(id);
        if (old != null) {
            all = all.without(id);
            byJob = byJob.without(State.key(old.namespace(), old.jobId(), id));
            touched.topic(Topic.EVALUATIONS, Topic.jobEvaluations(old.namespace(), old.jobId()));
            touched.gone(Topic.evaluation(id));
        }
    }
}
