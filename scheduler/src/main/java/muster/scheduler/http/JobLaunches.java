package muster.scheduler.http;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.raft.Applied;
import muster.scheduler.acl.Capability;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Periodic;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.wire.Key;

/** Launches of jobs that are parents of others: dispatched with a payload, or periodic ones out of their turn. */
final class JobLaunches {
    private static final int MAX_PAYLOAD = 16 * 1024;

    record DispatchBody(@Key("JobID") String jobId, String payload, Map<String, String> meta, String idPrefixTemplate) {}

    private final Answers answers;
    private final Writer writer;
    private final Supplier<Periodic> periodic;
    private final Evaluations evaluations;
    /** Held while a job is dispatched, so that of two requests with one token the second sees what the first made. */
    private final Object dispatching = new Object();

    JobLaunches(Answers answers, Writer writer, Supplier<Periodic> periodic) {
        this.answers = answers;
        this.writer = writer;
        this.periodic = periodic;
        evaluations = new Evaluations(writer);
    }

    /** A child of a parameterized job. */
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

    /** A launch of a periodic job now. */
    Reply forcePeriodic(Call call, String id) {
        answers.caller(call).requireAny(Answers.namespace(call), Capability.DISPATCH_JOB, Capability.SUBMIT_JOB);
        Job job = JobWrites.known(writer.state(), call, id);
        Periodic.Launch launch = periodic.get().force(job);
        Evaluation stored = writer.state().evaluations().get(launch.evaluation().id());
        long index = stored == null ? writer.state().index() : stored.createIndex();
        return Answers.written(call, new TreeMap<>(Map.of("EvalCreateIndex", index, "EvalID", launch.evaluation().id(), "Index", index)), index);
    }
}
