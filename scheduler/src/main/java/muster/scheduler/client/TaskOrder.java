package muster.scheduler.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;

/**
 * What the states of a group's tasks mean for each other: whose turn it is, whose end ends the others, in which order they
 * are ended, and what the allocation's status is. Pure. (Nomad docs: "lifecycle stanza", "leader")
 */
final class TaskOrder {
    /** An allocation's status as its client sees it. */
    record Status(String status, String description) {}

    private final List<Task> tasks;

    TaskOrder(TaskGroup group) {
        tasks = List.copyOf(group.tasks());
    }

    private static boolean hook(Task task, String hook) {
        return task.lifecycle() != null && task.lifecycle().hook().equals(hook);
    }

    private static boolean isMain(Task task) {
        return task.lifecycle() == null || task.lifecycle().hook().isEmpty();
    }

    static boolean isSidecar(Task task) {
        return task.lifecycle() != null && task.lifecycle().sidecar();
    }

    /** A lifecycle task that is meant to end by itself. */
    static boolean isEphemeral(Task task) {
        return !isMain(task) && !isSidecar(task);
    }

    static boolean isPoststop(Task task) {
        return hook(task, "poststop");
    }

    /** Whether a task's exit with code 0 is followed by a restart. */
    static boolean restartsOnSuccess(Task task, String jobType) {
        return isMain(task) ? !jobType.equals("batch") && !jobType.equals("sysbatch") : isSidecar(task);
    }

    /** The tasks whose turn has come, whether or not they began already. */
    List<String> startable(Map<String, TaskState> states) {
        boolean prestartDone = tasks.stream().filter(t -> hook(t, "prestart")).allMatch(t -> {
            TaskState state = states.get(t.name());
            return isSidecar(t) ? wasStarted(state) : state.state().equals(TaskLife.DEAD) && !state.failed();
        });
        boolean mainStarted = tasks.stream().filter(TaskOrder::isMain).allMatch(t -> wasStarted(states.get(t.name())));
        boolean mainDead = tasks.stream().filter(TaskOrder::isMain).allMatch(t -> isDead(states.get(t.name())));
        List<String> names = new ArrayList<>();
        for (Task task : tasks) {
            boolean turn = hook(task, "prestart")
                    || isMain(task) && prestartDone
                    || hook(task, "poststart") && prestartDone && mainStarted
                    || isPoststop(task) && mainDead;
            if (turn) {
                names.add(task.name());
            }
        }
        return names;
    }

    private static boolean wasStarted(TaskState state) {
        return state.startedAt() != null;
    }

    private static boolean isDead(TaskState state) {
        return state.state().equals(TaskLife.DEAD);
    }

    /** Why the tasks that still live must end, if they must; the event is what each of them shows. */
    Optional<TaskEvent> end(Map<String, TaskState> states, Instant now) {
        TaskEvent cause = null;
        boolean sidecarsLive = false;
        boolean othersLive = false;
        for (Task task : tasks) {
            TaskState state = states.get(task.name());
            if (isPoststop(task)) {
                continue;
            }
            if (!isDead(state)) {
                sidecarsLive |= isSidecar(task);
                othersLive |= !isSidecar(task);
            } else if (state.failed()) {
                cause = cause == null ? TaskEvents.siblingFailed(now, task.name()) : cause;
            } else if (task.leader()) {
                cause = TaskEvents.leaderDead(now);
            }
        }
        if (cause == null && sidecarsLive && !othersLive) {
            cause = TaskEvents.mainTasksDead(now);
        }
        return sidecarsLive || othersLive ? Optional.ofNullable(cause) : Optional.empty();
    }

    /** Who is ended, wave after wave: the leader, then the others together, then the sidecars. */
    List<List<String>> waves() {
        List<String> leader = new ArrayList<>();
        List<String> others = new ArrayList<>();
        List<String> sidecars = new ArrayList<>();
        for (Task task : tasks) {
            if (!isPoststop(task)) {
                (task.leader() ? leader : isSidecar(task) ? sidecars : others).add(task.name());
            }
        }
        return List.of(leader, others, sidecars);
    }

    /** The allocation's status out of its tasks' states. */
    static Status status(Iterable<TaskState> states) {
        boolean failed = false;
        boolean running = false;
        boolean pending = false;
        for (TaskState state : states) {
            failed |= state.failed() && isDead(state);
            running |= state.state().equals(TaskLife.RUNNING);
            pending |= state.state().equals(TaskLife.PENDING);
        }
        if (failed) {
            return new Status(Allocation.FAILED, "Failed tasks");
        }
        if (running) {
            return new Status(Allocation.RUNNING, "Tasks are running");
        }
        return pending
                ? new Status(Allocation.PENDING, "No tasks have started")
                : new Status(Allocation.COMPLETE, "All tasks have completed");
    }
}
