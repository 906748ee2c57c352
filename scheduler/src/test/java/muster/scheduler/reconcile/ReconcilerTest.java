package muster.scheduler.reconcile;

import static muster.scheduler.Instances.completed;
import static muster.scheduler.Instances.deployed;
import static muster.scheduler.Instances.failed;
import static muster.scheduler.Instances.migrating;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.job.ReschedulePolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.UpdateStrategy;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DeploymentState;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is to change, as one line: the numbers of the instances under each kind of change in alphabetical order, then what
 * happens to deployments. Replacements "as" others get new numbers. A stop is told by its reason: "stop" (not needed), "migrate", "lost", "reschedule".
 */
class ReconcilerTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String UP = "up";
    private static final String DOWN = "down";
    private static final String GONE = "gone";
    private static final String DRAINING = "draining";

    /** Job versions: the first; one that needs new processes; one that does not. */
    private static final Job FIRST = stamped(Samples.job("app", 3), 0, 10);
    private static final Job OTHER_ENV = stamped(changed(FIRST, g -> g.withTasks(List.of(
            g.task("main").withEnv(Map.of("A", "1"))))), 1, 20);
    private static final Job OTHER_RESTART = stamped(changed(FIRST, g -> g.withRestartPolicy(null)), 1, 20);
    private static final Job WITH_CANARY = updating(OTHER_ENV, 1, 1);
    private static final Job BATCH = batch(FIRST);

    private record Situation(Job job, List<Allocation> there, Deployment deployment, String evaluation, boolean nodesTake) {
        Situation {
            there = List.copyOf(there);
        }
    }

    record Case(String name, Situation given, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Situation job(Job job, Allocation... there) {
        return new Situation(job, List.of(there), null, "evaluation", true);
    }

    private static Situation deploying(Job job, Deployment deployment, Allocation... there) {
        return new Situation(job, List.of(there), deployment, "evaluation", true);
    }

    private static Allocation old(int index) {
        return Instances.of(FIRST, index, UP);
    }

    private static Allocation on(String node, int index) {
        return Instances.of(FIRST, index, node);
    }

    private static Allocation fresh(Job job, int index, Boolean healthy) {
        return deployed(Instances.of(job, index, UP), "d", false, healthy);
    }

    private static Allocation canary(int index, Boolean healthy) {
        return deployed(Instances.of(WITH_CANARY, index, UP), "d", true, healthy);
    }

    private static Job changed(Job job, UnaryOperator<TaskGroup> change) {
        return job.withTaskGroups(List.of(change.apply(job.group("web"))));
    }

    private static Job counting(Job job, int count) {
        return changed(job, g -> g.withCount(count));
    }

    private static Job updating(Job job, int maxParallel, int canaries) {
        return changed(job, g -> g.withUpdate(new UpdateStrategy(false, false, canaries, "checks", Duration.ofMinutes(5),
                maxParallel, Duration.ZERO, Duration.ofMinutes(10), Duration.ofSeconds(30))));
    }

    private static Job stamped(Job job, long version, long index) {
        return job.withVersion(version).withCreateIndex(10L).withModifyIndex(index).withJobModifyIndex(index);
    }

    private static Job batch(Job job) {
        return Samples.read(Job.class, new String(muster.wire.Json.write(job), java.nio.charset.StandardCharsets.UTF_8)
                .replace("\"Type\":\"service\"", "\"Type\":\"batch\""));
    }

    private static Job rescheduling(Job job, boolean unlimited, Duration delay) {
        return changed(job, g -> g.withReschedulePolicy(new ReschedulePolicy(0, delay, "constant", Duration.ZERO, Duration.ZERO,
                unlimited)));
    }

    private static Deployment deployment(Job job, String status, int healthy, int canaries, boolean promoted,
            Allocation... placedCanaries) {
        List<String> ids = new ArrayList<>();
        for (Allocation canary : placedCanaries) {
            ids.add(canary.id());
        }
        return new Deployment(5, "d", false, job.createIndex(), job.id(), job.modifyIndex(), job.jobModifyIndex(), job.version(),
                5, "default", status, "", Map.of("web", new DeploymentState(false, false, canaries, 3, healthy, 0,
                        ids.isEmpty() ? null : ids, Duration.ofMinutes(10), promoted, null, 0)));
    }

    private static Deployment running(Job job, int healthy) {
        return deployment(job, Deployment.RUNNING, healthy, 0, false);
    }

    static List<Case> counts() {
        return List.of(
                new Case("a new job places as many instances as it counts", job(FIRST), "place 0 1 2, deploy 3"),
                new Case("a job that is as it should be changes nothing", job(FIRST, old(0), old(1), old(2)), ""),
                new Case("a higher count takes the lowest free numbers", job(counting(FIRST, 4), old(0), old(2)), "place 1 3"),
                new Case("a lower count stops the highest numbers", job(counting(FIRST, 1), old(0), old(1), old(2)), "stop 1 2"),
                new Case("a count of none stops all", job(counting(FIRST, 0), old(0), old(1)), "stop 0 1"),
                new Case("of two with one number the surplus one stops",
                        job(counting(FIRST, 1), old(0), on("another", 0)), "stop 0"),
                new Case("the number of a lost instance is used again", job(FIRST, old(0), on(DOWN, 1), old(2)),
                        "lost 1, place 1"),
                new Case("a stopped job stops all", job(FIRST.withStop(true), old(0), old(1)), "stop 0 1"),
                new Case("a purged job stops all, and what is on dead nodes is lost", job(null, old(0), on(DOWN, 1)),
                        "lost 1, stop 0"),
                new Case("a group that the job no longer has stops",
                        job(FIRST.withTaskGroups(List.of()), old(0)), "stop 0"),
                new Case("a service instance that ended by itself is placed anew", job(FIRST, completed(old(0), NOW), old(1),
                        old(2)), "place 0"));
    }

    static List<Case> updates() {
        Deployment canaries = deployment(WITH_CANARY, Deployment.RUNNING, 0, 1, false, canary(0, null));
        Deployment promoted = deployment(WITH_CANARY, Deployment.RUNNING, 1, 1, true, canary(0, true));
        return List.of(
                new Case("new processes are needed one after the other", job(OTHER_ENV, old(0), old(1), old(2)),
                        "replace 0, deploy 3"),
                new Case("without an update block all are replaced at once",
                        job(changed(OTHER_ENV, g -> g.withUpdate(null)), old(0), old(1), old(2)), "replace 0 1 2"),
                new Case("what needs no new processes is updated in place", job(OTHER_RESTART, old(0), old(1), old(2)),
                        "update 0 1 2, deploy 3"),
                new Case("what its node can take no longer is replaced instead",
                        new Situation(OTHER_RESTART, List.of(old(0), old(1), old(2)), null, "evaluation", false),
                        "replace 0, deploy 3"),
                new Case("an instance without a verdict holds up the next",
                        deploying(OTHER_ENV, running(OTHER_ENV, 0), fresh(OTHER_ENV, 0, null), old(1), old(2)), ""),
                new Case("a healthy instance lets the next follow",
                        deploying(OTHER_ENV, running(OTHER_ENV, 1), fresh(OTHER_ENV, 0, true), old(1), old(2)), "replace 1"),
                new Case("an unhealthy instance stops the roll-out",
                        deploying(OTHER_ENV, running(OTHER_ENV, 1), fresh(OTHER_ENV, 0, false), old(1), old(2)), ""),
                new Case("two at a time leaves one place beside one without a verdict",
                        deploying(updating(OTHER_ENV, 2, 0), running(OTHER_ENV, 0), fresh(OTHER_ENV, 0, null), old(1), old(2)),
                        "replace 1"),
                new Case("with all of them healthy the deployment is successful",
                        deploying(OTHER_ENV, running(OTHER_ENV, 3), fresh(OTHER_ENV, 0, true), fresh(OTHER_ENV, 1, true),
                                fresh(OTHER_ENV, 2, true)), "deployment successful"),
                new Case("a newer version cancels the deployment and starts its own",
                        deploying(OTHER_ENV, running(FIRST, 1), old(0), old(1), old(2)), "replace 0, deploy 3, deployment cancelled"),
                new Case("a stopped job cancels its deployment",
                        deploying(FIRST.withStop(true), running(FIRST, 1), old(0)), "stop 0, deployment cancelled"),
                new Case("a paused deployment places nothing",
                        deploying(OTHER_ENV, deployment(OTHER_ENV, Deployment.PAUSED, 0, 0, false), old(0), old(1)), ""),
                new Case("a failed deployment replaces nothing but what is lost",
                        deploying(OTHER_ENV, deployment(OTHER_ENV, Deployment.FAILED, 0, 0, false), old(0), old(1), on(DOWN, 2)),
                        "lost 2, place 2"),
                new Case("a canary is placed beside the others", job(WITH_CANARY, old(0), old(1), old(2)), "canary 0, deploy 3"),
                new Case("until it is promoted nothing else happens",
                        deploying(WITH_CANARY, canaries, old(0), old(1), old(2), canary(0, true)), ""),
                new Case("a promoted canary takes the place of its number, and the others follow",
                        deploying(WITH_CANARY, promoted, old(0), old(1), old(2), canary(0, true)), "replace 1, stop 0"),
                new Case("the namesake of a promoted canary gets a number of its own where one is missing",
                        deploying(WITH_CANARY, promoted, old(0), old(1), canary(0, true)), "as 2, replace 0"),
                new Case("a canary on a dead node is lost and placed anew",
                        deploying(WITH_CANARY, deployment(WITH_CANARY, Deployment.RUNNING, 0, 1, false,
                                deployed(Instances.of(WITH_CANARY, 0, DOWN), "d", true, null)), old(0), old(1), old(2),
                                deployed(Instances.of(WITH_CANARY, 0, DOWN), "d", true, null)), "canary 0, lost 0"),
                new Case("a lost canary is placed anew though all that it was to be tried beside is gone too",
                        deploying(WITH_CANARY, deployment(WITH_CANARY, Deployment.RUNNING, 3, 1, false,
                                deployed(Instances.of(WITH_CANARY, 0, DOWN), "d", true, null)), fresh(WITH_CANARY, 0, true),
                                fresh(WITH_CANARY, 1, true), fresh(WITH_CANARY, 2, true),
                                deployed(Instances.of(WITH_CANARY, 0, DOWN), "d", true, null)), "canary 3, lost 0"),
                new Case("the canaries of a failed deployment stop",
                        deploying(WITH_CANARY, deployment(WITH_CANARY, Deployment.FAILED, 0, 1, false, canary(0, false)), old(0),
                                old(1), old(2), canary(0, false)), "stop 0"),
                new Case("a first version has no canaries", job(updating(FIRST, 1, 1)), "place 0 1 2, deploy 3"));
    }

    static List<Case> failures() {
        Job never = rescheduling(FIRST, false, Duration.ZERO);
        Job soon = rescheduling(FIRST, true, Duration.ofSeconds(30));
        Allocation waiting = failed(Instances.of(soon, 0, UP), NOW.minusSeconds(20)).withFollowupEvalId("evaluation");
        return List.of(
                new Case("a failed instance is placed again once its delay is over",
                        job(soon, failed(Instances.of(soon, 0, UP), NOW.minusSeconds(31)), Instances.of(soon, 1, UP),
                                Instances.of(soon, 2, UP)), "place 0, reschedule 0"),
                new Case("a failed instance waits for its delay",
                        job(soon, failed(Instances.of(soon, 0, UP), NOW.minusSeconds(20)), Instances.of(soon, 1, UP),
                                Instances.of(soon, 2, UP)), "later 0"),
                new Case("its own evaluation places it whatever the clock says",
                        job(soon, waiting, Instances.of(soon, 1, UP), Instances.of(soon, 2, UP)), "place 0, reschedule 0"),
                new Case("another evaluation leaves it to its own",
                        job(soon, waiting.withFollowupEvalId("mine"), Instances.of(soon, 1, UP), Instances.of(soon, 2, UP)), ""),
                new Case("a failed instance that may not be placed again keeps its place",
                        job(never, failed(Instances.of(never, 0, UP), NOW.minusSeconds(99)), Instances.of(never, 1, UP),
                                Instances.of(never, 2, UP)), ""),
                new Case("a failed instance that the count no longer reaches is not placed again",
                        job(counting(soon, 2), failed(Instances.of(soon, 2, UP), NOW.minusSeconds(31)), Instances.of(soon, 0, UP),
                                Instances.of(soon, 1, UP)), "stop 2"),
                new Case("of too many the failed ones go first, and no longer wait to be placed again",
                        job(counting(soon, 2), failed(Instances.of(soon, 0, UP), NOW.minusSeconds(20)), Instances.of(soon, 1, UP),
                                Instances.of(soon, 2, UP)), "stop 0"),
                new Case("while its deployment runs a failed instance waits for the verdict",
                        deploying(soon, running(soon, 0), deployed(failed(Instances.of(soon, 0, UP), NOW.minusSeconds(99)), "d",
                                false, null), Instances.of(soon, 1, UP), Instances.of(soon, 2, UP)), ""),
                new Case("instances on a node that is down are lost and placed anew",
                        job(FIRST, on(DOWN, 0), on(DOWN, 1), old(2)), "lost 0 1, place 0 1"),
                new Case("instances on a node that is gone are lost and placed anew", job(FIRST, old(0), old(1), on(GONE, 2)),
                        "lost 2, place 2"),
                new Case("a lost instance that is one too many is not placed anew",
                        job(counting(FIRST, 2), old(0), old(1), on(DOWN, 2)), "lost 2"),
                new Case("an instance that is told to leave moves", job(FIRST, old(0), migrating(on(DRAINING, 1)), old(2)),
                        "migrate 1, place 1"),
                new Case("on a draining node the others stay until they are told",
                        job(FIRST, on(DRAINING, 0), migrating(on(DRAINING, 1)), on(DRAINING, 2)), "migrate 1, place 1"),
                new Case("what is to leave goes first when there are too many",
                        job(counting(FIRST, 2), migrating(on(DRAINING, 0)), old(1), old(2)), "stop 0"));
    }

    static List<Case> batches() {
        Job next = batch(OTHER_ENV);
        return List.of(
                new Case("what a batch job has done is not done again",
                        job(BATCH, completed(Instances.of(BATCH, 0, UP), NOW), Instances.of(BATCH, 1, UP),
                                Instances.of(BATCH, 2, UP)), ""),
                new Case("not even on a node that went down since",
                        job(BATCH, completed(Instances.of(BATCH, 0, DOWN), NOW), Instances.of(BATCH, 1, UP),
                                Instances.of(BATCH, 2, UP)), ""),
                new Case("not even if it was told to stop after it had ended",
                        job(BATCH, completed(Instances.of(BATCH, 0, UP), NOW).withDesiredStatus(Allocation.STOP),
                                Instances.of(BATCH, 1, UP), Instances.of(BATCH, 2, UP)), ""),
                new Case("a new version does it again",
                        job(next, completed(Instances.of(BATCH, 0, UP), NOW), completed(Instances.of(BATCH, 1, UP), NOW),
                                completed(Instances.of(BATCH, 2, UP), NOW)), "place 0 1 2"),
                new Case("a batch job makes no deployment", job(BATCH), "place 0 1 2"),
                new Case("what was stopped before it ended is done anew",
                        job(BATCH, Instances.of(BATCH, 0, UP).withDesiredStatus(Allocation.STOP), Instances.of(BATCH, 1, UP),
                                Instances.of(BATCH, 2, UP)), "place 0"));
    }

    @ParameterizedTest
    @MethodSource({"counts", "updates", "failures", "batches"})
    void changes(Case c) {
        assertThat(describe(reconcile(c.given()))).isEqualTo(c.expected());
    }

    private static Changes reconcile(Situation s) {
        Node down = Samples.node(1, 1000, 1000).withStatus(Node.DOWN);
        Node draining = Samples.node(2, 1000, 1000).withDrain(true);
        Map<String, Optional<Node>> tainted = Map.of(DOWN, Optional.of(down), GONE, Optional.empty(), DRAINING,
                Optional.of(draining));
        Evaluation evaluation = Samples.read(Evaluation.class, "{\"ID\":\"" + s.evaluation() + "\"}");
        int[] ids = new int[1];
        return new Reconciler(new Reconciler.Input("default", "app", s.job(), s.deployment(), s.there(), tainted, evaluation, NOW,
                (allocation, group) -> s.nodesTake(), () -> "new" + ids[0]++)).reconcile();
    }

    private static String describe(Changes changes) {
        Map<String, TreeSet<Integer>> numbers = new TreeMap<>();
        for (Changes.Placement placement : changes.place) {
            number(numbers, placement.canary() ? "canary" : "place", placement.name());
        }
        for (Changes.Stop stop : changes.stop) {
            number(numbers, switch (stop.description()) {
                case Reconciler.NOT_NEEDED -> "stop";
                case Reconciler.MIGRATING -> "migrate";
                case Reconciler.LOST -> stop.clientStatus();
                case Reconciler.RESCHEDULED -> "reschedule";
                default -> stop.description();
            }, stop.allocation().name());
        }
        for (Changes.Replacement replacement : changes.replace) {
            number(numbers, "replace", replacement.old().name());
            if (!replacement.placement().name().equals(replacement.old().name())) {
                number(numbers, "as", replacement.placement().name());
            }
        }
        changes.inPlace.forEach(allocation -> number(numbers, "update", allocation.name()));
        changes.followups.keySet().forEach(id -> number(numbers, "later", "[0]"));
        List<String> parts = new ArrayList<>();
        numbers.forEach((kind, all) -> parts.add(kind + " " + String.join(" ", all.stream().map(String::valueOf).toList())));
        if (changes.created != null) {
            parts.add("deploy " + changes.created.taskGroups().get("web").desiredTotal());
        }
        changes.deploymentUpdates.forEach(update -> parts.add("deployment " + update.status()));
        return String.join(", ", parts);
    }

    private static void number(Map<String, TreeSet<Integer>> numbers, String kind, String name) {
        numbers.computeIfAbsent(kind, k -> new TreeSet<>())
                .add(Integer.parseInt(name.substring(name.lastIndexOf('[') + 1, name.length() - 1)));
    }
}
