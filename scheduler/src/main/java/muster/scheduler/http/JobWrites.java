package muster.scheduler.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import muster.hcl.Function;
import muster.http.Call;
import muster.http.Reply;
import muster.raft.Applied;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Periodic;
import muster.scheduler.broker.Writer;
import muster.scheduler.diff.Annotate;
import muster.scheduler.diff.JobDifference;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobFile;
import muster.scheduler.job.JobTree;
import muster.scheduler.job.JobValidation;
import muster.scheduler.job.JobVariables;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.plan.Dependencies;
import muster.scheduler.plan.Outcome;
import muster.scheduler.plan.Request;
import muster.scheduler.plan.Schedulers;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Namespace;
import muster.scheduler.state.ScalingEvent;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.wire.Key;

/** The writing side of the jobs' API: each decodes, checks, commits a command and tells its index. */
final class JobWrites {
    private static final int MAX_PAYLOAD = 16 * 1024;

    record RegisterBody(Job job, boolean enforceIndex, long jobModifyIndex, boolean preserveCounts, boolean diff, int evalPriority) {}

    record ParseBody(@Key("JobHCL") String jobHcl, boolean canonicalize, @Key("hclv1") boolean hclV1, String variables) {}

    record EvalOptions(boolean forceReschedule) {}

    record EvaluateBody(@Key("JobID") String jobId, EvalOptions evalOptions) {}

    record DispatchBody(@Key("JobID") String jobId, String payload, Map<String, String> meta, String idPrefixTemplate) {}

    record RevertBody(@Key("JobID") String jobId, long jobVersion, Long enforcePriorVersion) {}

    record StableBody(@Key("JobID") String jobId, long jobVersion, boolean stable) {}

    record ScaleBody(Long count, Map<String, String> target, String message, boolean error, Map<String, Object> meta) {}

    private final Answers answers;
    private final Writer writer;
    private final Evaluations evaluations;
    private final Supplier<Periodic> periodic;
    private final RandomGenerator random;
    private final Map<String, Function> functions;
    /** Held while a job is dispatched, so that of two requests with one token the second sees what the first made. */
    private final Object dispatching = new Object();

    JobWrites(Answers answers, Writer writer, Supplier<Periodic> periodic, RandomGenerator random, Map<String, Function> functions) {
        this.answers = answers;
        this.writer = writer;
        this.periodic = periodic;
        this.random = random;
        this.functions = functions;
        evaluations = new Evaluations(writer);
    }

    private static Job submitted(RegisterBody body, String id) {
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

    private Job checked(Call call, Job canonical, JobValidation.Findings findings) {
        submitting(call, canonical);
        if (!findings.errorText().isEmpty()) {
            throw new ApiException(500, findings.errorText());
        }
        Namespace namespace = writer.state().namespaces().get(canonical.namespace());
        if (namespace == null) {
            throw new ApiException(500, "job \"" + canonical.id() + "\" is in nonexistent namespace \"" + canonical.namespace() + "\"");
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

    private Job canonical(Job job, Call call) {
        Job named = call.has("namespace") && job.namespace() == null ? job.withNamespace(Answers.namespace(call)) : job;
        Job canonical = ImpliedConstraints.with(Canonical.server(named));
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

    Reply register(Call call, String id) {
        RegisterBody body = Answers.body(RegisterBody.class, call);
        Job submitted = submitted(body, id);
        if (submitted.region() != null && !submitted.region().isEmpty() && !submitted.region().equals("global")) {
            throw new ApiException(500, "No path to region");
        }
        Job job = canonical(submitted, call);
        JobValidation.Findings findings = JobValidation.check(job);
        checked(call, job, findings);
        refuseCircle(job);
        Job old = writer.state().job(job.namespace(), job.id());
        if (body.preserveCounts() && old != null) {
            job = preserveCounts(job, old);
        }
        if (body.evalPriority() != 0 && (body.evalPriority() < 1 || body.evalPriority() > 100)) {
            throw new ApiException(400, "Eval priority must be between 1 and 100 inclusively");
        }
        Evaluation evaluation = job.hasChildren() ? null
                : evaluations.of(body.evalPriority() == 0 ? job : job.withPriority(body.evalPriority()), Evaluations.JOB_REGISTER);
        Applied<Store.Result> applied = writer.write(
                new Command.RegisterJob(job, evaluation, body.enforceIndex(), body.jobModifyIndex(), null));
        return registered(call, applied, evaluation, findings.warningText(), false);
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

    private static Reply registered(Call call, Applied<Store.Result> applied, Evaluation evaluation, String warnings,
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
        String namespace = answers.allowed(call, Capability.SUBMIT_JOB);
        Job job = writer.state().job(namespace, id);
        Evaluation evaluation = job == null ? evaluations.ofUnknown(namespace, id, Evaluations.JOB_DEREGISTER)
                : job.hasChildren() ? null : evaluations.of(job, Evaluations.JOB_DEREGISTER);
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

    private Job known(Call call, String id) {
        Job job = writer.state().job(Answers.namespace(call), id);
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
        Job job = known(call, id);
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

    Reply dispatch(Call call, String id) {
        DispatchBody body = Answers.optionalBody(DispatchBody.class, call);
        if (!Values.text(body.jobId()).isEmpty() && !body.jobId().equals(id)) {
            throw new ApiException(400, "Job ID does not match");
        }
        Job job = writer.state().job(answers.allowed(call, Capability.DISPATCH_JOB), id);
        if (job == null) {
            throw new ApiException(500, "parameterized job not found");
        }
        if (!job.isParameterized()) {
            throw new ApiException(500, "Specified job \"" + id + "\" is not a parameterized job");
        }
        if (job.isStopped()) {
            throw new ApiException(500, "Specified job \"" + id + "\" is stopped");
        }
        byte[] payload = payload(body);
        checkDispatch(job, payload, Values.orEmpty(body.meta()));
        String token = call.query("idempotency_token");
        synchronized (dispatching) {
            Job same = token.isEmpty() ? null : dispatched(job, token);
            return same == null ? launch(call, job, body, payload, token) : launched(call, same, null, same.createIndex(), writer.state().index());
        }
    }

    private static byte[] payload(DispatchBody body) {
        try {
            return Base64.getDecoder().decode(Values.text(body.payload()));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "illegal base64 data in Payload: " + e.getMessage());
        }
    }

    /** The child that was dispatched with this token before, null where there is none. */
    private Job dispatched(Job parent, String token) {
        for (Job child : writer.state().jobs().startingWith(State.key(parent.namespace(), parent.id() + "/dispatch-"))) {
            if (token.equals(child.dispatchIdempotencyToken())) {
                return child;
            }
        }
        return null;
    }

    private Reply launch(Call call, Job job, DispatchBody body, byte[] payload, String token) {
        Map<String, String> meta = new TreeMap<>(Values.orEmpty(job.meta()));
        meta.putAll(Values.orEmpty(body.meta()));
        String prefix = Values.text(body.idPrefixTemplate());
        String child = job.id() + "/dispatch-" + (prefix.isEmpty() ? "" : prefix + '-') + writer.now().getEpochSecond() + '-'
                + writer.id().substring(0, 8);
        Job dispatched = job.withId(child).withName(child).withParentId(job.id()).withDispatchIdempotencyToken(token.isEmpty() ? null : token).withDispatched(true).withMeta(meta)
                .withPayload(payload.length == 0 ? null : body.payload()).withStatus("").withStop(false)
                .withSubmitTime(writer.nowNanos());
        Evaluation evaluation = dispatched.isPeriodic() ? null : evaluations.of(dispatched, Evaluations.JOB_REGISTER);
        Applied<Store.Result> applied = writer.write(new Command.RegisterJob(dispatched, evaluation, false, 0, null));
        return launched(call, dispatched, evaluation, applied.index(), applied.index());
    }

    private static Reply launched(Call call, Job child, Evaluation evaluation, long created, long index) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("DispatchedJobID", child.id());
        answer.put("EvalCreateIndex", evaluation == null ? 0 : created);
        answer.put("EvalID", evaluation == null ? "" : evaluation.id());
        answer.put("Index", index);
        answer.put("JobCreateIndex", created);
        return Answers.written(call, answer, index);
    }

    private static void checkDispatch(Job job, byte[] payload, Map<String, String> meta) {
        String rule = job.parameterizedJob().payload();
        if (rule.equals("required") && payload.length == 0) {
            throw new ApiException(500, "Payload is not provided but required by parameterized job");
        }
        if (rule.equals("forbidden") && payload.length > 0) {
            throw new ApiException(500, "Payload provided but forbidden by parameterized job");
        }
        if (payload.length > MAX_PAYLOAD) {
            throw new ApiException(500, "Payload exceeds maximum size; " + payload.length + " > " + MAX_PAYLOAD);
        }
        List<String> required = Values.orEmpty(job.parameterizedJob().metaRequired());
        TreeSet<String> unpermitted = new TreeSet<>(meta.keySet());
        unpermitted.removeAll(required);
        unpermitted.removeAll(Values.orEmpty(job.parameterizedJob().metaOptional()));
        if (!unpermitted.isEmpty()) {
            throw new ApiException(500, "Dispatch request included unpermitted metadata keys: " + goList(unpermitted));
        }
        TreeSet<String> missing = new TreeSet<>(required);
        missing.removeAll(meta.keySet());
        if (!missing.isEmpty()) {
            throw new ApiException(500, "Dispatch did not provide required meta keys: " + goList(missing));
        }
    }

    private static String goList(TreeSet<String> values) {
        return '[' + String.join(" ", values) + ']';
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
                new Command.RegisterJob(again, evaluation, true, current.jobModifyIndex(), null));
        return registered(call, applied, evaluation, "", false);
    }

    Reply stable(Call call, String id) {
        StableBody body = Answers.body(StableBody.class, call);
        named(body.jobId(), id);
        Applied<Store.Result> applied = writer.write(
                new Command.SetJobStability(answers.allowed(call, Capability.SUBMIT_JOB), id, body.jobVersion(), body.stable()));
        return Answers.written(call, new TreeMap<>(Map.of("Index", applied.index())), applied.index());
    }

    Reply forcePeriodic(Call call, String id) {
        answers.caller(call).requireAny(Answers.namespace(call), Capability.DISPATCH_JOB, Capability.SUBMIT_JOB);
        Job job = known(call, id);
        Periodic.Launch launch = periodic.get().force(job);
        Evaluation stored = writer.state().evaluations().get(launch.evaluation().id());
        long index = stored == null ? writer.state().index() : stored.createIndex();
        return Answers.written(call, new TreeMap<>(Map.of("EvalCreateIndex", index, "EvalID", launch.evaluation().id(), "Index", index)), index);
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
            return registered(call, new Applied<>(applied.index(), new Store.Result(job.modifyIndex())), null, "", true);
        }
        Job scaled = job.withTaskGroups(job.taskGroups().stream()
                .map(g -> g.name().equals(name) ? g.withCount(body.count().intValue()) : g).toList());
        Evaluation evaluation = evaluations.of(scaled, Evaluations.SCALING);
        ScalingEvent evaluated = new ScalingEvent(event.count(), 0, false, evaluation.id(), event.message(), event.meta(), event.previousCount(), event.time());
        Applied<Store.Result> applied = writer.write(new Command.RegisterJob(scaled, evaluation, true, job.jobModifyIndex(),
                new Command.ScaleOrder(name, evaluated)));
        return registered(call, applied, evaluation, "", true);
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

    Reply validate(Call call) {
        RegisterBody body = Answers.body(RegisterBody.class, call);
        if (body.job() == null) {
            throw new ApiException(400, "Job must be specified");
        }
        Job job = Canonical.server(body.job());
        answers.caller(call).require(Permission.in(job.namespace(), Capability.READ_JOB));
        JobValidation.Findings findings = JobValidation.check(job);
        Map<String, Object> answer = new TreeMap<>();
        answer.put("DriverConfigValidated", true);
        answer.put("Error", findings.errorText());
        answer.put("ValidationErrors", findings.errors().isEmpty() ? null : findings.errors());
        answer.put("Warnings", findings.warningText());
        return Answers.json(call, answer);
    }

    Reply parse(Call call) {
        answers.caller(call).requireAny(Answers.namespace(call), Capability.PARSE_JOB, Capability.SUBMIT_JOB);
        ParseBody body = Answers.body(ParseBody.class, call);
        if (body.jobHcl() == null || body.jobHcl().isEmpty()) {
            throw new ApiException(400, "Job spec is empty");
        }
        JobFile.Parsed parsed = body.hclV1() ? JobFile.parseFirstVersion("input.hcl", body.jobHcl())
                : JobFile.parse("input.hcl", body.jobHcl(), variables(body), functions);
        Job job = parsed.job().orElseThrow(() -> new ApiException(400, parsed.errorText()));
        return Answers.json(call, JobTree.parsed(body.canonicalize() ? Canonical.api(job) : job));
    }

    /** The text of a file of values, as the command line would be given one. */
    private static JobVariables variables(ParseBody body) {
        return Values.text(body.variables()).isEmpty() ? JobVariables.none()
                : new JobVariables(Map.of(), List.of(new JobVariables.VariableFile("input.hcl", body.variables(), "")), List.of());
    }

    Reply plan(Call call, String id) {
        RegisterBody body = Answers.body(RegisterBody.class, call);
        if (body.job() != null && body.job().id() == null) {
            throw new ApiException(400, "Job must have a valid ID");
        }
        if (body.job() != null && !body.job().id().equals(id)) {
            throw new ApiException(400, "Job ID does not match");
        }
        Job job = canonical(submitted(body, id), call);
        JobValidation.Findings findings = JobValidation.check(job);
        checked(call, job, findings);
        State state = writer.state();
        Job old = state.job(job.namespace(), job.id());
        Evaluation asked = evaluations.of(job, Evaluations.JOB_REGISTER);
        Evaluation evaluation = annotating(asked);
        Map<String, Object> answer = new TreeMap<>();
        State after = state.after(new Command.RegisterJob(job, null, false, 0, null));
        Outcome outcome = Schedulers.schedule(new Request(after, evaluation, writer.now(), random, writer::id, writer::nowNanos));
        Map<String, Object> annotations = new TreeMap<>();
        annotations.put("DesiredTGUpdates", outcome.desired());
        List<Object> preempted = outcome.plan().preempted().stream().map(a -> state.allocations().get(a.id()))
                .filter(Objects::nonNull).<Object>map(a -> Views.allocationStub(a, false)).toList();
        annotations.put("PreemptedAllocs", preempted.isEmpty() ? null : preempted);
        answer.put("Annotations", annotations);
        answer.put("CreatedEvals", outcome.failed().isEmpty() ? null : List.of(evaluation));
        answer.put("Diff", body.diff() ? Annotate.plan(JobDifference.of(old, job, true), updates(outcome)) : null);
        Map<String, AllocMetric> failed = outcome.failed();
        answer.put("FailedTGAllocs", failed.isEmpty() ? null : failed);
        answer.put("Index", state.index());
        answer.put("JobModifyIndex", old == null ? 0 : old.jobModifyIndex());
        answer.put("NextPeriodicLaunch", job.isPeriodic() ? Periodic.next(job, writer.now()).orElse(null) : null);
        answer.put("Warnings", findings.warningText());
        return Answers.written(call, answer, state.index());
    }

    private static Map<String, Annotate.Updates> updates(Outcome outcome) {
        Map<String, Annotate.Updates> updates = new TreeMap<>();
        outcome.desired().forEach((group, d) -> updates.put(group, new Annotate.Updates(d.ignore(), d.place(), d.migrate(),
                d.stop(), d.inPlaceUpdate(), d.destructiveUpdate(), d.canary(), d.preemptions())));
        return updates;
    }

    private static Evaluation annotating(Evaluation e) {
        return new Evaluation(true, "", null, 0, e.createTime(), "", false, null, e.id(), e.jobId(), e.jobModifyIndex(), "", 0,
                e.modifyTime(), e.namespace(), "", "", 0, "", e.priority(), null, "", 0, Evaluation.PENDING, "",
                e.triggeredBy(), e.type(), Duration.ZERO, null);
    }
}
