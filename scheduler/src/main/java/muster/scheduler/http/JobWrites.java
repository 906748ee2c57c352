package muster.scheduler.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Reply;
import muster.raft.Applied;
import muster.scheduler.acl.Capability;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Writer;
import muster.scheduler.http.JobIntake.RegisterBody;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobValidation;
import muster.scheduler.job.Values;
import muster.scheduler.job.VersionTag;
import muster.scheduler.plan.Dependencies;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.JobSubmission;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.wire.Key;

/** What registers a job, stops it, or looks at it again: each decodes, checks, commits a command and tells its index. */
final class JobWrites {
    /** Of a job's source, in bytes ({@code job_max_source_size}). */
    private static final int MAX_SOURCE = 1_000_000;

    record EvalOptions(boolean forceReschedule) {}

    record EvaluateBody(@Key("JobID") String jobId, EvalOptions evalOptions) {}

    record RevertBody(@Key("JobID") String jobId, long jobVersion, Long enforcePriorVersion) {}

    record StableBody(@Key("JobID") String jobId, long jobVersion, boolean stable) {}

    record TagBody(@Key("JobID") String jobId, Long version, String name, String description) {}

    private final Answers answers;
    private final Writer writer;
    private final JobIntake intake;
    private final Evaluations evaluations;

    JobWrites(Answers answers, Writer writer, JobIntake intake) {
        this.answers = answers;
        this.writer = writer;
        this.intake = intake;
        evaluations = new Evaluations(writer);
    }

    Reply register(Call call, String id) {
        RegisterBody body = Answers.body(RegisterBody.class, call);
        Job submitted = JobIntake.submitted(body, id);
        if (submitted.region() != null && !submitted.region().isEmpty() && !submitted.region().equals("global")) {
            throw new ApiException(500, "No path to region");
        }
        Job job = intake.canonical(submitted, call);
        JobValidation.Findings findings = JobValidation.check(job);
        intake.checked(call, job, findings);
        refuseCircle(job);
        Job old = writer.state().job(job.namespace(), job.id());
        if (body.preserveCounts() && old != null) {
            job = preserveCounts(job, old);
        }
        Evaluation evaluation = job.hasChildren() ? null : evaluations.of(prioritized(job, body.evalPriority()), Evaluations.JOB_REGISTER);
        Applied<Store.Result> applied = writer.write(
                new Command.RegisterJob(job, evaluation, body.enforceIndex(), body.jobModifyIndex(), null,
                        isTooLarge(body.submission()) ? null : body.submission()));
        return registered(call, applied, evaluation, warnings(findings, body.submission()), false);
    }

    /** The job with the priority that its evaluation is to have; 0 for its own. */
    private static Job prioritized(Job job, int priority) {
        if (priority < 0 || priority > 100) {
            throw new ApiException(400, "Eval priority must be between 1 and 100 inclusively");
        }
        return priority == 0 ? job : job.withPriority(priority);
    }

    private static int evalPriority(Call call) {
        try {
            return call.has("eval_priority") ? Integer.parseInt(call.query("eval_priority")) : 0;
        } catch (NumberFormatException e) {
            throw new ApiException(400, "Failed to parse value of \"eval_priority\" (" + call.query("eval_priority") + ") as an int");
        }
    }

    private static boolean isTooLarge(JobSubmission submission) {
        return submission != null && size(submission) > MAX_SOURCE;
    }

    private static int size(JobSubmission submission) {
        return submission.source().getBytes(StandardCharsets.UTF_8).length + submission.variables().getBytes(StandardCharsets.UTF_8).length;
    }

    private static String warnings(JobValidation.Findings findings, JobSubmission submission) {
        if (!isTooLarge(submission)) {
            return findings.warningText();
        }
        String large = "job source size of " + size(submission) + " B exceeds maximum of " + MAX_SOURCE + " B and will be discarded";
        return findings.warnings().isEmpty() ? "1 warning(s):\n\n* " + large
                : findings.warnings().size() + 1 + " warning(s):\n\n* " + large + "\n* " + String.join("\n* ", findings.warnings());
    }

    /** Jobs that wait for each other in a circle would wait for ever. */
    private void refuseCircle(Job job) {
        Dependencies.circle(writer.state(), job).ifPresent(way -> {
            throw new ApiException(500, "meta key \"" + Dependencies.KEY + "\" makes jobs wait for each other: " + way
                    + "; take one of them out");
        });
    }

    private static Job preserveCounts(Job job, Job old) {
        return job.withTaskGroups(job.taskGroups().stream()
                .map(g -> old.group(g.name()) == null ? g : g.withCount(old.group(g.name()).count())).toList());
    }

    static Reply registered(Call call, Applied<Store.Result> applied, Evaluation evaluation, String warnings,
            boolean knownLeader) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("EvalCreateIndex", evaluation == null ? 0 : applied.index());
        answer.put("EvalID", evaluation == null ? "" : evaluation.id());
        answer.put("Index", applied.index());
        answer.put("JobModifyIndex", applied.result().value());
        answer.put("KnownLeader", knownLeader);
        answer.put("LastContact", 0);
        answer.put("Warnings", warnings);
        return Answers.written(call, answer, applied.index());
    }

    Reply deregister(Call call, String id) {
        boolean purge = Answers.flag(call, "purge");
        Answers.flag(call, "global");
        boolean hurried = Answers.flag(call, "no_shutdown_delay");
        int priority = evalPriority(call);
        String namespace = answers.allowed(call, Capability.SUBMIT_JOB);
        Job job = writer.state().job(namespace, id);
        Evaluation evaluation = job == null ? evaluations.ofUnknown(namespace, id, Evaluations.JOB_DEREGISTER)
                : job.hasChildren() ? null : evaluations.of(prioritized(job, priority), Evaluations.JOB_DEREGISTER);
        if (hurried) {
            Map<String, DesiredTransition> wishes = new TreeMap<>();
            writer.state().allocationsOf(namespace, id).stream().filter(a -> !a.isTerminal())
                    .forEach(a -> wishes.put(a.id(), DesiredTransition.HURRIED));
            writer.write(new Command.UpdateTransitions(wishes, List.of()));
        }
        Applied<Store.Result> applied = writer.write(new Command.DeregisterJob(namespace, id, purge, evaluation));
        Map<String, Object> answer = new TreeMap<>();
        answer.put("EvalCreateIndex", evaluation == null ? 0 : applied.index());
        answer.put("EvalID", evaluation == null ? "" : evaluation.id());
        answer.put("Index", applied.index());
        answer.put("JobModifyIndex", applied.result().value());
        answer.put("KnownLeader", false);
        answer.put("LastContact", 0);
        answer.put("VolumeEvalID", "");
        answer.put("VolumeEvalIndex", 0);
        return Answers.written(call, answer, applied.index());
    }

    static Job known(State state, Call call, String id) {
        Job job = state.job(Answers.namespace(call), id);
        if (job == null) {
            throw new ApiException(500, "job not found");
        }
        return job;
    }

    Reply evaluate(Call call, String id) {
        EvaluateBody body = call.body().length == 0 ? new EvaluateBody(id, null) : Answers.body(EvaluateBody.class, call);
        if (body.jobId() == null || body.jobId().isEmpty()) {
            throw new ApiException(400, "Job ID must be specified");
        }
        if (!body.jobId().equals(id)) {
            throw new ApiException(400, "JobID not same as job name");
        }
        answers.allowed(call, Capability.READ_JOB);
        Job job = known(writer.state(), call, id);
        if (job.isPeriodic() || job.isParameterized()) {
            throw new ApiException(500, "can't evaluate " + (job.isPeriodic() ? "periodic" : "parameterized") + " job");
        }
        Map<String, DesiredTransition> forced = new TreeMap<>();
        if (body.evalOptions() != null && body.evalOptions().forceReschedule()) {
            for (Allocation a : writer.state().allocationsOf(job.namespace(), job.id())) {
                if (a.clientStatus().equals(Allocation.FAILED) && !a.isServerTerminal()) {
                    forced.put(a.id(), new DesiredTransition(true, null, null, null));
                }
            }
        }
        Evaluation evaluation = evaluations.of(job, Evaluations.JOB_REGISTER);
        Applied<Store.Result> applied = writer.write(forced.isEmpty()
                ? new Command.UpdateEvaluations(List.of(evaluation))
                : new Command.UpdateTransitions(forced, List.of(evaluation)));
        return registered(call, new Applied<>(applied.index(), new Store.Result(job.jobModifyIndex())), evaluation, "", false);
    }

    /** A request tells the job twice, as the original's does. */
    private static void named(String given, String id) {
        if (Values.text(given).isEmpty()) {
            throw new ApiException(400, "JobID must be specified");
        }
        if (!given.equals(id)) {
            throw new ApiException(400, "Job ID does not match");
        }
    }

    Reply revert(Call call, String id) {
        RevertBody body = Answers.body(RevertBody.class, call);
        named(body.jobId(), id);
        String namespace = answers.allowed(call, Capability.SUBMIT_JOB);
        Job current = writer.state().job(namespace, id);
        if (current == null) {
            throw new ApiException(500, "job \"" + id + "\" not found");
        }
        if (body.jobVersion() == current.version()) {
            throw new ApiException(500, "can't revert to current version");
        }
        Job target = writer.state().jobVersion(namespace, id, body.jobVersion());
        if (target == null) {
            throw new ApiException(500, "job \"" + id + "\" in namespace \"" + namespace + "\" at version " + body.jobVersion() + " not found");
        }
        if (body.enforcePriorVersion() != null && !body.enforcePriorVersion().equals(current.version())) {
            throw new ApiException(500, "Current job has version " + current.version() + "; enforcing version " + body.enforcePriorVersion());
        }
        Job again = target.withStop(false).withSubmitTime(writer.nowNanos());
        Evaluation evaluation = again.hasChildren() ? null : evaluations.of(again, Evaluations.JOB_REGISTER);
        Applied<Store.Result> applied = writer.write(
                new Command.RegisterJob(again, evaluation, true, current.jobModifyIndex(), null,
                        writer.state().submission(namespace, id, body.jobVersion())));
        return registered(call, applied, evaluation, "", false);
    }

    Reply stable(Call call, String id) {
        StableBody body = Answers.body(StableBody.class, call);
        named(body.jobId(), id);
        Applied<Store.Result> applied = writer.write(
                new Command.SetJobStability(answers.allowed(call, Capability.SUBMIT_JOB), id, body.jobVersion(), body.stable()));
        return Answers.written(call, new TreeMap<>(Map.of("Index", applied.index())), applied.index());
    }

    /** Names a version of a job, so that it is kept. */
    Reply tag(Call call, String id, String name) {
        TagBody body = Answers.body(TagBody.class, call);
        if (name.isEmpty()) {
            throw new ApiException(400, "tag name is required");
        }
        String namespace = answers.allowed(call, Capability.SUBMIT_JOB);
        Applied<Store.Result> applied = writer.write(new Command.TagJobVersion(namespace, id, body.version(), name,
                new VersionTag(body.description(), name, writer.nowNanos())));
        Map<String, Object> answer = new TreeMap<>();
        answer.put("Description", Values.text(body.description()));
        answer.put("Index", applied.index());
        answer.put("Name", name);
        answer.put("TaggedTime", tagged(namespace, id, name));
        return Answers.written(call, answer, applied.index());
    }

    private long tagged(String namespace, String id, String name) {
        return writer.state().jobVersions(namespace, id).stream().map(Job::versionTag)
                .filter(tag -> tag != null && tag.name().equals(name)).mapToLong(VersionTag::taggedTime).findFirst().orElse(0);
    }

    /** Takes a name off a version. */
    Reply untag(Call call, String id, String name) {
        Applied<Store.Result> applied = writer.write(
                new Command.TagJobVersion(answers.allowed(call, Capability.SUBMIT_JOB), id, null, name, null));
        return Answers.written(call, new TreeMap<>(Map.of("Index", applied.index())), applied.index());
    }
}
