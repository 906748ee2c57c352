package muster.scheduler.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.wire.Json;

/** A whole state as bytes: a version byte and JSON. */
final class SavedState {
    private static final byte VERSION = 1;

    private record Versions(List<Job> jobs) {}

    private record Events(String key, Map<String, List<Object>> groups) {}

    private record Saved(long index, List<Job> jobs, List<Versions> versions, List<JobSummary> summaries,
            List<Evaluation> evaluations, List<Allocation> allocations, List<Deployment> deployments, List<Node> nodes,
            List<Events> scaling, Map<String, Long> launches, List<Variable> variables, List<NativeService> services,
            List<Namespace> namespaces, SavedAcl acl, SchedulerConfiguration configuration, Servers servers,
            Map<String, Long> touched) {}

    private record SavedAcl(List<AclPolicy> policies, List<AclToken> tokens, List<AclRole> roles, List<OneTimeToken> oneTimeTokens,
            long bootstrapIndex) {
        static SavedAcl of(Acl acl) {
            return new SavedAcl(acl.policies().values(), acl.tokens().values(), acl.roles().values(), acl.oneTimeTokens().values(),
                    acl.bootstrapIndex());
        }

        Acl restored() {
            Acl acl = Acl.EMPTY.bootstrapped(bootstrapIndex);
            for (AclPolicy policy : Values.orEmpty(policies)) {
                acl = acl.with(policy);
            }
            for (AclToken token : Values.orEmpty(tokens)) {
                acl = acl.with(token);
            }
            for (AclRole role : Values.orEmpty(roles)) {
                acl = acl.with(role);
            }
            for (OneTimeToken token : Values.orEmpty(oneTimeTokens)) {
                acl = acl.with(token);
            }
            return acl;
        }
    }

    private SavedState() {}

    static byte[] write(State state) {
        List<Versions> versions = new ArrayList<>();
        state.versions().forEach(list -> versions.add(new Versions(list)));
        List<Events> scaling = new ArrayList<>();
        state.scalingEvents().scan("", (key, groups) -> {
            Map<String, List<Object>> copy = new TreeMap<>();
            groups.forEach((name, events) -> copy.put(name, new ArrayList<>(events)));
            return scaling.add(new Events(key, copy));
        });
        Saved saved = new Saved(state.index(), state.jobs().values(), versions, state.summaries().values(),
                state.evaluations().values(), state.allocations().values(), state.deployments().values(),
                state.nodes().values(), scaling, map(state.launches()), state.variables().values(),
                state.services().values(), state.namespaces().values(), SavedAcl.of(state.acl()), state.configuration(), state.servers(), map(state.touched()));
        byte[] json = Json.write(saved);
        byte[] bytes = new byte[json.length + 1];
        bytes[0] = VERSION;
        System.arraycopy(json, 0, bytes, 1, json.length);
        return bytes;
    }

    private static Map<String, Long> map(Table<Long> table) {
        Map<String, Long> map = new TreeMap<>();
        table.scan("", (key, value) -> {
            map.put(key, value);
            return true;
        });
        return map;
    }

    static State read(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new IllegalArgumentException("a scheduler snapshot of version " + (bytes.length == 0 ? "none" : bytes[0])
                    + " can't be read, only " + VERSION);
        }
        Saved s = Json.read(Saved.class, Arrays.copyOfRange(bytes, 1, bytes.length), Json.Unknown.IGNORE);
        Table<Job> jobs = Table.empty();
        for (Job job : s.jobs()) {
            jobs = jobs.with(State.key(job.namespace(), job.id()), job);
        }
        Table<List<Job>> versions = Table.empty();
        for (Versions v : s.versions()) {
            versions = versions.with(State.key(v.jobs().getFirst().namespace(), v.jobs().getFirst().id()), v.jobs());
        }
        Table<JobSummary> summaries = Table.empty();
        for (JobSummary summary : s.summaries()) {
            summaries = summaries.with(State.key(summary.namespace(), summary.jobId()), summary);
        }
        Table<Evaluation> evaluations = Table.empty();
        Table<Evaluation> evaluationsByJob = Table.empty();
        for (Evaluation e : s.evaluations()) {
            evaluations = evaluations.with(e.id(), e);
            evaluationsByJob = evaluationsByJob.with(State.key(e.namespace(), e.jobId(), e.id()), e);
        }
        Table<Allocation> allocations = Table.empty();
        Table<Allocation> byJob = Table.empty();
        Table<Allocation> byNode = Table.empty();
        Table<NodeUse> use = Table.empty();
        for (Allocation a : s.allocations()) {
            allocations = allocations.with(a.id(), a);
            byJob = byJob.with(State.key(a.namespace(), a.jobId(), a.id()), a);
            byNode = byNode.with(a.nodeId() + '\0' + a.id(), a);
            if (!a.isTerminal()) {
                NodeUse before = use.get(a.nodeId());
                use = use.with(a.nodeId(), (before == null ? NodeUse.NONE : before).with(a));
            }
        }
        Table<Deployment> deployments = Table.empty();
        Table<Deployment> deploymentsByJob = Table.empty();
        for (Deployment d : s.deployments()) {
            deployments = deployments.with(d.id(), d);
            deploymentsByJob = deploymentsByJob.with(State.key(d.namespace(), d.jobId(), d.id()), d);
        }
        Table<Node> nodes = Table.empty();
        for (Node node : s.nodes()) {
            nodes = nodes.with(node.id(), node);
        }
        Table<Variable> variables = Table.empty();
        for (Variable variable : Values.orEmpty(s.variables())) {
            variables = variables.with(State.key(variable.namespace(), variable.path()), variable);
        }
        Table<NativeService> services = Table.empty();
        Table<NativeService> servicesByName = Table.empty();
        for (NativeService service : Values.orEmpty(s.services())) {
            services = services.with(service.id(), service);
            servicesByName = servicesByName.with(State.key(service.namespace(), service.serviceName(), service.id()), service);
        }
        Table<Namespace> namespaces = State.EMPTY.namespaces();
        for (Namespace namespace : Values.orEmpty(s.namespaces())) {
            namespaces = namespaces.with(namespace.name(), namespace);
        }
        return new State(s.index(), jobs, versions, summaries, evaluations, evaluationsByJob, allocations, byJob, byNode, use,
                deployments, deploymentsByJob, nodes, scaling(s.scaling()), table(s.launches()), variables, services, servicesByName,
                namespaces, s.acl() == null ? Acl.EMPTY : s.acl().restored(), s.configuration(),
                s.servers() == null ? Servers.NONE : s.servers(), table(s.touched()));
    }

    private static Table<Map<String, List<ScalingEvent>>> scaling(List<Events> saved) {
        Table<Map<String, List<ScalingEvent>>> table = Table.empty();
        for (Events events : saved) {
            Map<String, List<ScalingEvent>> groups = new TreeMap<>();
            events.groups().forEach((name, list) -> groups.put(name, list.stream()
                    .map(tree -> Json.read(ScalingEvent.class, tree, Json.Unknown.IGNORE)).toList()));
            table = table.with(events.key(), groups);
        }
        return table;
    }

    private static Table<Long> table(Map<String, Long> map) {
        Table<Long> table = Table.empty();
        for (Map.Entry<String, Long> entry : map.entrySet()) {
            table = table.with(entry.getKey(), entry.getValue());
        }
        return table;
    }
}
