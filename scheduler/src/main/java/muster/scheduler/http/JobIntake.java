package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobValidation;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.JobSubmission;
import muster.scheduler.state.Namespace;

/** What happens to a submitted job before it is registered or planned: completed, checked against rules, rights and what there is. */
final class JobIntake {
    record RegisterBody(Job job, boolean enforceIndex, long jobModifyIndex, boolean preserveCounts, boolean diff, int evalPriority,
            JobSubmission submission) {}

    private final Answers answers;
    private final Writer writer;

    JobIntake(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    static Job submitted(RegisterBody body, String id) {
        if (body.job() == null) {
            throw new ApiException(400, "Job must be specified");
        }
        if (body.job().id() == null) {
            throw new ApiException(400, "Job ID hasn't been provided");
        }
        if (id != null && !body.job().id().equals(id)) {
            throw new ApiException(400, "Job ID does not match name");
        }
        return body.job();
    }

    Job checked(Call call, Job canonical, JobValidation.Findings findings) {
        submitting(call, canonical);
        if (!findings.errorText().isEmpty()) {
            throw new ApiException(500, findings.errorText());
        }
        Namespace namespace = writer.state().namespaces().get(canonical.namespace());
        if (namespace == null) {
            throw new ApiException(500, "job \"" + canonical.id() + "\" is in nonexistent namespace \"" + canonical.namespace() + "\"");
        }
        if (writer.state().nodePools().get(canonical.pool()) == null) {
            throw new ApiException(500, "job \"" + canonical.id() + "\" is in nonexistent node pool \"" + canonical.nodePool() + "\"");
        }
        canonical.taskGroups().forEach(group -> group.tasks().forEach(task -> {
            if (!namespace.allowsDriver(task.driver())) {
                throw new ApiException(500, "used task driver \"" + task.driver() + "\" is not allowed in namespace \"" + namespace.name() + "\"");
            }
        }));
        if (!canonical.region().equals("global")) {
            throw new ApiException(500, "No path to region");
        }
        return canonical;
    }

    /** Refuses whom a job's namespace, or a volume of the nodes that it mounts, is closed to. */
    private void submitting(Call call, Job job) {
        Caller caller = answers.caller(call);
        caller.require(Permission.in(job.namespace(), Capability.SUBMIT_JOB));
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            Values.orEmpty(group.volumes()).values().forEach(volume -> {
                if ("host".equals(volume.type())) {
                    caller.require(new Permission.MountVolume(Values.text(volume.source()), !volume.readOnly()));
                }
            });
        }
    }

    Job canonical(Job job, Call call) {
        Job named = call.has("namespace") && job.namespace() == null ? job.withNamespace(Answers.namespace(call)) : job;
        Job canonical = ImpliedConstraints.with(Canonical.server(named)).withoutTokens();
        Job old = writer.state().job(canonical.namespace(), canonical.id());
        return withPolicyIds(canonical.withSubmitTime(writer.nowNanos()), old);
    }

    /** Scaling policies keep their id over the versions of a job. */
    private Job withPolicyIds(Job job, Job old) {
        if (job.taskGroups() == null || job.taskGroups().stream().allMatch(g -> g.scaling() == null)) {
            return job;
        }
        List<TaskGroup> groups = new ArrayList<>();
        for (TaskGroup group : job.taskGroups()) {
            ScalingPolicy policy = group.scaling();
            if (policy == null) {
                groups.add(group);
                continue;
            }
            TaskGroup before = old == null ? null : old.group(group.name());
            ScalingPolicy known = before == null ? null : before.scaling();
            long now = writer.state().index() + 1;
            Map<String, String> target = new TreeMap<>(Map.of("Namespace", job.namespace(), "Job", job.id(), "Group", group.name()));
            ScalingPolicy stored = policy.withId(known == null ? writer.id() : known.id()).withTarget(target)
                    .withCreateIndex(known == null ? now : known.createIndex()).withModifyIndex(known == null ? now : known.modifyIndex());
            groups.add(group.withScaling(stored));
        }
        return job.withTaskGroups(groups);
    }
}
