package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Task;
import muster.scheduler.state.TaskState;
import muster.wire.GoDuration;

/**
 * Decides once whether a new allocation is healthy: its tasks run and, where asked, its checks pass, without a break for
 * the minimum time and before the deadline. Pure; owned by the thread of its {@link AllocationRunner}. (Nomad docs:
 * "update stanza")
 */
final class AllocationHealth {
    /** What is asked for. */
    record Rules(boolean useChecks, Duration minHealthyTime, Duration healthyDeadline) {}

    /** The decision, taken once; the reason is empty for a healthy one. */
    record Verdict(boolean healthy, String reason) {}

    private final Rules rules;
    private final List<Task> tasks;
    private final Instant deadline;
    private Map<String, TaskState> states = Map.of();
    private boolean checksPass;
    private Optional<Instant> goodSince = Optional.empty();
    private Optional<Instant> lastStart = Optional.empty();
    private boolean decided;

    AllocationHealth(Rules rules, List<Task> tasks, boolean hasChecks, Instant now) {
        this.rules = rules;
        this.tasks = tasks.stream().filter(task -> !TaskOrder.isPoststop(task)).toList();
        this.deadline = now.plus(rules.healthyDeadline());
        this.checksPass = !rules.useChecks() || !hasChecks;
    }

    /** New states of the tasks. */
    Optional<Verdict> tasks(Instant now, Map<String, TaskState> newStates) {
        states = Map.copyOf(newStates);
        return judge(now);
    }

    /** Whether all checks pass at present. */
    Optional<Verdict> checks(Instant now, boolean allPass) {
        checksPass = allPass || !rules.useChecks();
        return judge(now);
    }

    /** The time asked for has come. */
    Optional<Verdict> tick(Instant now) {
        return judge(now);
    }

    /** When to look again; empty once decided. */
    Optional<Instant> wakeAt() {
        if (decided) {
            return Optional.empty();
        }
        return Optional.of(goodSince.map(since -> since.plus(rules.minHealthyTime()))
                .filter(good -> good.isBefore(deadline)).orElse(deadline));
    }

    private Optional<Verdict> judge(Instant now) {
        if (decided) {
            return Optional.empty();
        }
        boolean running = !states.isEmpty();
        Optional<Instant> newest = Optional.empty();
        for (Task task : tasks) {
            TaskState state = states.get(task.name());
            if (state == null) {
                return Optional.empty();
            }
            boolean dead = state.state().equals(TaskLife.DEAD);
            if (dead && (state.failed() || !TaskOrder.isEphemeral(task))) {
                return decide(false, "Unhealthy because of failed task");
            }
            running &= TaskOrder.isEphemeral(task) ? dead : state.state().equals(TaskLife.RUNNING);
            if (state.startedAt() != null && newest.map(state.startedAt()::isAfter).orElse(true)) {
                newest = Optional.of(state.startedAt());
            }
        }
        if (!running || !checksPass || !newest.equals(lastStart)) {
            goodSince = Optional.empty();
            lastStart = newest;
        }
        if (running && checksPass) {
            goodSince = goodSince.or(() -> Optional.of(now));
            if (!now.isBefore(goodSince.get().plus(rules.minHealthyTime()))) {
                return decide(true, "");
            }
        }
        if (!now.isBefore(deadline)) {
            return decide(false, running && !checksPass
                    ? "Services not healthy by deadline"
                    : "Task not running for min_healthy_time of " + GoDuration.format(rules.minHealthyTime()) + " by deadline");
        }
        return Optional.empty();
    }

    private Optional<Verdict> decide(boolean healthy, String reason) {
        decided = true;
        return Optional.of(new Verdict(healthy, reason));
    }
}
