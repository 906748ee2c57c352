package muster.scheduler.http;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Values;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;
import muster.wire.Key;

/** {@code /v1/evaluations} and {@code /v1/evaluation/...} (API page "Evaluations"). */
final class EvaluationRoutes {
    record DeleteBody(@Key("EvalIDs") List<String> evalIds) {}

    private final Answers answers;
    private final Writer writer;
    private final ObjectQueries objects;

    EvaluationRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
        objects = new ObjectQueries(answers, writer);
    }

    void add(Routes routes) {
        routes.get("/v1/evaluations", Handlers.blocking(call -> objects.list(call, "eval", Topic.EVALUATIONS, State::evaluations,
                Evaluation::namespace, isAsked(call), found -> page(call, found))));
        routes.delete("/v1/evaluations", Handlers.blocking(this::deleteEvaluations));
        routes.get("/v1/evaluations/count", Handlers.blocking(call -> objects.list(call, "eval", Topic.EVALUATIONS, State::evaluations,
                Evaluation::namespace, isAsked(call), found -> Map.of("Count", page(call, found).rows().size()))));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/evaluation/*rest", Handlers.blocking(this::evaluation));
        }
    }

    private static Listing.Page page(Call call, List<Evaluation> found) {
        return Listing.byAge(call, found, Evaluation::createIndex, Evaluation::id, Listing.EVALUATION, e -> e);
    }

    /** Evaluations of one job, or in one status, where the query names one. */
    private static Predicate<Evaluation> isAsked(Call call) {
        String job = call.query("job");
        String status = call.query("status");
        return evaluation -> (job.isEmpty() || job.equals(evaluation.jobId())) && (status.isEmpty() || status.equals(evaluation.status()));
    }

    private Reply deleteEvaluations(Call call) {
        answers.caller(call).require(Permission.MANAGEMENT);
        List<String> ids = Values.orEmpty(Answers.body(DeleteBody.class, call).evalIds());
        if (ids.isEmpty()) {
            throw new ApiException(400, "evals must be specified by either filter or ID");
        }
        for (String id : ids) {
            Evaluation evaluation = ObjectQueries.found(objects.state().evaluations().get(Answers.wholeId("eval", id)), "eval not found");
            if (!evaluation.isTerminal()) {
                throw new ApiException(500, "cannot delete evaluation " + id + ": it is " + evaluation.status() + ", and only what is over can be deleted");
            }
        }
        long index = writer.write(new Command.Collect(ids, List.of(), List.of(), List.of(), List.of())).index();
        return Answers.written(call, Map.of("Count", ids.size()), index);
    }

    private Reply evaluation(Call call) {
        String rest = call.parameter("rest");
        if (rest.endsWith("/allocations")) {
            String id = Answers.wholeId("alloc", rest.substring(0, rest.length() - "/allocations".length()));
            objects.readable(call, objects.state().evaluations().get(id), Evaluation::namespace);
            return answers.read(call, Topic.ALLOCATIONS, Topic.ALLOCATIONS, state -> Answers.map(
                    state.allocations().values().stream().filter(a -> a.evalId().equals(id)).toList(),
                    a -> Views.allocationStub(a, false)));
        }
        String id = Answers.wholeId("eval", rest);
        objects.readable(call, objects.state().evaluations().get(id), Evaluation::namespace);
        return answers.read(call, Topic.evaluation(id), Topic.EVALUATIONS,
                state -> ObjectQueries.found(state.evaluations().get(id), "eval not found"));
    }
}
