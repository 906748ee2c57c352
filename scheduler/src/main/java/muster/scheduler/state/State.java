package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.scheduler.job.Job;

/**
 * Everything the scheduler remembers, at one index of the log. Immutable: a reader holds a reference and is never
 * disturbed. Objects are kept under their id (jobs under namespace and id), and again under the objects they belong to.
 *
 * @param index of the last command that changed anything
 * @param versions the last versions of each job, newest first
 * @param byJob allocations under job and id
 * @param byNode allocations under node and id
 * @param use what the allocations of each node hold together; nodes without any are not there
 * @param touched for each {@link Topic} the index of its last change
 * @param servicesByName native services under namespace, name and id
 * @param launches for each periodic job the time of its last launch, in seconds
 * @param submissions for each job the sources of its versions, newest first
 * @param servers what the servers keep about themselves
 */
public record State(
        long index,
        Table<Job> jobs,
        Table<List<Job>> versions,
        Table<JobSummary> summaries,
        Table<Evaluation> evaluations,
        Table<Evaluation> evaluationsByJob,
        Table<Allocation> allocations,
        Table<Allocation> byJob,
        Table<Allocation> byNode,
        Table<NodeUse> use,
        Table<Deployment> deployments,
        Table<Deployment> deploymentsByJob,
        Table<Node> nodes,
        Table<Map<String, List<ScalingEvent>>> scalingEvents,
        Table<Long> launches,
        Table<Variable> variables,
        Table<NativeService> services,
        Table<NativeService> servicesByName,
        Table<Namespace> namespaces,
        Table<NodePool> nodePools,
        Table<List<JobSubmission>> submissions,
        Acl acl,
        SchedulerConfiguration configuration,
        Servers servers,
        Table<Long> touched) {
    /** Versions that are kept of a job. */
    public static final int MAX_VERSIONS = 6;

    /** Before the first command. */
    public static final State EMPTY = new State(0, Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(),
            Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(),
            Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(),
            Table.<Namespace>empty().with(Namespace.DEFAULT_NAME, Namespace.DEFAULT), builtInPools(), Table.empty(), Acl.EMPTY, SchedulerConfiguration.DEFAULT, Servers.NONE, Table.empty());

    private static Table<NodePool> builtInPools() {
        Table<NodePool> pools = Table.empty();
        for (NodePool pool : NodePool.BUILT_IN) {
            pools = pools.with(pool.name(), pool);
        }
        return pools;
    }

    /** How jobs of a node pool are placed: as everywhere, but for what the pool has otherwise. */
    public SchedulerConfiguration configurationOf(String pool) {
        NodePool found = nodePools.get(pool);
        return found == null || found.schedulerConfiguration() == null ? configuration : configuration.with(found.schedulerConfiguration());
    }

    /** The source of a version, null where it is not known or no longer kept. */
    public JobSubmission submission(String namespace, String id, long version) {
        List<JobSubmission> kept = submissions.get(key(namespace, id));
        return kept == null ? null : kept.stream().filter(submission -> submission.version() == version).findFirst().orElse(null);
    }

    /** The state as it would be after a command at the next index: for plans that are only looked at. */
    public State after(Command command) {
        Edit edit = new Edit(this, index + 1, "");
        Applier.apply(edit, this, command);
        return edit.done();
    }

    /** The key under which something with a namespace is kept. */
    public static String key(String namespace, String id) {
        return namespace + '\0' + id;
    }

    static String key(String namespace, String job, String id) {
        return namespace + '\0' + job + '\0' + id;
    }

    public Job job(String namespace, String id) {
        return jobs.get(key(namespace, id));
    }

    /** A version that is still kept, null where it is not. */
    public Job jobVersion(String namespace, String id, long version) {
        for (Job job : jobVersions(namespace, id)) {
            if (job.version() == version) {
                return job;
            }
        }
        return null;
    }

    /** The kept versions, newest first. */
    public List<Job> jobVersions(String namespace, String id) {
        List<Job> found = versions.get(key(namespace, id));
        return found == null ? List.of() : found;
    }

    public List<Allocation> allocationsOf(String namespace, String job) {
        return byJob.startingWith(key(namespace, job, ""));
    }

    public List<Allocation> allocationsOn(String node) {
        return byNode.startingWith(node + '\0');
    }

    /** What the allocations of a node hold of it together. */
    public NodeUse useOf(String node) {
        NodeUse found = use.get(node);
        return found == null ? NodeUse.NONE : found;
    }

    /** The allocations of a node that hold something of it. */
    public List<Allocation> liveOn(String node) {
        List<Allocation> live = new ArrayList<>();
        for (Allocation allocation : allocationsOn(node)) {
            if (!allocation.isTerminal()) {
                live.add(allocation);
            }
        }
        return live;
    }

    public List<Evaluation> evaluationsOf(String namespace, String job) {
        return evaluationsByJob.startingWith(key(namespace, job, ""));
    }

    /** Null where there is none. */
    public Variable variable(String namespace, String path) {
        return variables.get(key(namespace, path));
    }

    /** The native services of a name, in the order of their ids. */
    public List<NativeService> servicesOf(String namespace, String name) {
        return servicesByName.startingWith(key(namespace, name, ""));
    }

    /** In the order of their ids. */
    public List<Deployment> deploymentsOf(String namespace, String job) {
        return deploymentsByJob.startingWith(key(namespace, job, ""));
    }

    /** The deployment that was created last, null where there is none. */
    public Deployment latestDeployment(String namespace, String job) {
        Deployment latest = null;
        for (Deployment deployment : deploymentsOf(namespace, job)) {
            if (latest == null || deployment.createIndex() > latest.createIndex()) {
                latest = deployment;
            }
        }
        return latest;
    }

    /**
     * The index of the last change of a topic; for one that never changed that of its table, at least 1. There are too many allocations
     * to keep each index twice: theirs is the one that they tell themselves, or that at which all of them came in place of others.
     */
    public long indexOf(String topic, String table) {
        Allocation allocation = allocations.get(Topic.allocationOf(topic));
        if (allocation != null) {
            Long whole = touched.get(Topic.EVERYTHING);
            return Math.max(allocation.modifyIndex(), whole == null ? 1 : whole);
        }
        Long at = touched.get(topic);
        if (at == null) {
            at = touched.get(table);
        }
        return at == null ? 1 : Math.max(1, at);
    }
}
