package muster.scheduler.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DeploymentState;

/**
 * One group of a job against its allocations: the sets of these, and the steps over them, which follow upon one another and
 * are one protocol. One use.
 */
final class GroupReconciliation {
    private final Reconciler.Input in;
    private final Changes out;
    private final Job job;
    private final boolean batch;
    private final Deployment deployment;
    private final Deployment old;
    private final boolean paused;
    private final boolean failed;
    private final TaskGroup group;
    private final int count;
    private final Map<String, Allocation> all;
    private final Failures failures;
    private Map<String, Allocation> canaries = new LinkedHashMap<>();
    private Map<String, Allocation> untainted;
    private Map<String, Allocation> migrate;
    private Map<String, Allocation> lost;
    private Absent absent;
    private final Map<String, Allocation> inPlace = new LinkedHashMap<>();
    private final Map<String, Allocation> destructive = new TreeMap<>();
    private final boolean existing;
    private DeploymentState state;
    private NameIndex names;
    private int canary;
    private int replaced;
    private int ignored;
    private int placed;
    private int stopped;

    /**
     * @param deployment the one that goes on, or null
     * @param old the one that is over or overtaken, or null
     */
    GroupReconciliation(Reconciler.Input in, Changes out, Deployment deployment, Deployment old, TaskGroup group,
            Map<String, Allocation> allocations) {
        this.in = in;
        this.out = out;
        this.deployment = deployment;
        this.old = old;
        job = in.job();
        batch = "batch".equals(job.type());
        paused = deployment != null && deployment.status().equals(Deployment.PAUSED);
        failed = deployment != null && deployment.status().equals(Deployment.FAILED);
        this.group = group;
        count = group.count() == null ? 1 : group.count();
        all = new LinkedHashMap<>(allocations);
        failures = new Failures(in, out, deployment);
        state = deployment == null ? null : deployment.taskGroups().get(group.name());
        existing = state != null;
        if (state == null) {
            state = new DeploymentState(hasUpdate() && Boolean.TRUE.equals(group.update().autoPromote()),
                    hasUpdate() && Boolean.TRUE.equals(group.update().autoRevert()), 0, 0, 0, 0, null,
                    hasUpdate() ? group.update().progressDeadline() : Duration.ZERO, false, null, 0);
        }
    }

    private boolean hasUpdate() {
        return group.update() != null && group.update().maxParallel() != null && group.update().maxParallel() > 0;
    }

    private boolean awaitsPromotion() {
        return state.desiredCanaries() != 0 && !state.promoted();
    }

    /** Returns whether nothing is left to do for the group's part of the deployment. */
    boolean run() {
        if (batch) {
            ignoreOldResults();
        }
        separateCanaries();
        Tainted sets = Tainted.of(all, in.tainted());
        absent = new Absent(in, out, group);
        absent.separate(sets);
        untainted = sets.untainted;
        migrate = sets.migrate;
        lost = sets.lost;
        failures.separate(untainted);
        canaries.keySet().retainAll(untainted.keySet());
        stopped += absent.settleReturned(untainted);
        untainted.values().removeIf(allocation -> allocation.clientStatus().equals(Allocation.UNKNOWN)
                && !allocation.nextAllocation().isEmpty());
        names = names();
        out.stop(lost.values(), Allocation.LOST, Reconciler.LOST);
        stopped += lost.size();
        stopped += new Surplus(in, out, group, names, failures).stop(untainted, migrate,
                awaitsPromotion() ? canaries.keySet() : Set.of());
        classify();
        int wanted = destructive.size() + inPlace.size();
        if (awaitsPromotion()) {
            untainted.keySet().removeAll(canaries.keySet());
        }
        boolean needsCanaries = placeCanaries();
        int limit = limit();
        List<Changes.Placement> placements = placements();
        if (!existing) {
            state = desired(wanted + placements.size());
        }
        place(placements, limit);
        migrate();
        out.desired.put(group.name(), new DesiredUpdates(canary, replaced, ignored, inPlace.size(), migrate.size(), placed,
                0, stopped));
        deploy();
        return destructive.isEmpty() && inPlace.isEmpty() && placements.isEmpty() && migrate.isEmpty() && failures.now.isEmpty()
                && failures.later() == 0 && !needsCanaries && isHealthy();
    }

    private boolean isHealthy() {
        DeploymentState s = deployment == null ? null : deployment.taskGroups().get(group.name());
        return s == null || s.healthyAllocs() >= Math.max(s.desiredTotal(), s.desiredCanaries())
                && (s.desiredCanaries() == 0 || s.promoted());
    }

    private DeploymentState desired(int total) {
        return new DeploymentState(state.autoPromote(), state.autoRevert(), state.desiredCanaries(), total, 0, 0, null,
                state.progressDeadline(), state.promoted(), null, 0);
    }

    /** What ended for an older version of a batch job neither counts nor runs again. */
    private void ignoreOldResults() {
        all.values().removeIf(allocation -> {
            boolean older = allocation.job().version() < job.version()
                    || allocation.job().createIndex() < job.createIndex();
            boolean ignore = older && allocation.isTerminal();
            ignored += ignore ? 1 : 0;
            return ignore;
        });
    }

    private void separateCanaries() {
        Set<String> obsolete = new TreeSet<>();
        for (Deployment over : new Deployment[] {old, failed ? deployment : null}) {
            if (over != null) {
                over.taskGroups().values().stream().filter(g -> !g.promoted())
                        .forEach(g -> obsolete.addAll(Values.orEmpty(g.placedCanaries())));
            }
        }
        for (String id : obsolete) {
            Allocation allocation = all.remove(id);
            if (allocation != null && !allocation.isTerminal()) {
                out.stop(List.of(allocation), "", Reconciler.NOT_NEEDED);
                stopped++;
            }
        }
        if (deployment == null || state.placedCanaries() == null) {
            return;
        }
        Map<String, Allocation> own = new LinkedHashMap<>(all);
        own.keySet().retainAll(state.placedCanaries());
        Tainted sets = Tainted.of(own, in.tainted());
        out.stop(sets.migrate.values(), "", Reconciler.MIGRATING);
        out.stop(sets.lost.values(), Allocation.LOST, Reconciler.LOST);
        all.keySet().removeAll(sets.migrate.keySet());
        all.keySet().removeAll(sets.lost.keySet());
        canaries = sets.untainted;
    }

    private NameIndex names() {
        Map<String, Allocation> used = new LinkedHashMap<>(untainted);
        used.putAll(migrate);
        used.putAll(failures.now);
        used.putAll(lost);
        used.putAll(absent.away);
        used.putAll(absent.held);
        return new NameIndex(in.jobId(), group.name(), count, used.values());
    }

    private void classify() {
        for (Allocation allocation : untainted.values()) {
            if (allocation.job().jobModifyIndex().equals(job.jobModifyIndex())
                    && allocation.job().createIndex().equals(job.createIndex())) {
                ignored++;
            } else if (SpecChange.isDestructive(allocation.job(), job, group.name())) {
                destructive.put(order(allocation), allocation);
            } else if (allocation.isTerminal()) {
                ignored++;
            } else if (in.updatesInPlace().test(allocation, group)) {
                inPlace.put(allocation.id(), allocation);
                out.inPlace.add(allocation);
            } else {
                destructive.put(order(allocation), allocation);
            }
        }
    }

    private String order(Allocation allocation) {
        return String.format("%010d %s", allocation.index(), allocation.id());
    }

    /** A canary that was lost comes back though nothing is left that it would be tried beside: else its deployment waits forever. */
    private boolean placeCanaries() {
        int asked = group.update() == null || group.update().canary() == null ? 0 : group.update().canary();
        boolean needed = (!destructive.isEmpty() || awaitsPromotion()) && hasUpdate() && canaries.size() < asked && !state.promoted();
        if (needed) {
            state = new DeploymentState(state.autoPromote(), state.autoRevert(), asked, state.desiredTotal(),
                    state.healthyAllocs(), state.placedAllocs(), state.placedCanaries(), state.progressDeadline(),
                    state.promoted(), state.requireProgressBy(), state.unhealthyAllocs());
        }
        if (needed && !paused && !failed) {
            canary = asked - canaries.size();
            for (String name : names.canaries(canary, canaries.values(), destructive.values())) {
                out.place.add(new Changes.Placement(name, group, null, true, false, false));
            }
        }
        return needed;
    }

    private int limit() {
        if (!hasUpdate() || destructive.isEmpty() && migrate.isEmpty()) {
            return count;
        }
        if (paused || failed || awaitsPromotion()) {
            return 0;
        }
        int limit = group.update().maxParallel();
        if (deployment != null) {
            for (Allocation allocation : untainted.values()) {
                if (allocation.deploymentId().equals(deployment.id())) {
                    if (allocation.isUnhealthy()) {
                        return 0;
                    }
                    limit -= allocation.isHealthy() ? 0 : 1;
                }
            }
        }
        return Math.max(0, limit);
    }

    private List<Changes.Placement> placements() {
        List<Changes.Placement> placements = new ArrayList<>();
        int there = untainted.size() + migrate.size() + failures.now.size() + absent.held.size();
        for (Allocation allocation : failures.now.values()) {
            placements.add(new Changes.Placement(successor(allocation), group, allocation, allocation.isCanary(), true, false));
        }
        Map<String, Allocation> gone = new LinkedHashMap<>(absent.away);
        gone.putAll(lost);
        for (Allocation allocation : gone.values()) {
            if (there >= count) {
                break;
            }
            there++;
            placements.add(new Changes.Placement(successor(allocation), group, allocation, allocation.isCanary(), false, true));
        }
        if (there < count) {
            for (String name : names.next(count - there)) {
                placements.add(new Changes.Placement(name, group, null, false, false, false));
            }
        }
        return placements;
    }

    /** A canary keeps the number of the instance that it is going to replace. */
    private String successor(Allocation allocation) {
        return allocation.isCanary() ? allocation.name() : names.successor(allocation);
    }

    private void place(List<Changes.Placement> placements, int limit) {
        boolean ready = !paused && !failed && !awaitsPromotion();
        if (ready) {
            placements.forEach(this::placeOne);
            int left = limit - Math.min(placements.size(), limit);
            for (Allocation allocation : destructive.values()) {
                if (replaced < left) {
                    replaced++;
                    out.replace.add(new Changes.Replacement(allocation,
                            new Changes.Placement(names.successor(allocation), group, allocation, false, false, false)));
                } else {
                    ignored++;
                }
            }
            return;
        }
        ignored += destructive.size();
        for (Changes.Placement placement : placements) {
            boolean ofFailed = failed && placement.previous() != null
                    && placement.previous().deploymentId().equals(deployment.id());
            if (placement.lost() || placement.reschedule() && !ofFailed) {
                placeOne(placement);
            }
        }
    }

    private void placeOne(Changes.Placement placement) {
        placed++;
        out.place.add(placement);
        if (placement.reschedule()) {
            out.stop(List.of(placement.previous()), "", Reconciler.RESCHEDULED);
            stopped++;
        }
    }

    private void migrate() {
        migrate.values().stream().sorted(Comparator.comparingInt(Allocation::index)).forEach(allocation -> {
            out.stop(List.of(allocation), "", Reconciler.MIGRATING);
            out.place.add(new Changes.Placement(successor(allocation), group, allocation, allocation.isCanary(), false, false));
        });
    }

    private void deploy() {
        boolean updates = !destructive.isEmpty() || !inPlace.isEmpty();
        boolean ran = all.values().stream().anyMatch(allocation -> allocation.job() != null
                && allocation.job().version().equals(job.version())
                && allocation.job().createIndex().equals(job.createIndex()));
        if (existing || batch || !hasUpdate() || state.desiredTotal() == 0 || ran && !updates) {
            return;
        }
        if (deployment != null && out.created == null) {
            return;
        }
        Map<String, DeploymentState> groups = new TreeMap<>(
                out.created == null ? Map.of() : out.created.taskGroups());
        groups.put(group.name(), state);
        out.created = new Deployment(0, out.created == null ? in.ids().get() : out.created.id(), false,
                job.createIndex(), job.id(), job.modifyIndex(), job.jobModifyIndex(), job.version(), 0, job.namespace(),
                Deployment.RUNNING, "Deployment is running", groups);
    }
}
