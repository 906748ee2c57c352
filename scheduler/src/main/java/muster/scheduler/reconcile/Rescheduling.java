package muster.scheduler.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.scheduler.job.ReschedulePolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.RescheduleEvent;
import muster.scheduler.state.RescheduleTracker;
import muster.scheduler.state.TaskState;

/** When a failed allocation may be placed again (job specification page "reschedule"). */
public final class Rescheduling {
    private static final int MAX_EVENTS = 100;

    private Rescheduling() {}

    /** The time from which it may; empty when it may not at all. */
    public static Optional<Instant> eligibleAt(Allocation failed) {
        ReschedulePolicy policy = policy(failed);
        if (failed.isServerTerminal() || !failed.clientStatus().equals(Allocation.FAILED) || policy == null) {
            return Optional.empty();
        }
        Instant end = ended(failed);
        Duration delay = delay(failed, policy);
        if (!Boolean.TRUE.equals(policy.unlimited())) {
            int allowed = policy.attempts() == null ? 0 : policy.attempts();
            Duration interval = Values.duration(policy.interval());
            long attempted = events(failed).stream()
                    .filter(e -> Duration.between(Instant.ofEpochSecond(0, e.rescheduleTime()), end).compareTo(interval) < 0)
                    .count();
            if (allowed <= 0 || attempted >= allowed || attempted > 0 && delay.compareTo(interval) >= 0) {
                return Optional.empty();
            }
        }
        return Optional.of(end.plus(delay));
    }

    /** The tracker of the allocation that takes its place. */
    public static RescheduleTracker tracker(Allocation failed, Instant now) {
        List<RescheduleEvent> events = new ArrayList<>(events(failed));
        ReschedulePolicy policy = policy(failed);
        Duration delay = policy == null ? Duration.ZERO : delay(failed, policy);
        events.add(new RescheduleEvent(delay, failed.id(), failed.nodeId(), nanos(now)));
        return new RescheduleTracker(events.subList(Math.max(0, events.size() - MAX_EVENTS), events.size()));
    }

    static long nanos(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    }

    private static ReschedulePolicy policy(Allocation allocation) {
        TaskGroup group = allocation.job() == null ? null : allocation.job().group(allocation.taskGroup());
        return group == null ? null : group.reschedulePolicy();
    }

    private static List<RescheduleEvent> events(Allocation allocation) {
        return allocation.rescheduleTracker() == null ? List.of() : Values.orEmpty(allocation.rescheduleTracker().events());
    }

    private static Instant ended(Allocation allocation) {
        Instant last = null;
        for (TaskState task : Values.orEmpty(allocation.taskStates()).values()) {
            if (task.finishedAt() != null && (last == null || task.finishedAt().isAfter(last))) {
                last = task.finishedAt();
            }
        }
        return last == null ? Instant.ofEpochSecond(0, allocation.modifyTime()) : last;
    }

    /** The delay before the next attempt, by the policy's function of the attempts so far; an attempt that held out longer
     * than its delay starts the series again. */
    static Duration delay(Allocation failed, ReschedulePolicy policy) {
        Duration base = Values.duration(policy.delay());
        List<RescheduleEvent> events = events(failed);
        String function = Values.text(policy.delayFunction());
        if (events.isEmpty() || !function.equals("exponential") && !function.equals("fibonacci")) {
            return base;
        }
        Duration last = events.getLast().delay();
        Duration max = Values.duration(policy.maxDelay());
        Duration next;
        if (function.equals("exponential")) {
            next = last.multipliedBy(2);
        } else {
            boolean begun = events.size() == 1 || last.equals(base) && events.get(events.size() - 2).delay().equals(max);
            next = begun ? base : last.plus(events.get(events.size() - 2).delay());
        }
        if (!max.isZero() && next.compareTo(max) > 0) {
            next = max;
            Instant lastTime = Instant.ofEpochSecond(0, events.getLast().rescheduleTime());
            if (Duration.between(lastTime, ended(failed)).compareTo(next) > 0) {
                next = base;
            }
        }
        return next;
    }
}
