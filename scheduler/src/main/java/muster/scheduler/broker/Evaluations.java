package muster.scheduler.broker;

import java.time.Duration;
import java.util.Map;
import muster.scheduler.job.Job;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;

/** New evaluations for the occasions that there are. */
public final class Evaluations {
    public static final String JOB_REGISTER = "job-register";
    public static final String JOB_DEREGISTER = "job-deregister";
    public static final String PERIODIC = "periodic-job";
    public static final String NODE_DRAIN = "node-drain";
    public static final String NODE_UPDATE = "node-update";
    public static final String ALLOC_STOP = "alloc-stop";
    public static final String ALLOC_FAILURE = "alloc-failure";
    public static final String DEPLOYMENT = "deployment-watcher";
    public static final String QUEUED = "queued-allocs";
    public static final String MAX_ATTEMPTS = "max-plan-attempts";
    public static final String SCALING = "job-scaling";
    public static final String RECONNECT = "reconnect";
    public static final String FAILED_FOLLOW_UP = "failed-follow-up";

    private final Writer writer;

    public Evaluations(Writer writer) {
        this.writer = writer;
    }

    /** A pending one for a job. */
    public Evaluation of(Job job, String trigger) {
        return create(job.namespace(), job.id(), job.type(), job.priority(), job.jobModifyIndex(), trigger, "", null, "");
    }

    /** One that goes on with a deployment of the job. */
    public Evaluation ofDeployment(Job job, String deploymentId) {
        return create(job.namespace(), job.id(), job.type(), job.priority(), job.jobModifyIndex(), DEPLOYMENT, deploymentId,
                null, "");
    }

    /** One because of what became of a node. */
    public Evaluation ofNode(Job job, Node node, String trigger) {
        return create(job.namespace(), job.id(), job.type(), job.priority(), job.jobModifyIndex(), trigger, "", node, "");
    }

    /** One for a job that is not known, or known no longer. */
    public Evaluation ofUnknown(String namespace, String id, String trigger) {
        return create(namespace, id, "service", 50, 0L, trigger, "", null, "");
    }

    private Evaluation create(String namespace, String id, String type, int priority, Long jobIndex, String trigger,
            String deploymentId, Node node, String previous) {
        long now = writer.nowNanos();
        return new Evaluation(false, "", null, 0, now, deploymentId, false, null, writer.id(), id,
                jobIndex == null ? 0 : jobIndex, "", 0, now, namespace, "", node == null ? "" : node.id(),
                node == null ? 0 : node.modifyIndex(), previous, priority, null, "", 0, Evaluation.PENDING, "", trigger, type,
                Duration.ZERO, null);
    }

    /** One that waits for capacity for what an evaluation could not place. */
    Evaluation blocked(Evaluation e, String trigger, String description, Map<String, Boolean> classes, boolean escaped,
            Map<String, AllocMetric> failed, long snapshot) {
        long now = writer.nowNanos();
        return new Evaluation(false, "", classes, 0, now, "", escaped, failed, writer.id(), e.jobId(), e.jobModifyIndex(), "",
                0, now, e.namespace(), "", "", 0, e.id(), e.priority(), null, "", snapshot, Evaluation.BLOCKED, description,
                trigger, e.type(), Duration.ZERO, null);
    }

    /** One that looks again, after a wait, at what failed too often. */
    Evaluation followUp(Evaluation e, Duration wait) {
        long now = writer.nowNanos();
        return new Evaluation(false, "", null, 0, now, "", false, null, writer.id(), e.jobId(), e.jobModifyIndex(), "", 0, now,
                e.namespace(), "", "", 0, e.id(), e.priority(), null, "", 0, Evaluation.PENDING, "", FAILED_FOLLOW_UP,
                e.type(), wait, null);
    }
}
