package muster.scheduler.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;

/**
 * A new state in the making: the tables of the old one, changed one object at a time. Keeps the secondary tables, the
 * summaries and the jobs' statuses in step, and notes what was touched. Lives for one command, on the applying thread.
 */
final class Edit {
    final long index;
    final String type;
    private final Map<String, Change> changes = new LinkedHashMap<>();
    private final Set<String> topics = new LinkedHashSet<>();
    private final Set<String> unsettled = new LinkedHashSet<>();
    private Table<Job> jobs;
    private Table<List<Job>> versions;
    private Table<JobSummary> summaries;
    private Table<Evaluation> evaluations;
    private Table<Evaluation> evaluationsByJob;
    private Table<Allocation> allocations;
    private Table<Allocation> byJob;
    private Table<Allocation> byNode;
    private Table<NodeUse> use;
    private Table<Deployment> deployments;
    private Table<Deployment> deploymentsByJob;
    private Table<Node> nodes;
    private Table<Map<String, List<ScalingEvent>>> scalingEvents;
    private Table<Long> launches;
    private Table<Variable> variables;
    private Table<NativeService> services;
    private Table<NativeService> servicesByName;
    private Table<Namespace> namespaces;
    private Table<NodePool> nodePools;
    private Table<List<JobSubmission>> submissions;
    private Acl acl;
    private SchedulerConfiguration configuration;
    private Servers servers;
    private Table<Long> touched;

    Edit(State from, long index, String type) {
        this.index = index;
        this.type = type;
        take(from);
    }

    private void take(State from) {
        jobs = from.jobs();
        versions = from.versions();
        summaries = from.summaries();
        evaluations = from.evaluations();
        evaluationsByJob = from.evaluationsByJob();
        allocations = from.allocations();
        byJob = from.byJob();
        byNode = from.byNode();
        use = from.use();
        deployments = from.deployments();
        deploymentsByJob = from.deploymentsByJob();
        nodes = from.nodes();
        scalingEvents = from.scalingEvents();
        launches = from.launches();
        variables = from.variables();
        services = from.services();
        servicesByName = from.servicesByName();
        namespaces = from.namespaces();
        nodePools = from.nodePools();
        submissions = from.submissions();
        acl = from.acl();
        configuration = from.configuration();
        servers = from.servers();
        touched = from.touched();
    }

    /** The state as edited so far, before statuses are settled. */
    State view() {
        return new State(index, jobs, versions, summaries, evaluations, evaluationsByJob, allocations, byJob, byNode, use,
                deployments, deploymentsByJob, nodes, scalingEvents, launches, variables, services, servicesByName,
                namespaces, nodePools, submissions, acl, configuration, servers, touched);
    }

    State done() {
        settle();
        for (String topic : topics) {
            touched = touched.with(topic, index);
        }
        return view();
    }

    /** What changed, each object once, in the order of its last change. */
    Collection<Change> changes() {
        return changes.values();
    }

    Set<String> topics() {
        return topics;
    }

    void putJob(Job job) {
        String key = State.key(job.namespace(), job.id());
        List<Job> kept = new ArrayList<>();
        kept.add(job);
        for (Job old : Values.orEmpty(versions.get(key))) {
            if (!old.version().equals(job.version())) {
                kept.add(old);
            }
        }
        versions = versions.with(key, Values.list(trimmed(kept)));
        jobs = jobs.with(key, job);
        touch(Topic.JOBS, Topic.job(job.namespace(), job.id()));
        unsettled.add(key);
        ensureSummary(job);
        change("Job", job.id(), job.namespace(), List.of(Values.text(job.parentId())), job);
    }

    /** The newest versions, those that have a tag, and the newest stable one even when it is older than these. */
    private static List<Job> trimmed(List<Job> kept) {
        if (kept.size() <= State.MAX_VERSIONS) {
            return kept;
        }
        List<Job> untagged = kept.stream().filter(job -> job.versionTag() == null).toList();
        List<Job> newest = new ArrayList<>(untagged.subList(0, Math.min(untagged.size(), State.MAX_VERSIONS)));
        if (newest.stream().noneMatch(job -> Boolean.TRUE.equals(job.stable()))) {
            kept.stream().filter(job -> Boolean.TRUE.equals(job.stable())).findFirst()
                    .ifPresent(stable -> keepLast(newest, stable));
        }
        return kept.stream().filter(job -> job.versionTag() != null || newest.contains(job)).toList();
    }

    private static void keepLast(List<Job> newest, Job stable) {
        if (stable.versionTag() == null) {
            newest.set(newest.size() - 1, stable);
        }
    }

    /** Replaces a version in the list of versions, and the job itself when it is the current one. */
    void replaceVersion(Job changed) {
        String key = State.key(changed.namespace(), changed.id());
        List<Job> kept = new ArrayList<>(Values.orEmpty(versions.get(key)));
        kept.replaceAll(job -> job.version().equals(changed.version()) ? changed : job);
        versions = versions.with(key, Values.list(kept));
        Job current = jobs.get(key);
        if (current != null && current.version().equals(changed.version())) {
            jobs = jobs.with(key, changed);
        }
        touch(Topic.JOBS, Topic.job(changed.namespace(), changed.id()));
    }

    void removeJob(String namespace, String id) {
        String key = State.key(namespace, id);
        Job job = jobs.get(key);
        if (job != null) {
            countChild(job, job.status(), null);
        }
        jobs = jobs.without(key);
        versions = versions.without(key);
        summaries = summaries.without(key);
        scalingEvents = scalingEvents.without(key);
        launches = launches.without(key);
        submissions = submissions.without(key);
        for (String gone : List.of(Topic.job(namespace, id), Topic.summary(namespace, id), Topic.scaling(namespace, id))) {
            touched = touched.without(gone);
            topics.remove(gone);
            wake(gone);
        }
        topics.add(Topic.JOBS);
        unsettled.remove(key);
    }

    private final Set<String> woken = new LinkedHashSet<>();

    /** Topics that end with their object: who waits on them has to look again. */
    Set<String> woken() {
        return woken;
    }

    private void wake(String topic) {
        woken.add(topic);
    }

    void putEvaluation(Evaluation evaluation) {
        Evaluation old = evaluations.get(evaluation.id());
        Evaluation stored = evaluation.withCreateIndex(old == null ? index : old.createIndex()).withModifyIndex(index);
        evaluations = evaluations.with(stored.id(), stored);
        evaluationsByJob = evaluationsByJob.with(State.key(stored.namespace(), stored.jobId(), stored.id()), stored);
        touch(Topic.EVALUATIONS, Topic.evaluation(stored.id()));
        topics.add(Topic.jobEvaluations(stored.namespace(), stored.jobId()));
        unsettled.add(State.key(stored.namespace(), stored.jobId()));
        change("Evaluation", stored.id(), stored.namespace(), List.of(stored.jobId(), stored.deploymentId()), stored);
        queued(stored);
        if (stored.status().equals(Evaluation.COMPLETE) && stored.blockedEval().isEmpty()
                && Values.orEmpty(stored.failedTGAllocs()).isEmpty()) {
            cancelBlocked(stored);
        }
    }

    private void cancelBlocked(Evaluation successful) {
        for (Evaluation other : evaluationsByJob.startingWith(
                State.key(successful.namespace(), successful.jobId(), ""))) {
            if (other.status().equals(Evaluation.BLOCKED)) {
                putEvaluation(other.withStatus(Evaluation.CANCELED)
                        .withStatusDescription("evaluation \"" + successful.id() + "\" successful")
                        .withModifyTime(successful.modifyTime()));
            }
        }
    }

    private void queued(Evaluation evaluation) {
        JobSummary summary = summaries.get(State.key(evaluation.namespace(), evaluation.jobId()));
        if (summary == null || evaluation.queuedAllocations() == null) {
            return;
        }
        Map<String, TaskGroupSummary> groups = new TreeMap<>(Values.orEmpty(summary.summary()));
        evaluation.queuedAllocations().forEach((name, count) -> {
            TaskGroupSummary g = groups.get(name);
            if (g != null) {
                groups.put(name, new TaskGroupSummary(g.complete(), g.failed(), g.lost(), count, g.running(), g.starting()));
            }
        });
        putSummary(summary, summary.children(), groups);
    }

    void removeEvaluation(String id) {
        Evaluation old = evaluations.get(id);
        if (old != null) {
            evaluations = evaluations.without(id);
            evaluationsByJob = evaluationsByJob.without(State.key(old.namespace(), old.jobId(), id));
            topics.add(Topic.EVALUATIONS);
            topics.add(Topic.jobEvaluations(old.namespace(), old.jobId()));
            touched = touched.without(Topic.evaluation(id));
            wake(Topic.evaluation(id));
        }
    }

    /** @param ordered whether its client has to know of it */
    void putAllocation(Allocation changed, boolean ordered) {
        Allocation old = allocations.get(changed.id());
        Allocation stored = changed.withCreateIndex(old == null ? index : old.createIndex()).withModifyIndex(index);
        if (ordered || old == null) {
            stored = stored.withAllocModifyIndex(index);
        }
        allocations = allocations.with(stored.id(), stored);
        byJob = byJob.with(State.key(stored.namespace(), stored.jobId(), stored.id()), stored);
        byNode = byNode.with(stored.nodeId() + '\0' + stored.id(), stored);
        touch(Topic.ALLOCATIONS, Topic.allocation(stored.id()));
        topics.add(Topic.jobAllocations(stored.namespace(), stored.jobId()));
        topics.add(Topic.nodeAllocations(stored.nodeId()));
        if (ordered) {
            topics.add(Topic.nodeOrders(stored.nodeId()));
        }
        unsettled.add(State.key(stored.namespace(), stored.jobId()));
        change("Allocation", stored.id(), stored.namespace(),
                List.of(stored.jobId(), stored.deploymentId()), stored.withJob(null));
        hold(old, stored);
        count(old, stored);
        if (stored.isClientTerminal()) {
            removeServicesOf(stored.id());
        }
    }

    /** Keeps in step what a node's allocations hold of it: as {@code old} before, as {@code now} afterwards; null is nothing. */
    private void hold(Allocation old, Allocation now) {
        boolean held = old != null && !old.isTerminal();
        boolean holds = now != null && !now.isTerminal();
        if (held && holds && old.allocatedResources() == now.allocatedResources() || !held && !holds) {
            return;
        }
        String node = (held ? old : now).nodeId();
        NodeUse before = use.get(node);
        NodeUse after = before == null ? NodeUse.NONE : before;
        after = held ? after.without(old) : after;
        after = holds ? after.with(now) : after;
        use = after.allocations() == 0 ? use.without(node) : use.with(node, after);
    }

    void removeAllocation(String id) {
        Allocation old = allocations.get(id);
        if (old != null) {
            allocations = allocations.without(id);
            byJob = byJob.without(State.key(old.namespace(), old.jobId(), id));
            byNode = byNode.without(old.nodeId() + '\0' + id);
            hold(old, null);
            topics.add(Topic.ALLOCATIONS);
            topics.add(Topic.jobAllocations(old.namespace(), old.jobId()));
            topics.add(Topic.nodeAllocations(old.nodeId()));
            topics.add(Topic.nodeOrders(old.nodeId()));
            removeServicesOf(id);
            touched = touched.without(Topic.allocation(id));
            wake(Topic.allocation(id));
        }
    }

    void putDeployment(Deployment deployment) {
        Deployment old = deployments.get(deployment.id());
        Deployment stored = deployment.withCreateIndex(old == null ? index : old.createIndex()).withModifyIndex(index);
        deployments = deployments.with(stored.id(), stored);
        deploymentsByJob = deploymentsByJob.with(State.key(stored.namespace(), stored.jobId(), stored.id()), stored);
        touch(Topic.DEPLOYMENTS, Topic.deployment(stored.id()));
        topics.add(Topic.jobDeployments(stored.namespace(), stored.jobId()));
        change("Deployment", stored.id(), stored.namespace(), List.of(stored.jobId()), stored);
    }

    void removeDeployment(String id) {
        Deployment old = deployments.get(id);
        if (old != null) {
            deployments = deployments.without(id);
            deploymentsByJob = deploymentsByJob.without(State.key(old.namespace(), old.jobId(), id));
            topics.add(Topic.DEPLOYMENTS);
            topics.add(Topic.jobDeployments(old.namespace(), old.jobId()));
            touched = touched.without(Topic.deployment(id));
            wake(Topic.deployment(id));
        }
    }

    void putNode(Node node) {
        Node old = nodes.get(node.id());
        Node stored = node.withCreateIndex(old == null ? index : old.createIndex()).withModifyIndex(index);
        nodes = nodes.with(stored.id(), stored);
        touch(Topic.NODES, Topic.node(stored.id()));
        change("Node", stored.id(), "", List.of(), stored.withSecretId(""));
    }

    void removeNode(String id) {
        nodes = nodes.without(id);
        topics.add(Topic.NODES);
        touched = touched.without(Topic.node(id));
        wake(Topic.node(id));
    }

    void addScalingEvent(String namespace, String job, String group, ScalingEvent event) {
        String key = State.key(namespace, job);
        Map<String, List<ScalingEvent>> groups = new TreeMap<>(Values.orEmpty(scalingEvents.get(key)));
        List<ScalingEvent> events = new ArrayList<>();
        events.add(event.at(index));
        events.addAll(Values.orEmpty(groups.get(group)));
        groups.put(group, Values.list(events.subList(0, Math.min(events.size(), ScalingEvent.MAX_KEPT))));
        scalingEvents = scalingEvents.with(key, groups);
        touch(Topic.SCALING, Topic.scaling(namespace, job));
    }

    void setConfiguration(SchedulerConfiguration changed) {
        configuration = changed.at(index);
        topics.add(Topic.CONFIG);
    }

    void setServers(Servers changed) {
        servers = changed;
        topics.add(Topic.SERVERS);
    }

    /** Everything is as in the other state, but newly changed: indexes never go back. */
    void replaceAll(State other, Servers own) {
        Table<Long> before = touched;
        take(other);
        servers = own.withAutopilot(other.servers().autopilot());
        before.scan("", (topic, at) -> topics.add(topic) || true);
        touched.scan("", (topic, at) -> topics.add(topic) || true);
        topics.add(Topic.SERVERS);
        woken.add(Topic.EVERYTHING);
    }

    void setLaunch(String namespace, String id, long time) {
        launches = launches.with(State.key(namespace, id), time);
    }

    void putVariable(Variable variable) {
        String key = State.key(variable.namespace(), variable.path());
        variables = variables.with(key, variable.at(index, variables.get(key)));
        touch(Topic.VARIABLES, Topic.variable(variable.namespace(), variable.path()));
    }

    /** Tells those who count its holder's time. */
    void renewLock(String namespace, String path) {
        wake(Topic.lockRenewal(namespace, path));
    }

    void removeVariable(String namespace, String path) {
        String key = State.key(namespace, path);
        if (variables.contains(key)) {
            variables = variables.without(key);
            topics.add(Topic.VARIABLES);
            touched = touched.without(Topic.variable(namespace, path));
            wake(Topic.variable(namespace, path));
        }
    }

    void putNamespace(Namespace namespace) {
        namespaces = namespaces.with(namespace.name(), namespace.at(index, namespaces.get(namespace.name())));
        topics.add(Topic.NAMESPACES);
    }

    void removeNamespace(String name) {
        namespaces = namespaces.without(name);
        topics.add(Topic.NAMESPACES);
    }

    void putNodePool(NodePool pool) {
        NodePool stored = pool.at(index, nodePools.get(pool.name()));
        nodePools = nodePools.with(stored.name(), stored);
        topics.add(Topic.NODE_POOLS);
        change("NodePool", stored.name(), "", List.of(), stored);
    }

    void removeNodePool(String name) {
        NodePool old = nodePools.get(name);
        nodePools = nodePools.without(name);
        topics.add(Topic.NODE_POOLS);
        change("NodePool", name, "", List.of(), old);
    }

    /** Keeps the source of a version as long as the versions themselves are kept. */
    void putSubmission(JobSubmission submission) {
        String key = State.key(submission.namespace(), submission.jobId());
        List<JobSubmission> kept = new ArrayList<>(List.of(submission));
        for (JobSubmission old : Values.orEmpty(submissions.get(key))) {
            if (old.version() != submission.version() && view().jobVersion(old.namespace(), old.jobId(), old.version()) != null) {
                kept.add(old);
            }
        }
        submissions = submissions.with(key, List.copyOf(kept));
    }

    void putPolicy(AclPolicy policy) {
        AclPolicy stored = policy.at(index, acl.policies().get(policy.name()));
        acl = acl.with(stored);
        topics.add(Topic.POLICIES);
        change("ACLPolicy", stored.name(), "", List.of(), stored);
    }

    void removePolicy(String name) {
        AclPolicy old = acl.policies().get(name);
        if (old != null) {
            acl = acl.withoutPolicy(name);
            topics.add(Topic.POLICIES);
            change("ACLPolicy", name, "", List.of(), old);
        }
    }

    void putRole(AclRole role) {
        AclRole stored = role.at(index, acl.roles().get(role.id()));
        acl = acl.with(stored);
        topics.add(Topic.ROLES);
        change("ACLRole", stored.id(), "", List.of(stored.name()), stored);
    }

    void removeRole(String id) {
        AclRole old = acl.roles().get(id);
        if (old != null) {
            acl = acl.withoutRole(id);
            topics.add(Topic.ROLES);
            change("ACLRole", id, "", List.of(old.name()), old);
        }
    }

    void putToken(AclToken token) {
        AclToken stored = token.at(index, acl.tokens().get(token.accessorId()));
        acl = acl.with(stored);
        topics.add(Topic.TOKENS);
        change("ACLToken", stored.accessorId(), "", List.of(), stored.withIds(stored.accessorId(), ""));
    }

    void removeToken(String accessor) {
        AclToken old = acl.tokens().get(accessor);
        if (old != null) {
            acl = acl.withoutToken(accessor);
            topics.add(Topic.TOKENS);
            change("ACLToken", accessor, "", List.of(), old.withIds(accessor, ""));
        }
    }

    void bootstrapped() {
        acl = acl.bootstrapped(index);
    }

    void putOneTimeToken(OneTimeToken token) {
        acl = acl.with(token.at(index));
    }

    void removeOneTimeToken(String secret) {
        acl = acl.withoutOneTimeToken(secret);
    }

    /** Nothing changes for one that is there as it is. */
    void putService(NativeService service) {
        NativeService old = services.get(service.id());
        if (old != null && old.equals(service.at(old.createIndex(), old.modifyIndex()))) {
            return;
        }
        removeService(service.id());
        NativeService stored = service.at(old == null ? index : old.createIndex(), index);
        services = services.with(stored.id(), stored);
        servicesByName = servicesByName.with(State.key(stored.namespace(), stored.serviceName(), stored.id()), stored);
        touch(Topic.SERVICES, Topic.service(stored.namespace(), stored.serviceName()));
        change("Service", stored.id(), stored.namespace(), List.of(stored.jobId(), stored.serviceName()), stored);
    }

    void removeService(String id) {
        NativeService old = services.get(id);
        if (old != null) {
            services = services.without(id);
            servicesByName = servicesByName.without(State.key(old.namespace(), old.serviceName(), id));
            touch(Topic.SERVICES, Topic.service(old.namespace(), old.serviceName()));
            change("Service", id, old.namespace(), List.of(old.jobId(), old.serviceName()), old);
        }
    }

    private void removeServicesOf(String allocation) {
        services.startingWith(NativeService.idPrefix(allocation)).forEach(service -> removeService(service.id()));
    }

    /** Counts a job's allocations from scratch. */
    void recount(JobSummary summary) {
        String key = State.key(summary.namespace(), summary.jobId());
        Map<String, TaskGroupSummary> groups = new TreeMap<>();
        summary.summary().forEach((name, g) -> groups.put(name, new TaskGroupSummary(0, 0, 0, g.queued(), 0, 0)));
        summaries = summaries.with(key, withGroups(summary, groups));
        for (Allocation allocation : byJob.startingWith(State.key(summary.namespace(), summary.jobId(), ""))) {
            count(null, allocation);
        }
    }

    private void touch(String table, String topic) {
        topics.add(table);
        topics.add(topic);
    }

    private void change(String topic, String key, String namespace, List<String> filterKeys, Record payload) {
        changes.remove(topic + '/' + key);
        changes.put(topic + '/' + key, new Change(index, topic, type, key, namespace,
                filterKeys.stream().filter(k -> !k.isEmpty()).toList(), payload));
    }

    private void ensureSummary(Job job) {
        String key = State.key(job.namespace(), job.id());
        JobSummary old = summaries.get(key);
        Map<String, TaskGroupSummary> groups = new TreeMap<>(old == null ? Map.of() : Values.orEmpty(old.summary()));
        boolean grew = old == null;
        for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
            grew |= groups.putIfAbsent(group.name(), new TaskGroupSummary(0, 0, 0, 0, 0, 0)) == null;
        }
        if (grew) {
            JobSummary base = old != null ? old
                    : new JobSummary(new JobChildrenSummary(0, 0, 0), index, job.id(), index, job.namespace(), Map.of());
            putSummary(base, base.children(), groups);
        }
    }

    private void putSummary(JobSummary from, JobChildrenSummary children, Map<String, TaskGroupSummary> groups) {
        JobSummary changed = new JobSummary(children, from.createIndex(), from.jobId(), index, from.namespace(), groups);
        summaries = summaries.with(State.key(from.namespace(), from.jobId()), changed);
        touch("job_summary", Topic.summary(from.namespace(), from.jobId()));
        topics.add(Topic.JOBS);
    }

    private static JobSummary withGroups(JobSummary from, Map<String, TaskGroupSummary> groups) {
        return new JobSummary(from.children(), from.createIndex(), from.jobId(), from.modifyIndex(), from.namespace(), groups);
    }

    private void count(Allocation old, Allocation now) {
        JobSummary summary = summaries.get(State.key(now.namespace(), now.jobId()));
        boolean moved = old == null || !old.clientStatus().equals(now.clientStatus());
        if (summary == null || !moved || !summary.summary().containsKey(now.taskGroup())) {
            return;
        }
        Map<String, TaskGroupSummary> groups = new TreeMap<>(summary.summary());
        groups.put(now.taskGroup(), groups.get(now.taskGroup()).moved(old == null ? null : old.clientStatus(), now.clientStatus()));
        putSummary(summary, summary.children(), groups);
    }

    /** Gives each job concerned the status that its allocations and evaluations make. */
    private void settle() {
        for (String key : List.copyOf(unsettled)) {
            Job job = jobs.get(key);
            if (job == null) {
                continue;
            }
            String status = statusOf(job);
            if (!status.equals(job.status())) {
                replaceVersion(job.withStatus(status).withModifyIndex(index));
                countChild(job, job.createIndex() == index ? null : job.status(), status);
            } else if (job.createIndex() == index) {
                countChild(job, null, status);
            }
        }
        unsettled.clear();
    }

    private String statusOf(Job job) {
        if ("system".equals(job.type()) || job.hasChildren()) {
            return job.isStopped() ? "dead" : "running";
        }
        boolean known = false;
        for (Allocation allocation : byJob.startingWith(State.key(job.namespace(), job.id(), ""))) {
            known = true;
            if (!allocation.isTerminal()) {
                return "running";
            }
        }
        for (Evaluation evaluation : evaluationsByJob.startingWith(State.key(job.namespace(), job.id(), ""))) {
            known = true;
            if (!evaluation.isTerminal()) {
                return "pending";
            }
        }
        return known || "dead".equals(job.status()) || "running".equals(job.status()) ? "dead" : "pending";
    }

    private void countChild(Job job, String from, String to) {
        JobSummary parent = Values.text(job.parentId()).isEmpty()
                ? null
                : summaries.get(State.key(job.namespace(), job.parentId()));
        if (parent == null) {
            return;
        }
        putSummary(parent, parent.children().moved(from, to), parent.summary());
    }
}
