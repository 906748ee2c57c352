package muster.scheduler.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;

/** What a task's life shows: its state, and the newest of what happened to it. Pure; owned by one {@link TaskLife}. */
final class TaskHistory {
    private static final int MAX_EVENTS = 10;

    private TaskState state = new TaskState(List.of(), false, null, null, 0, null, TaskLife.PENDING, null);

    TaskState state() {
        return state;
    }

    /** Goes on from what was known before. */
    void recall(TaskState known) {
        state = known;
    }

    /** Goes on from what was known of it before, when it has to begin once more. */
    void beginAgain(TaskState known) {
        state = new TaskState(known.events(), false, null, known.lastRestart(), known.restarts(), null, TaskLife.PENDING, null);
    }

    void started(Instant now) {
        state = new TaskState(state.events(), state.failed(), null, state.lastRestart(), state.restarts(), now, TaskLife.RUNNING, null);
    }

    void restarting(Instant now) {
        state = new TaskState(state.events(), state.failed(), null, now, state.restarts() + 1, state.startedAt(), TaskLife.PENDING, null);
    }

    void ended(Instant now, boolean failed) {
        state = new TaskState(state.events(), failed, now, state.lastRestart(), state.restarts(), state.startedAt(), TaskLife.DEAD, null);
    }

    /** One more event; the oldest is dropped where there are too many. */
    void add(TaskEvent event) {
        List<TaskEvent> events = new ArrayList<>(state.events());
        events.add(event);
        if (events.size() > MAX_EVENTS) {
            events.removeFirst();
        }
        state = new TaskState(events, state.failed(), state.finishedAt(), state.lastRestart(), state.restarts(), state.startedAt(),
                state.state(), state.taskHandle());
    }
}
