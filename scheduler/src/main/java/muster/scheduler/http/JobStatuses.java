package muster.scheduler.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Capability;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;
import muster.wire.Key;

/** {@code /v1/jobs/statuses}: jobs with what runs of each, in one answer, the newest change first (API page "Jobs": statuses). */
final class JobStatuses {
    /** An empty list asks for all jobs. */
    record StatusesBody(List<Wanted> jobs) {}

    record Wanted(@Key("id") String id, @Key("namespace") String namespace) {}

    private final Answers answers;

    JobStatuses(Answers answers) {
        this.answers = answers;
    }

    void add(Routes routes) {
        for (String method : List.of("GET", "POST", "PUT")) {
            routes.add(method, "/v1/jobs/statuses", Handlers.blocking(this::statuses));
        }
    }

    private Reply statuses(Call call) {
        Predicate<String> visible = answers.visible(call, Capability.READ_JOB);
        Set<String> wanted = Values.orEmpty(Answers.optionalBody(StatusesBody.class, call).jobs()).stream()
                .map(job -> State.key(Values.text(job.namespace()).isEmpty() ? Answers.namespace(call) : job.namespace(), Values.text(job.id())))
                .collect(Collectors.toSet());
        boolean children = Answers.flag(call, "include_children") || !wanted.isEmpty();
        String prefix = call.query("prefix");
        return answers.query(call, List.of(Topic.JOBS, Topic.ALLOCATIONS, Topic.DEPLOYMENTS), Topic.JOBS, state -> {
            List<Job> shown = state.jobs().values().stream().filter(job -> visible.test(job.namespace()) && job.id().startsWith(prefix)
                    && (wanted.isEmpty() || wanted.contains(State.key(job.namespace(), job.id())))
                    && (children || Values.text(job.parentId()).isEmpty())).toList();
            return Listing.byAge(call, shown, Job::modifyIndex, job -> State.key(job.namespace(), job.id()).replace('\0', '/'), Listing.JOB,
                    job -> status(state, job));
        });
    }

    private static Map<String, Object> status(State state, Job job) {
        Map<String, Object> row = new TreeMap<>();
        row.put("Allocs", Answers.map(state.allocationsOf(job.namespace(), job.id()).stream().filter(a -> !a.isServerTerminal() || !a.isClientTerminal())
                .sorted(Comparator.comparing(Allocation::id)).toList(), JobStatuses::allocation));
        row.put("ChildStatuses", job.hasChildren() ? children(state, job) : null);
        row.put("CreateIndex", job.createIndex());
        row.put("Datacenters", job.datacenters());
        row.put("GroupCountSum", Values.orEmpty(job.taskGroups()).stream().mapToInt(TaskGroup::count).sum());
        row.put("ID", job.id());
        row.put("LatestDeployment", deployment(state.latestDeployment(job.namespace(), job.id())));
        row.put("ModifyIndex", job.modifyIndex());
        row.put("Name", job.name());
        row.put("Namespace", job.namespace());
        row.put("NodePool", job.pool());
        row.put("ParentID", Values.text(job.parentId()));
        row.put("Priority", job.priority());
        row.put("Status", job.status());
        row.put("Stop", job.isStopped());
        row.put("SubmitTime", job.submitTime());
        row.put("Type", job.type());
        row.put("Version", job.version());
        return row;
    }

    private static Map<String, Object> allocation(Allocation a) {
        Map<String, Object> health = new TreeMap<>();
        health.put("Canary", a.isCanary());
        health.put("Healthy", a.deploymentStatus() == null ? null : a.deploymentStatus().healthy());
        Map<String, Object> row = new TreeMap<>();
        row.put("ClientStatus", a.clientStatus());
        row.put("DeploymentStatus", health);
        row.put("FollowupEvalID", a.followupEvalId());
        row.put("Group", a.taskGroup());
        row.put("HasPausedTask", false);
        row.put("ID", a.id());
        row.put("JobVersion", a.job().version());
        row.put("NodeID", a.nodeId());
        return row;
    }

    private static List<String> children(State state, Job parent) {
        List<String> statuses = new ArrayList<>();
        for (Job child : state.jobs().startingWith(State.key(parent.namespace(), parent.id() + "/"))) {
            if (parent.id().equals(child.parentId())) {
                statuses.add(child.status());
            }
        }
        return statuses;
    }

    private static Map<String, Object> deployment(Deployment deployment) {
        if (deployment == null) {
            return null;
        }
        boolean promotes = deployment.taskGroups().values().stream().allMatch(group -> group.desiredCanaries() == 0 || group.autoPromote());
        boolean waits = deployment.isActive() && deployment.taskGroups().values().stream().anyMatch(group -> group.desiredCanaries() > 0 && !group.promoted());
        Map<String, Object> row = new TreeMap<>();
        row.put("AllAutoPromote", promotes);
        row.put("ID", deployment.id());
        row.put("IsActive", deployment.isActive());
        row.put("JobVersion", deployment.jobVersion());
        row.put("RequiresPromotion", waits && !promotes);
        row.put("Status", deployment.status());
        row.put("StatusDescription", deployment.statusDescription());
        return row;
    }
}
