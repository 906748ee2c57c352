package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.Applied;
import muster.scheduler.acl.Capability;
import muster.scheduler.broker.DeploymentWatcher;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DeploymentState;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;
import muster.wire.Key;

/** {@code /v1/deployments} and {@code /v1/deployment/...} (API page "Deployments"). */
final class DeploymentRoutes {
    record DeploymentBody(@Key("DeploymentID") String deploymentId) {}

    record PromoteBody(boolean all, List<String> groups) {}

    record PauseBody(boolean pause) {}

    record HealthBody(@Key("HealthyAllocationIDs") List<String> healthy, @Key("UnhealthyAllocationIDs") List<String> unhealthy) {}

    private final Answers answers;
    private final Writer writer;
    private final Evaluations evaluations;
    private final ObjectQueries objects;

    DeploymentRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
        evaluations = new Evaluations(writer);
        objects = new ObjectQueries(answers, writer);
    }

    void add(Routes routes) {
        routes.get("/v1/deployments", Handlers.blocking(call -> objects.list(call, "deployment", Topic.DEPLOYMENTS, State::deployments,
                Deployment::namespace, d -> true, found -> Listing.byAge(call, found, Deployment::createIndex, Deployment::id,
                        Listing.DEPLOYMENT, d -> d))));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/deployment/*rest", Handlers.blocking(this::deployment));
        }
    }

    private Reply deployment(Call call) {
        String rest = call.parameter("rest");
        int slash = rest.indexOf('/');
        if (slash < 0) {
            String id = Answers.wholeId("deployment", rest);
            objects.readable(call, objects.state().deployments().get(id), Deployment::namespace);
            return answers.read(call, Topic.deployment(id), Topic.DEPLOYMENTS,
                    state -> ObjectQueries.found(state.deployments().get(id), "deployment not found"));
        }
        String id = rest.substring(slash + 1);
        String action = rest.substring(0, slash);
        if (action.equals("allocations")) {
            objects.readable(call, objects.state().deployments().get(id), Deployment::namespace);
            return answers.read(call, Topic.ALLOCATIONS, Topic.ALLOCATIONS, state -> Answers.map(
                    state.allocations().values().stream().filter(a -> a.deploymentId().equals(id)).toList(),
                    a -> Views.allocationStub(a, false)));
        }
        if (!List.of("promote", "fail", "pause", "allocation-health", "unblock").contains(action)) {
            throw ApiException.invalidMethod();
        }
        Answers.writing(call);
        if (!action.equals("fail")) {
            named(Answers.body(DeploymentBody.class, call).deploymentId(), id);
        }
        Deployment deployment = writer.state().deployments().get(id);
        objects.require(call, deployment, Deployment::namespace, Capability.SUBMIT_JOB);
        if (deployment == null) {
            throw new ApiException(500, "deployment not found");
        }
        return switch (action) {
            case "promote" -> promote(call, active(deployment, "promote"));
            case "fail" -> fail(call, active(deployment, "fail"));
            case "pause" -> pause(call, active(deployment, "pause"));
            case "allocation-health" -> health(call, active(deployment, "set health of allocations for a"));
            default -> throw new ApiException(500, "can't unblock a deployment of a single region");
        };
    }

    /** A request tells the deployment twice, as the original's does. */
    private static void named(String given, String id) {
        if (Values.text(given).isEmpty()) {
            throw new ApiException(400, "DeploymentID must be specified");
        }
        if (!given.equals(id)) {
            throw new ApiException(400, "Deployment ID does not match");
        }
    }

    private static Deployment active(Deployment deployment, String action) {
        if (!deployment.isActive()) {
            throw new ApiException(500, "can't " + action + " terminal deployment");
        }
        return deployment;
    }

    private Job jobOf(Deployment deployment) {
        Job job = writer.state().job(deployment.namespace(), deployment.jobId());
        if (job == null) {
            throw new ApiException(500, "job not found");
        }
        return job;
    }

    private Reply promote(Call call, Deployment deployment) {
        PromoteBody body = Answers.body(PromoteBody.class, call);
        List<String> faults = new ArrayList<>();
        State state = writer.state();
        deployment.taskGroups().forEach((name, group) -> {
            if (group.desiredCanaries() > 0 && (body.all() || Values.orEmpty(body.groups()).contains(name))) {
                long healthy = Values.orEmpty(group.placedCanaries()).stream().map(state.allocations()::get)
                        .filter(a -> a != null && a.isHealthy()).count();
                if (healthy < group.desiredCanaries()) {
                    faults.add("Task group \"" + name + "\" has " + healthy + "/" + group.desiredCanaries() + " healthy allocations");
                }
            }
        });
        if (!faults.isEmpty()) {
            throw new ApiException(500, Answers.errors(faults));
        }
        Evaluation evaluation = evaluations.ofDeployment(jobOf(deployment), deployment.id());
        return changed(call, writer.write(new Command.PromoteDeployment(deployment.id(), body.all() ? null : Values.orEmpty(body.groups()),
                evaluation)), evaluation, null);
    }

    private Reply fail(Call call, Deployment deployment) {
        Evaluation evaluation = evaluations.ofDeployment(jobOf(deployment), deployment.id());
        DeploymentWatcher.Ending end = DeploymentWatcher.ending(writer.state(), deployment, "Deployment marked as failed");
        return changed(call, writer.write(new Command.UpdateDeployment(deployment.id(), Deployment.FAILED, end.description(),
                again(end.rollback()), evaluation)), evaluation, end.rollback() == null ? null : end.rollback().version());
    }

    private Job again(Job rollback) {
        return rollback == null ? null : rollback.withSubmitTime(writer.nowNanos());
    }

    private Reply pause(Call call, Deployment deployment) {
        PauseBody body = Answers.body(PauseBody.class, call);
        Evaluation evaluation = body.pause() ? null : evaluations.ofDeployment(jobOf(deployment), deployment.id());
        List<DeploymentState> waiting = deployment.taskGroups().values().stream()
                .filter(g -> g.desiredCanaries() > 0 && !g.promoted()).toList();
        String running = waiting.isEmpty() ? "Deployment is running" : waiting.stream().allMatch(DeploymentState::autoPromote)
                ? "Deployment is running pending automatic promotion" : "Deployment is running but requires manual promotion";
        return changed(call, writer.write(new Command.UpdateDeployment(deployment.id(),
                body.pause() ? Deployment.PAUSED : Deployment.RUNNING, body.pause() ? "Deployment is paused" : running, null,
                evaluation)), evaluation, null);
    }

    private Reply health(Call call, Deployment deployment) {
        HealthBody body = Answers.body(HealthBody.class, call);
        if (Values.orEmpty(body.healthy()).isEmpty() && Values.orEmpty(body.unhealthy()).isEmpty()) {
            throw new ApiException(500, "must specify at least one healthy/unhealthy allocation ID");
        }
        Evaluation evaluation = evaluations.ofDeployment(jobOf(deployment), deployment.id());
        boolean fails = !Values.orEmpty(body.unhealthy()).isEmpty();
        DeploymentWatcher.Ending end = fails
                ? DeploymentWatcher.ending(writer.state(), deployment, "Failed due to unhealthy allocations") : null;
        return changed(call, writer.write(new Command.SetAllocationHealth(deployment.id(), body.healthy(), body.unhealthy(),
                writer.now(), fails ? Deployment.FAILED : null, fails ? end.description() : null,
                fails ? again(end.rollback()) : null, evaluation)), evaluation,
                fails && end.rollback() != null ? end.rollback().version() : null);
    }

    private static Reply changed(Call call, Applied<Store.Result> applied, Evaluation evaluation, Long reverted) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("DeploymentModifyIndex", applied.index());
        answer.put("EvalCreateIndex", evaluation == null ? 0 : applied.index());
        answer.put("EvalID", evaluation == null ? "" : evaluation.id());
        answer.put("Index", applied.index());
        answer.put("RevertedJobVersion", reverted);
        return Answers.written(call, answer, applied.index());
    }
}
