package muster.scheduler.state;

import java.util.List;
import java.util.function.Consumer;
import muster.scheduler.job.Values;

/**
 * A new state in the making: the tables of the old one, each in the hands of the editor that keeps it and its secondary tables in step.
 * Lives for one command, on the applying thread.
 */
final class Edit {
    final long index;
    final Touched touched;
    Statuses statuses;
    JobEdit jobs;
    EvaluationEdit evaluations;
    AllocationEdit allocations;
    DeploymentEdit deployments;
    NodeEdit nodes;
    ServiceEdit services;
    VariableEdit variables;
    AccessEdit access;
    private SchedulerConfiguration configuration;
    private Servers servers;

    Edit(State from, long index, String type) {
        this.index = index;
        touched = new Touched(index, type, from.touched());
        take(from);
    }

    private void take(State from) {
        statuses = new Statuses(from.summaries(), touched);
        jobs = new JobEdit(from, statuses, touched);
        evaluations = new EvaluationEdit(from, statuses, touched);
        services = new ServiceEdit(from, touched);
        allocations = new AllocationEdit(from, statuses, services, touched);
        deployments = new DeploymentEdit(from, touched);
        nodes = new NodeEdit(from, touched);
        variables = new VariableEdit(from.variables(), touched);
        access = new AccessEdit(from, touched);
        configuration = from.configuration();
        servers = from.servers();
    }

    /** The state with all that was edited; nothing may be edited afterwards. */
    State done() {
        statuses.settle(jobs, allocations, evaluations);
        touched.settle();
        return new State(index, jobs.jobs(), jobs.versions(), statuses.summaries(), evaluations.all(), evaluations.byJob(),
                allocations.all(), allocations.byJob(), allocations.byNode(), allocations.use(), deployments.all(),
                deployments.byJob(), nodes.all(), jobs.scalingEvents(), jobs.launches(), variables.all(), services.all(),
                services.byName(), access.namespaces(), nodes.pools(), jobs.submissions(), access.acl(), configuration, servers,
                touched.indexes());
    }

    /** Does one thing to each of a list; null is an empty one. Returns the index. */
    <T> long each(List<T> list, Consumer<T> change) {
        Values.orEmpty(list).forEach(change);
        return index;
    }

    void setConfiguration(SchedulerConfiguration changed) {
        configuration = changed.at(index);
        touched.topic(Topic.CONFIG);
    }

    void setServers(Servers changed) {
        servers = changed;
        touched.topic(Topic.SERVERS);
    }

    /** Everything is as in the other state, but newly changed: indexes never go back. */
    void replaceAll(State other, Servers own) {
        touched.replace(other.touched());
        take(other);
        setServers(own.withAutopilot(other.servers().autopilot()));
    }
}
