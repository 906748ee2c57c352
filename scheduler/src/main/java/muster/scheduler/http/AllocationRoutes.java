package muster.scheduler.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.Applied;
import muster.scheduler.acl.Capability;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;

/** {@code /v1/allocations} and {@code /v1/allocation/...} as far as servers answer them (API page "Allocations"). */
final class AllocationRoutes {
    private final Answers answers;
    private final Writer writer;
    private final Evaluations evaluations;
    private final ObjectQueries objects;

    AllocationRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
        evaluations = new Evaluations(writer);
        objects = new ObjectQueries(answers, writer);
    }

    void add(Routes routes) {
        routes.get("/v1/allocations", Handlers.blocking(call -> objects.list(call, "alloc", Topic.ALLOCATIONS, State::allocations,
                Allocation::namespace, a -> true, found -> Listing.byAge(call, found, Allocation::createIndex, Allocation::id,
                        Listing.ALLOCATION, a -> stub(call, a)))));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/allocation/*rest", Handlers.blocking(this::allocation));
        }
    }

    private static Object stub(Call call, Allocation allocation) {
        Map<String, Object> stub = Views.allocationStub(allocation, Answers.flag(call, "resources"));
        if (call.has("task_states") && !Answers.flag(call, "task_states")) {
            stub.put("TaskStates", null);
        }
        return stub;
    }

    private Reply allocation(Call call) {
        String rest = call.parameter("rest");
        if (rest.endsWith("/stop")) {
            Answers.writing(call);
            return stop(call, rest.substring(0, rest.length() - "/stop".length()));
        }
        if (rest.endsWith("/services")) {
            return services(call, Answers.wholeId("alloc", rest.substring(0, rest.length() - "/services".length())));
        }
        String id = Answers.wholeId("alloc", rest);
        objects.readable(call, objects.state().allocations().get(id), Allocation::namespace);
        return answers.read(call, Topic.allocation(id), Topic.ALLOCATIONS,
                state -> Views.allocation(ObjectQueries.found(state.allocations().get(id), "alloc not found")));
    }

    private Reply services(Call call, String id) {
        objects.readable(call, objects.state().allocations().get(id), Allocation::namespace);
        return answers.read(call, Topic.SERVICES, Topic.SERVICES, state -> {
            ObjectQueries.found(state.allocations().get(id), "allocation not found");
            return ServiceRoutes.of(state, service -> service.allocId().equals(id));
        });
    }

    private Reply stop(Call call, String text) {
        String id = Answers.wholeId("alloc", text);
        State state = writer.state();
        objects.require(call, state.allocations().get(id), Allocation::namespace, Capability.ALLOC_LIFECYCLE);
        Allocation allocation = ObjectQueries.found(state.allocations().get(id), "allocation not found");
        Job job = state.job(allocation.namespace(), allocation.jobId());
        Evaluation evaluation = job == null
                ? evaluations.ofUnknown(allocation.namespace(), allocation.jobId(), Evaluations.ALLOC_STOP)
                : evaluations.of(job, Evaluations.ALLOC_STOP);
        Boolean hurried = Answers.flag(call, "no_shutdown_delay") ? true : null;
        Applied<Store.Result> applied = writer.write(new Command.UpdateTransitions(
                Map.of(id, new DesiredTransition(null, true, hurried, null)), List.of(evaluation)));
        return Answers.written(call, new TreeMap<>(Map.of("EvalID", evaluation.id(), "Index", applied.index())), applied.index());
    }
}
