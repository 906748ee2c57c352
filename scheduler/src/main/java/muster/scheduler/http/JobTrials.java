package muster.scheduler.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import muster.hcl.Function;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Periodic;
import muster.scheduler.broker.Writer;
import muster.scheduler.diff.Annotate;
import muster.scheduler.diff.JobDifference;
import muster.scheduler.http.JobIntake.RegisterBody;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobFile;
import muster.scheduler.job.JobTree;
import muster.scheduler.job.JobValidation;
import muster.scheduler.job.JobVariables;
import muster.scheduler.job.Values;
import muster.scheduler.plan.Outcome;
import muster.scheduler.plan.Request;
import muster.scheduler.plan.Schedulers;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;
import muster.wire.Key;

/** What is only tried with a job: parsing, validation, a plan. Nothing is committed. */
final class JobTrials {
    record ParseBody(@Key("JobHCL") String jobHcl, boolean canonicalize, @Key("hclv1") boolean hclV1, String variables) {}

    private final Answers answers;
    private final Writer writer;
    private final JobIntake intake;
    private final RandomGenerator random;
    private final Map<String, Function> functions;
    private final Evaluations evaluations;

    JobTrials(Answers answers, Writer writer, JobIntake intake, RandomGenerator random, Map<String, Function> functions) {
        this.answers = answers;
        this.writer = writer;
        this.intake = intake;
        this.random = random;
        this.functions = functions;
        evaluations = new Evaluations(writer);
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
        Job job = intake.canonical(JobIntake.submitted(body, id), call);
        JobValidation.Findings findings = JobValidation.check(job);
        intake.checked(call, job, findings);
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
