package muster.scheduler.state;

import java.util.List;

/** Deployments, by id and by job. Part of an {@link Edit}. */
final class DeploymentEdit {
    private final Touched touched;
    private Table<Deployment> all;
    private Table<Deployment> byJob;

    DeploymentEdit(State from, Touched touched) {
        this.touched = touched;
        all = from.deployments();
        byJob = from.deploymentsByJob();
    }

    Table<Deployment> all() {
        return all;
    }

    Table<Deployment> byJob() {
        return byJob;
    }

    /** Null where there is none. */
    Deployment get(String id) {
        return all.get(id);
    }

    void put(Deployment deployment) {
        Deployment old = all.get(deployment.id());
        Deployment stored = deployment.withCreateIndex(old == null ? touched.index : old.createIndex()).withModifyIndex(touched.index);
        all = all.with(stored.id(), stored);
        byJob = byJob.with(State.key(stored.namespace(), stored.jobId(), stored.id()), stored);
        touched.topic(Topic.DEPLOYMENTS, Topic.deployment(stored.id()));
        touched.topic(Topic.jobDeployments(stored.namespace(), stored.jobId()));
        touched.change("Deployment", stored.id(), stored.namespace(), List.of(stored.jobId()), stored);
    }

    void remove(String id) {
        Deployment old = all.get(id);
        if (old != null) {
            all = all.without(id);
            byJob = byJob.without(State.key(old.namespace(), old.jobId(), id));
            touched.topic(Topic.DEPLOYMENTS, Topic.jobDeployments(old.namespace(), old.jobId()));
            touched.gone(Topic.deployment(id));
        }
    }
}
