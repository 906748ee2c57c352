package muster.scheduler.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DeploymentState;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;

/**
 * One group of a job against its allocations: the sets of these, and the steps over them, which follow upon one another and
 * are one protocol. One use.
 */
final class GroupReconciliation {
    /** Failed allocations whose time is this near are placed at once. */
    private static final Duration NEAR = Duration.ofSeconds(1);
    /** Delayed placements within this time share an evaluation. */
    private static final Duration BATCH = Duration.ofSeconds(5);

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
    private final Map<String, Allocation> now = new LinkedHashMap<>();
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
    private int later;
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
        separateFailed();
        stopped += absent.settleReturned(untainted);
        untainted.values().removeIf(allocation -> allocation.clientStatus().equals(Allocation.UNKNOWN)
                && !allocation.nextAllocation().isEmpty());
        names = names();
        stopSurplus();
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
        return destructive.isEmpty() && inPlace.isEmpty() && placements.isEmpty() && migrate.isEmpty() && now.isEmpty()
                && later == 0 && !needsCanaries && isHealthy();
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

    /** Takes out what ended, and finds which of the failed are to be placed again now or later. */
    private void separateFailed() {
        TreeMap<Instant, Allocation> delayed = new TreeMap<>();
        untainted.values().removeIf(allocation -> {
            if (!allocation.nextAllocation().isEmpty() && allocation.isTerminal() || isOver(allocation)) {
                return true;
            }
            if (allocation.clientStatus().equals(Allocation.FAILED) && !allocation.isServerTerminal()) {
                return separate(allocation, delayed);
            }
            return false;
        });
        canaries.keySet().retainAll(untainted.keySet());
        followUp(delayed);
    }

    private boolean isOver(Allocation allocation) {
        boolean successful = allocation.clientStatus().equals(Allocation.COMPLETE)
                && Values.orEmpty(allocation.taskStates()).values().stream().allMatch(t -> t.isSuccessful());
        if (batch) {
            return allocation.isServerTerminal() && !successful;
        }
        return allocation.isServerTerminal() || allocation.clientStatus().equals(Allocation.COMPLETE)
                || allocation.clientStatus().equals(Allocation.LOST);
    }

    private boolean separate(Allocation allocation, TreeMap<Instant, Allocation> delayed) {
        DesiredTransition wish = allocation.desiredTransition() == null
                ? DesiredTransition.NONE : allocation.desiredTransition();
        boolean ofDeployment = deployment != null && allocation.deploymentId().equals(deployment.id())
                && deployment.isActive() && !Boolean.TRUE.equals(wish.reschedule());
        if (ofDeployment) {
            return false;
        }
        Optional<Instant> at = Rescheduling.eligibleAt(allocation);
        boolean forced = Boolean.TRUE.equals(wish.forceReschedule());
        boolean due = at.isPresent() && (allocation.followupEvalId().equals(in.evaluation().id())
                || Duration.between(in.now(), at.get()).compareTo(NEAR) <= 0);
        if (forced || due) {
            now.put(allocation.id(), allocation);
            return true;
        }
        if (at.isPresent() && allocation.followupEvalId().isEmpty()) {
            Instant free = at.get();
            while (delayed.containsKey(free)) {
                free = free.plusNanos(1);
            }
            delayed.put(free, allocation);
        }
        return false;
    }

    private void followUp(TreeMap<Instant, Allocation> delayed) {
        later = delayed.size();
        Evaluation current = null;
        for (Map.Entry<Instant, Allocation> entry : delayed.entrySet()) {
            if (current == null || Duration.between(current.waitUntil(), entry.getKey()).compareTo(BATCH) > 0) {
                current = followUpAt(entry.getKey());
                out.evaluations.add(current);
            }
            out.followups.put(entry.getValue().id(), current.id());
        }
    }

    private Evaluation followUpAt(Instant time) {
        long stamp = Rescheduling.nanos(in.now());
        return new Evaluation(false, "", null, 0, stamp, "", false, null, in.ids().get(), in.jobId(),
                job.modifyIndex(), "", 0, stamp, in.namespace(), "", "", 0, "", job.priority(), null, "", 0,
                Evaluation.PENDING, "created for delayed rescheduling", "alloc-failure", job.type(), Duration.ZERO, time);
    }

    private NameIndex names() {
        Map<String, Allocation> used = new LinkedHashMap<>(untainted);
        used.putAll(migrate);
        used.putAll(now);
        used.putAll(lost);
        used.putAll(absent.away);
        used.putAll(absent.held);
        return new NameIndex(in.jobId(), group.name(), count, used.values());
    }

    private void stopSurplus() {
        out.stop(lost.values(), Allocation.LOST, Reconciler.LOST);
        stopped += lost.size();
        Map<String, Allocation> candidates = new LinkedHashMap<>(untainted);
        if (awaitsPromotion()) {
            candidates.keySet().removeAll(canaries.keySet());
        }
        int surplus = candidates.size() + migrate.size() - count;
        for (Allocation allocation : candidates.values().stream()
                .filter(a -> a.clientStatus().equals(Allocation.FAILED) && !a.isServerTerminal())
                .sorted(Comparator.comparingInt(Allocation::index).reversed()).limit(Math.max(0, surplus)).toList()) {
            giveUp(allocation);
            surplus--;
        }
        candidates.values().removeIf(Allocation::isTerminal);
        surplus = stopNamed(candidates, newestOfEachName(candidates), null, surplus);
        if (surplus > 0 && !migrate.isEmpty()) {
            Set<String> highest = new NameIndex(in.jobId(), group.name(), count, migrate.values()).highest(surplus);
            surplus = stopNamed(migrate, Set.of(), highest, surplus);
        }
        if (surplus > 0) {
            surplus = stopNamed(candidates, Set.of(), names.highest(surplus), surplus);
            stopNamed(candidates, Set.of(), null, surplus);
        }
        int room = Math.max(0, count - migrate.size() - untainted.size()
                + (awaitsPromotion() ? canaries.size() : 0));
        now.values().stream().filter(allocation -> !allocation.isCanary())
                .sorted(Comparator.comparingInt(Allocation::index)).skip(room).toList().forEach(this::giveUp);
    }

    /** What failed goes before what runs, and is not placed again, where there are more than the count. */
    private void giveUp(Allocation allocation) {
        out.stop(List.of(allocation), "", Reconciler.NOT_NEEDED);
        stopped++;
        now.remove(allocation.id());
        untainted.remove(allocation.id());
        later -= out.followups.remove(allocation.id()) == null ? 0 : 1;
        names.release(allocation);
    }

    /** Where two have one number, as after a promotion, the older version is the one too many. */
    private static Set<String> newestOfEachName(Map<String, Allocation> candidates) {
        Map<String, Allocation> newest = new TreeMap<>();
        for (Allocation allocation : candidates.values()) {
            newest.merge(allocation.name(), allocation,
                    (one, other) -> other.job().version() > one.job().version() ? other : one);
        }
        Set<String> ids = new TreeSet<>();
        newest.values().forEach(allocation -> ids.add(allocation.id()));
        return ids;
    }

    /** Stops up to {@code surplus} of the candidates with one of the names (null: any); returns how many are left over. */
    private int stopNamed(Map<String, Allocation> candidates, Set<String> spared, Set<String> wanted, int surplus) {
        int left = surplus;
        for (Allocation allocation : List.copyOf(candidates.values())) {
            if (left > 0 && !spared.contains(allocation.id())
                    && (wanted == null || wanted.contains(allocation.name()))) {
                out.stop(List.of(allocation), "", Reconciler.NOT_NEEDED);
                stopped++;
                left--;
                candidates.remove(allocation.id());
                untainted.remove(allocation.id());
                migrate.remove(allocation.id());
                names.release(allocation);
            }
        }
        return left;
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

    private boolean placeCanaries() {
        int asked = group.update() == null || group.update().canary() == null ? 0 : group.update().canary();
        boolean needed = !destructive.isEmpty() && hasUpdate() && canaries.size() < asked && !state.promoted();
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
        int there = untainted.size() + migrate.size() + now.size() + absent.held.size();
        for (Allocation allocation : now.values()) {
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
