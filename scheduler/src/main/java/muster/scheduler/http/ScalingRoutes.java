package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.job.Job;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** Scaling policies (API page of this name): what groups say about their counts, for those who set them. */
final class ScalingRoutes {
    private final Answers answers;

    ScalingRoutes(Answers answers) {
        this.answers = answers;
    }

    void add(Routes routes) {
        routes.get("/v1/scaling/policies", Handlers.blocking(this::list));
        routes.get("/v1/scaling/policy/:id", Handlers.blocking(this::one));
    }

    /** Those of all jobs that are not stopped. */
    static List<ScalingPolicy> policies(State state) {
        List<ScalingPolicy> found = new ArrayList<>();
        for (Job job : state.jobs()) {
            for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
                if (group.scaling() != null && !job.isStopped()) {
                    found.add(group.scaling());
                }
            }
        }
        return found;
    }

    private static boolean mayList(Caller caller, String namespace) {
        return caller.may(namespace, Capability.LIST_SCALING_POLICIES)
                || caller.may(namespace, Capability.LIST_JOBS) && caller.may(namespace, Capability.READ_JOB);
    }

    private static Map<String, Object> stub(ScalingPolicy policy) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("CreateIndex", policy.createIndex());
        stub.put("Enabled", policy.enabled());
        stub.put("ID", policy.id());
        stub.put("ModifyIndex", policy.modifyIndex());
        stub.put("Target", policy.target());
        stub.put("Type", policy.type().isEmpty() ? "horizontal" : policy.type());
        return stub;
    }

    private Reply list(Call call) {
        Caller caller = answers.caller(call);
        String wanted = Answers.namespace(call);
        if (!wanted.equals("*") && !mayList(caller, wanted)) {
            caller.require(Permission.in(wanted, Capability.LIST_SCALING_POLICIES));
        }
        Predicate<String> visible = wanted.equals("*") ? namespace -> mayList(caller, namespace) : wanted::equals;
        return answers.read(call, Topic.JOBS, Topic.JOBS, state -> {
            List<Object> found = new ArrayList<>();
            for (ScalingPolicy policy : policies(state)) {
                Map<String, Object> stub = stub(policy);
                boolean job = call.query("job").isEmpty() || call.query("job").equals(policy.target().get("Job"));
                if (job && visible.test(policy.target().get("Namespace"))
                        && (call.query("type").isEmpty() || ((String) stub.get("Type")).startsWith(call.query("type")))) {
                    found.add(stub);
                }
            }
            return found;
        });
    }

    private Reply one(Call call) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.JOBS, Topic.JOBS, state -> {
            for (ScalingPolicy policy : policies(state)) {
                if (policy.id().equals(call.parameter("id"))) {
                    caller.requireAny(policy.target().get("Namespace"), Capability.READ_SCALING_POLICY, Capability.READ_JOB);
                    Map<String, Object> whole = stub(policy);
                    whole.put("Max", policy.max());
                    whole.put("Min", policy.min());
                    whole.put("Policy", policy.policy());
                    return whole;
                }
            }
            caller.requireAny(Answers.namespace(call), Capability.READ_SCALING_POLICY, Capability.READ_JOB);
            throw new ApiException(404, "policy not found");
        });
    }
}
