package muster.scheduler.http;

import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Reply;
import muster.raft.Applied;
import muster.scheduler.acl.Capability;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.ScalingEvent;
import muster.scheduler.state.Store;

/** Another count for a group of a job, or only a note of why there is none. */
final class JobScaling {
    private static final String BLOCKED = "job scaling blocked due to active deployment";

    record ScaleBody(Long count, Map<String, String> target, String message, boolean error, Map<String, Object> meta) {}

    private final Answers answers;
    private final Writer writer;
    private final Evaluations evaluations;

    JobScaling(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
        evaluations = new Evaluations(writer);
    }

    Reply scale(Call call, String id) {
        ScaleBody body = Answers.body(ScaleBody.class, call);
        answers.caller(call).requireAny(Answers.namespace(call), Capability.SCALE_JOB, Capability.SUBMIT_JOB);
        String target = Values.orEmpty(body.target()).getOrDefault("Job", id);
        String name = Values.orEmpty(body.target()).getOrDefault("Group", "");
        if (!target.equals(id)) {
            throw new ApiException(400, "job ID in payload did not match URL");
        }
        if (name.isEmpty()) {
            throw new ApiException(400, "missing task group name for scaling action");
        }
        if (body.error() && body.count() != null) {
            throw new ApiException(400, "scaling action should not contain count if error is true");
        }
        if (body.count() != null && body.count() < 0) {
            throw new ApiException(400, "scaling action count can't be negative");
        }
        Job job = writer.state().job(Answers.namespace(call), id);
        if (job == null) {
            throw new ApiException(404, "job \"" + id + "\" not found");
        }
        TaskGroup group = job.group(name);
        if (group == null) {
            throw new ApiException(400, "task group \"" + name + "\" specified for scaling does not exist in job");
        }
        checkBounds(group, body.count());
        ScalingEvent event = new ScalingEvent(body.count(), 0, body.error(), null, body.message(), body.meta(), group.count(), writer.nowNanos());
        if (body.count() == null) {
            Applied<Store.Result> applied = writer.write(new Command.AddScalingEvent(job.namespace(), id, name, event));
            return JobWrites.registered(call, new Applied<>(applied.index(), new Store.Result(job.modifyIndex())), null, "", true);
        }
        Deployment deployment = writer.state().latestDeployment(job.namespace(), id);
        if (deployment != null && deployment.isActive() && deployment.jobCreateIndex() == job.createIndex()) {
            writer.write(new Command.AddScalingEvent(job.namespace(), id, name, refused(body, group.count())));
            throw new ApiException(400, BLOCKED);
        }
        Job scaled = job.withTaskGroups(job.taskGroups().stream()
                .map(g -> g.name().equals(name) ? g.withCount(body.count().intValue()) : g).toList());
        Evaluation evaluation = evaluations.of(scaled, Evaluations.SCALING);
        ScalingEvent evaluated = new ScalingEvent(event.count(), 0, false, evaluation.id(), event.message(), event.meta(), event.previousCount(), event.time());
        Applied<Store.Result> applied = writer.write(new Command.RegisterJob(scaled, evaluation, true, job.jobModifyIndex(),
                new Command.ScaleOrder(name, evaluated), writer.state().submission(job.namespace(), id, job.version())));
        return JobWrites.registered(call, applied, evaluation, "", true);
    }

    /** What a count was refused for, with what was asked, for those who look at the events later. */
    private ScalingEvent refused(ScaleBody body, long count) {
        Map<String, Object> asked = new TreeMap<>();
        asked.put("OriginalCount", body.count());
        asked.put("OriginalMessage", Values.text(body.message()));
        asked.put("OriginalMeta", body.meta());
        return new ScalingEvent(null, 0, true, null, BLOCKED, asked, count, writer.nowNanos());
    }

    private static void checkBounds(TaskGroup group, Long count) {
        ScalingPolicy policy = group.scaling();
        if (policy != null && count != null) {
            if (policy.max() != null && count > policy.max()) {
                throw new ApiException(400, "group count was greater than scaling policy maximum: " + count + " > " + policy.max());
            }
            if (policy.min() != null && count < policy.min()) {
                throw new ApiException(400, "group count was less than scaling policy minimum: " + count + " < " + policy.min());
            }
        }
    }
}
