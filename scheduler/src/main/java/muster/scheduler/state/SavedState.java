package muster.scheduler.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.wire.Json;

/**
 * A whole state as bytes: a version byte, then blocks, each its length in four bytes and JSON. The first has all but the allocations,
 * the second the versions of jobs that these were placed for, and each of the others a thousand allocations; a length of nothing ends
 * it. So neither side ever holds more than a block beside the state itself, and a job is written once and not with every
 * instance. Version 1, one JSON with everything in it, is still read.
 */
final class SavedState {
    private static final byte WHOLE = 1;
    private static final byte VERSION = 2;
    private static final int ALLOCATIONS_PER_BLOCK = 1_000;
    /** More is no snapshot of ours. */
    private static final int MAX_BLOCK = 1 << 30;

    private record Jobs(List<Job> jobs) {}

    /** Allocations without their jobs, and for each the number of its job. */
    private record Block(List<Integer> jobs, List<Allocation> allocations) {}

    private record Versions(List<Job> jobs) {}

    private record Events(String key, Map<String, List<Object>> groups) {}

    private record Saved(long index, List<Job> jobs, List<Versions> versions, List<JobSummary> summaries,
            List<Evaluation> evaluations, List<Allocation> allocations, List<Deployment> deployments, List<Node> nodes,
            List<Events> scaling, Map<String, Long> launches, List<Variable> variables, List<NativeService> services,
            List<Namespace> namespaces, List<NodePool> nodePools, List<Submissions> submissions, SavedAcl acl, SchedulerConfiguration configuration, Servers servers,
            Map<String, Long> touched) {}

    private record Submissions(List<JobSubmission> versions) {}

    private record SavedAcl(List<AclPolicy> policies, List<AclToken> tokens, List<AclRole> roles, List<OneTimeToken> oneTimeTokens,
            List<AclAuthMethod> authMethods, List<AclBindingRule> bindingRules, long bootstrapIndex) {
        static SavedAcl of(Acl acl) {
            return new SavedAcl(acl.policies().values(), acl.tokens().values(), acl.roles().values(), acl.oneTimeTokens().values(),
                    acl.authMethods().values(), acl.bindingRules().values(), acl.bootstrapIndex());
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
            for (AclAuthMethod method : Values.orEmpty(authMethods)) {
                acl = acl.with(method);
            }
            for (AclBindingRule rule : Values.orEmpty(bindingRules)) {
                acl = acl.with(rule);
            }
            return acl;
        }
    }

    private SavedState() {}

    static byte[] write(State state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(state, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static void write(State state, OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeByte(VERSION);
        block(out, Json.write(head(state)));
        Map<Job, Integer> numbers = new IdentityHashMap<>();
        List<Job> jobs = new ArrayList<>();
        for (Allocation allocation : state.allocations()) {
            if (allocation.job() != null && numbers.putIfAbsent(allocation.job(), jobs.size()) == null) {
                jobs.add(allocation.job());
            }
        }
        block(out, Json.write(new Jobs(jobs)));
        Block next = new Block(new ArrayList<>(), new ArrayList<>());
        for (Allocation allocation : state.allocations()) {
            next.jobs().add(allocation.job() == null ? -1 : numbers.get(allocation.job()));
            next.allocations().add(allocation.withJob(null));
            if (next.allocations().size() == ALLOCATIONS_PER_BLOCK) {
                block(out, Json.write(next));
                next = new Block(new ArrayList<>(), new ArrayList<>());
            }
        }
        if (!next.allocations().isEmpty()) {
            block(out, Json.write(next));
        }
        out.writeInt(0);
        out.flush();
    }

    private static void block(DataOutputStream out, byte[] json) throws IOException {
        out.writeInt(json.length);
        out.write(json);
    }

    private static Saved head(State state) {
        List<Versions> versions = new ArrayList<>();
        state.versions().forEach(list -> versions.add(new Versions(list)));
        List<Events> scaling = new ArrayList<>();
        state.scalingEvents().scan("", (key, groups) -> {
            Map<String, List<Object>> copy = new TreeMap<>();
            groups.forEach((name, events) -> copy.put(name, new ArrayList<>(events)));
            return scaling.add(new Events(key, copy));
        });
        return new Saved(state.index(), state.jobs().values(), versions, state.summaries().values(),
                state.evaluations().values(), null, state.deployments().values(),
                state.nodes().values(), scaling, map(state.launches()), state.variables().values(),
                state.services().values(), state.namespaces().values(), state.nodePools().values(),
                state.submissions().values().stream().map(Submissions::new).toList(), SavedAcl.of(state.acl()), state.configuration(), state.servers(), map(state.touched()));
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
        try {
            return read(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException("a scheduler snapshot can't be read: " + e.getMessage(), e);
        }
    }

    static State read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        int version = in.read();
        if (version == WHOLE) {
            Saved saved = Json.read(Saved.class, in.readAllBytes(), Json.Unknown.IGNORE);
            return state(saved, saved.allocations().iterator());
        }
        if (version != VERSION) {
            throw new IllegalArgumentException("a scheduler snapshot of version " + (version < 0 ? "none" : version)
                    + " can't be read, only " + VERSION);
        }
        Saved saved = Json.read(Saved.class, block(in), Json.Unknown.IGNORE);
        return state(saved, new Blocks(in, Json.read(Jobs.class, block(in), Json.Unknown.IGNORE).jobs()));
    }

    /** Empty for the end. */
    private static byte[] block(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_BLOCK) {
            throw new IllegalArgumentException("a scheduler snapshot is damaged: a block of " + length + " bytes");
        }
        byte[] block = in.readNBytes(length);
        if (block.length < length) {
            throw new EOFException("a scheduler snapshot ends within a block");
        }
        return block;
    }

    /** The allocations of all blocks, with their jobs. */
    private static final class Blocks implements Iterator<Allocation> {
        private final DataInputStream in;
        private final List<Job> jobs;
        private Block block = new Block(List.of(), List.of());
        private int at;

        Blocks(DataInputStream in, List<Job> jobs) {
            this.in = in;
            this.jobs = jobs;
        }

        @Override
        public boolean hasNext() {
            if (block != null && at == block.allocations().size()) {
                try {
                    byte[] json = SavedState.block(in);
                    block = json.length == 0 ? null : Json.read(Block.class, json, Json.Unknown.IGNORE);
                    at = 0;
                } catch (IOException e) {
                    throw new IllegalArgumentException("a scheduler snapshot can't be read: " + e.getMessage(), e);
                }
            }
            return block != null;
        }

        @Override
        public Allocation next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int job = block.jobs().get(at);
            Allocation allocation = block.allocations().get(at++);
            return job < 0 ? allocation : allocation.withJob(jobs.get(job));
        }
    }

    private static State state(Saved s, Iterator<Allocation> saved) {
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
        while (saved.hasNext()) {
            Allocation a = saved.next();
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
        Table<NodePool> pools = State.EMPTY.nodePools();
        for (NodePool pool : Values.orEmpty(s.nodePools())) {
            pools = pools.with(pool.name(), pool);
        }
        Table<List<JobSubmission>> submissions = Table.empty();
        for (Submissions of : Values.orEmpty(s.submissions())) {
            JobSubmission newest = of.versions().getFirst();
            submissions = submissions.with(State.key(newest.namespace(), newest.jobId()), of.versions());
        }
        return new State(s.index(), jobs, versions, summaries, evaluations, evaluationsByJob, allocations, byJob, byNode, use,
                deployments, deploymentsByJob, nodes, scaling(s.scaling()), table(s.launches()), variables, services, servicesByName,
                namespaces, pools, submissions, s.acl() == null ? Acl.EMPTY : s.acl().restored(), s.configuration(),
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
