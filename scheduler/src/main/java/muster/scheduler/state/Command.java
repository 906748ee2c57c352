package muster.scheduler.state;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import muster.scheduler.job.Job;
import muster.scheduler.job.VersionTag;
import muster.wire.Key;

/**
 * The changes of the state. Ids and times come with them, so that applying one gives the same everywhere; indexes are set
 * when it is applied. Evaluations in a command are committed together with the change that needs them.
 */
public sealed interface Command {
    /**
     * Adds a job or a new version of one. With {@code enforceIndex} the stored job has to have exactly that modify index (0:
     * must not exist). {@code evaluation} is null for jobs that only have children, {@code submission} where the source is not known.
     */
    record RegisterJob(Job job, Evaluation evaluation, boolean enforceIndex, long jobModifyIndex, ScaleOrder scale,
            @Key(omitNull = true) JobSubmission submission) implements Command {
        /** Of a job whose source nobody told. */
        public RegisterJob(Job job, Evaluation evaluation, boolean enforceIndex, long jobModifyIndex, ScaleOrder scale) {
            this(job, evaluation, enforceIndex, jobModifyIndex, scale, null);
        }
    }

    /** The group whose count a registration changes, and the event that tells of it. */
    record ScaleOrder(String group, ScalingEvent event) {}

    /** Stops a job, or removes it altogether. */
    record DeregisterJob(String namespace, String id, boolean purge, Evaluation evaluation) implements Command {}

    /** Adds or replaces evaluations. */
    record UpdateEvaluations(List<Evaluation> evaluations) implements Command {}

    /** What became of a plan. */
    record ApplyPlan(PlanResult plan) implements Command {}

    /** What clients report of their allocations, and the evaluations that follow from it. */
    record UpdateFromClients(List<Allocation> allocations, List<Evaluation> evaluations, long now) implements Command {}

    /** Wishes for allocations. */
    record UpdateTransitions(Map<String, DesiredTransition> transitions, List<Evaluation> evaluations) implements Command {}

    /** Adds a node or replaces what is known of it. */
    record RegisterNode(Node node, NodeEvent event, List<Evaluation> evaluations) implements Command {}

    /** A node's status, in seconds since 1970. */
    record UpdateNodeStatus(String id, String status, long updatedAt, NodeEvent event, List<Evaluation> evaluations)
            implements Command {}

    record UpdateNodeEligibility(String id, String eligibility, NodeEvent event, List<Evaluation> evaluations)
            implements Command {}

    /** Starts, changes or (with a null strategy) ends the drain of a node. */
    record UpdateNodeDrain(String id, DrainStrategy strategy, boolean markEligible, DrainMetadata last, NodeEvent event,
            List<Evaluation> evaluations) implements Command {}

    record AddNodeEvents(String id, List<NodeEvent> events) implements Command {}

    record DeregisterNode(String id, List<Evaluation> evaluations) implements Command {}

    /** A deployment's status, the job to go back to, and the evaluation that acts on it; the last two may be null. */
    record UpdateDeployment(String id, String status, String description, Job rollback, Evaluation evaluation)
            implements Command {}

    /** Makes the canaries of these groups (null: all) a part of their job. */
    record PromoteDeployment(String id, List<String> groups, Evaluation evaluation) implements Command {}

    /** Health set from outside, with a new status if {@code status} is not null. */
    record SetAllocationHealth(String id, List<String> healthy, List<String> unhealthy, Instant now, String status,
            String description, Job rollback, Evaluation evaluation) implements Command {}

    /** Marks a version of a job as one to go back to. */
    record SetJobStability(String namespace, String id, long version, boolean stable) implements Command {}

    /** Names a version of a job, the current one for null; with a null tag takes the name off whatever version has it. */
    record TagJobVersion(String namespace, String id, Long version, String name, VersionTag tag) implements Command {}

    /** Something an autoscaler says without changing the count. */
    record AddScalingEvent(String namespace, String id, String group, ScalingEvent event) implements Command {}

    record SetConfiguration(SchedulerConfiguration configuration, boolean checkIndex, long modifyIndex) implements Command {}

    /** The last launch of a periodic job, in seconds since 1970. */
    record SetLaunch(String namespace, String id, long time) implements Command {}

    /**
     * Adds or replaces a variable. {@code expected} is the modify index it has to have (0: must not exist), null for any; with
     * another the command has no effect and answers 0. So it does where somebody holds the variable whose lock it does not bear.
     */
    record WriteVariable(Variable variable, Long expected) implements Command {
        /** Values are secrets. */
        @Override
        public String toString() {
            return "WriteVariable[" + variable + ", " + expected + "]";
        }
    }

    /**
     * Locks a variable, which is made where there is none; without items it keeps those that it has. No effect, and 0, where somebody
     * else holds it.
     */
    record AcquireLock(Variable variable) implements Command {
        /** Values are secrets. */
        @Override
        public String toString() {
            return "AcquireLock[" + variable + "]";
        }
    }

    /** A sign of life of a lock's holder: changes nothing, but the time begins again. 0 where the lock is not his. */
    record RenewLock(String namespace, String path, String lockId) implements Command {
        @Override
        public String toString() {
            return "RenewLock[" + namespace + ", " + path + "]";
        }
    }

    /** Lets a variable go; 0 where the lock is not of this holder. {@code now} in nanoseconds since 1970. */
    record ReleaseLock(String namespace, String path, String lockId, long now) implements Command {
        @Override
        public String toString() {
            return "ReleaseLock[" + namespace + ", " + path + "]";
        }
    }

    /** Removes a variable, if there is one and nobody holds it; {@code expected} as for writing. */
    record DeleteVariable(String namespace, String path, Long expected) implements Command {}

    /** Adds or replaces namespaces. */
    record UpsertNamespaces(List<Namespace> namespaces) implements Command {}

    /** Removes namespaces by name; refused where one of their jobs is not over. */
    record DeleteNamespaces(List<String> names) implements Command {}

    /** Adds or replaces node pools; those that are always there are refused. */
    record UpsertNodePools(List<NodePool> pools) implements Command {}

    /** Removes node pools by name; refused where a node or a job that is not over belongs to one. */
    record DeleteNodePools(List<String> names) implements Command {}

    /** Adds or replaces policies of access control. */
    record UpsertPolicies(List<AclPolicy> policies) implements Command {}

    /** Removes policies by name. Tokens that name them lose what these gave. */
    record DeletePolicies(List<String> names) implements Command {}

    record UpsertRoles(List<AclRole> roles) implements Command {}

    /** Removes roles by id. */
    record DeleteRoles(List<String> ids) implements Command {}

    /** Adds or replaces auth methods; refused where that makes a second default. */
    record UpsertAuthMethods(List<AclAuthMethod> methods) implements Command {}

    /** Removes auth methods by name; refused for one that there is not. Their binding rules go with them. */
    record DeleteAuthMethods(List<String> names) implements Command {}

    /** Adds or replaces binding rules; refused where the method is gone. */
    record UpsertBindingRules(List<AclBindingRule> rules) implements Command {}

    /** Removes binding rules by id; refused for one that there is not. */
    record DeleteBindingRules(List<String> ids) implements Command {}

    record UpsertTokens(List<AclToken> tokens) implements Command {}

    /** Removes tokens by accessor. */
    record DeleteTokens(List<String> accessors) implements Command {}

    /**
     * Adds the first management token. Once only: another time it is refused, unless {@code resetIndex} is the index of the last
     * time, which an operator shows to have access to the servers' disks.
     */
    record BootstrapAcl(AclToken token, long resetIndex) implements Command {}

    record CreateOneTimeToken(OneTimeToken token) implements Command {}

    /** Removes one-time tokens by secret: what is used up and what has ended. */
    record DeleteOneTimeTokens(List<String> secrets) implements Command {
        /** Secrets reach no log. */
        @Override
        public String toString() {
            return "DeleteOneTimeTokens[" + (secrets == null ? 0 : secrets.size()) + "]";
        }
    }

    /** Lists native services, or replaces them under their ids. Those of an allocation that has ended are left out. */
    record RegisterServices(List<NativeService> services) implements Command {}

    /** Takes native services out. */
    record DeregisterServices(List<String> ids) implements Command {}

    /** Removes what is over: ids of evaluations, allocations, deployments and nodes, and keys of jobs. */
    record Collect(List<String> evaluations, List<String> allocations, List<String> deployments, List<String> jobs,
            List<String> nodes) implements Command {}

    /** Counts all summaries anew. */
    record ReconcileSummaries() implements Command {}

    /** A server begins to lead: what an earlier leader proposes from now on is refused. The term is a new random id. */
    record TakeLead(String term) implements Command {}

    /** What only the leader may do, in its term; refused in another's. Not nested. */
    record OfLeader(String term, Command command) implements Command {}

    record SetAutopilot(Autopilot rules, boolean checkIndex, long modifyIndex) implements Command {}

    /**
     * A piece of a saved state, packed, that is to replace everything once its last piece is there. Pieces of another
     * restoration put an end to the earlier one.
     */
    record RestorePiece(String id, int number, boolean last, byte[] bytes) implements Command {}
}
