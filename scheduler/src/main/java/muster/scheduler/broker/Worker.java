package muster.scheduler.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.raft.NotLeaderException;
import muster.scheduler.plan.Outcome;
import muster.scheduler.plan.Request;
import muster.scheduler.plan.Schedulers;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes evaluations from the broker, plans, commits, and says what became of them. Runs on one virtual thread until interrupted. */
final class Worker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration FOLLOW_UP_MIN = Duration.ofMinutes(1);
    private static final Duration FOLLOW_UP_SPREAD = Duration.ofMinutes(5);

    private final EvaluationBroker broker;
    private final PlanApplier applier;
    private final Writer writer;
    private final Evaluations evaluations;
    private final RandomGenerator random;

    Worker(EvaluationBroker broker, PlanApplier applier, Writer writer, RandomGenerator random) {
        this.broker = broker;
        this.applier = applier;
        this.writer = writer;
        this.random = random;
        evaluations = new Evaluations(writer);
    }

    @Override
    public void run() {
        try {
            while (true) {
                EvaluationBroker.Delivery delivery = broker.dequeue();
                work(delivery);
                if (Thread.interrupted()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("worker ends");
        }
    }

    /** One delivery, from plan to acknowledgement. */
    void work(EvaluationBroker.Delivery delivery) {
        Evaluation evaluation = delivery.evaluation();
        try {
            process(evaluation);
            broker.acknowledge(delivery);
        } catch (NotLeaderException e) {
            broker.acknowledge(delivery);
        } catch (RuntimeException | StackOverflowError e) {
            if (Thread.currentThread().isInterrupted()) {
                LOG.debug("evaluation left to the next leader eval={}", evaluation.id());
                return;
            }
            LOG.error("evaluation failed eval={} job={}", evaluation.id(), evaluation.jobId(), e);
            if (delivery.last()) {
                fail(evaluation, e);
                broker.acknowledge(delivery);
            } else {
                broker.giveBack(delivery);
            }
        }
    }

    /** Sets it aside for a while, by name; the others go on. */
    private void fail(Evaluation evaluation, Throwable why) {
        Duration wait = FOLLOW_UP_MIN.plusNanos(random.nextLong(FOLLOW_UP_SPREAD.toNanos()));
        Evaluation followUp = evaluations.followUp(evaluation, wait);
        writer.propose(new Command.UpdateEvaluations(List.of(evaluation.withStatus(Evaluation.FAILED)
                .withStatusDescription("evaluation reached delivery limit (" + EvaluationBroker.DELIVERY_LIMIT + "): " + why)
                .withNextEval(followUp.id()).withModifyTime(writer.nowNanos()), followUp)));
    }

    private void process(Evaluation evaluation) {
        Evaluation stored = writer.state().evaluations().get(evaluation.id());
        if (stored == null || stored.isTerminal()) {
            return;
        }
        int limit = evaluation.type().equals("batch") ? 2 : 5;
        int attempts = limit;
        while (true) {
            Attempt attempt = attempts > 1 ? attempt(evaluation) : applier.alone(() -> attempt(evaluation));
            attempts -= attempt.anything() ? 0 : 1;
            if (attempt.full() || attempts <= 0) {
                conclude(stored, attempt.outcome(), attempt.snapshot(), attempt.full(), limit);
                return;
            }
        }
    }

    /**
     * A plan and what became of it.
     *
     * @param full whether nothing of it was refused
     * @param anything whether it brought the evaluation further: an attempt that did is not counted
     */
    private record Attempt(Outcome outcome, long snapshot, boolean full, boolean anything) {}

    private Attempt attempt(Evaluation evaluation) {
        State state = writer.state();
        Outcome outcome = Schedulers.schedule(new Request(state, evaluation, writer.now(), random, writer::id, writer::nowNanos));
        if (outcome.plan().isEmpty() && outcome.plan().evaluations().isEmpty()) {
            return new Attempt(outcome, state.index(), true, true);
        }
        PlanApplier.Committed committed = applier.commit(outcome.plan(), outcome.allAtOnce());
        return new Attempt(outcome, state.index(), committed.full(), committed.anything());
    }

    private void conclude(Evaluation evaluation, Outcome outcome, long snapshot, boolean full, int limit) {
        List<Evaluation> changed = new ArrayList<>();
        Deployment deployment = outcome.deployment();
        Evaluation done = evaluation.withStatus(full ? Evaluation.COMPLETE : Evaluation.FAILED)
                .withStatusDescription(full ? "" : "maximum attempts reached (" + limit + ")")
                .withQueuedAllocations(outcome.queued().isEmpty() ? null : outcome.queued())
                .withSnapshotIndex(snapshot)
                .withModifyTime(writer.nowNanos())
                .withDeploymentId(deployment == null ? "" : deployment.id());
        Map<String, Boolean> classes = outcome.classEligibility();
        if (!outcome.failed().isEmpty() && evaluation.status().equals(Evaluation.BLOCKED)) {
            Evaluation found = evaluations.blocked(evaluation, evaluation.triggeredBy(), evaluation.statusDescription(),
                    classes, outcome.escaped(), outcome.failed(), snapshot);
            changed.add(sameId(found, evaluation));
            writer.write(new Command.UpdateEvaluations(changed));
            return;
        }
        if (!outcome.failed().isEmpty() || !full) {
            Evaluation blocked = evaluations.blocked(evaluation, full ? Evaluations.QUEUED : Evaluations.MAX_ATTEMPTS,
                    full ? "created to place remaining allocations" : "created due to placement conflicts", classes,
                    outcome.escaped(), outcome.failed().isEmpty() ? null : outcome.failed(), snapshot);
            done = done.withFailedTGAllocs(outcome.failed().isEmpty() ? null : outcome.failed()).withBlockedEval(blocked.id());
            changed.add(blocked);
        }
        changed.addFirst(done);
        writer.write(new Command.UpdateEvaluations(changed));
    }

    /** The blocked evaluation as it was, with what its new look at the nodes found. */
    private static Evaluation sameId(Evaluation found, Evaluation old) {
        return new Evaluation(false, "", found.classEligibility(), old.createIndex(), old.createTime(), "",
                found.escapedComputedClass(), found.failedTGAllocs(), old.id(), old.jobId(), old.jobModifyIndex(), "", 0,
                found.modifyTime(), old.namespace(), "", "", 0, old.previousEval(), old.priority(), old.queuedAllocations(),
                "", found.snapshotIndex(), Evaluation.BLOCKED, old.statusDescription(), old.triggeredBy(), old.type(),
                Duration.ZERO, null);
    }
}
