package muster.scheduler.state;

import java.time.Instant;
import java.util.List;
import muster.scheduler.job.Values;

/** What a client knows of a task. */
public record TaskState(
        List<TaskEvent> events,
        boolean failed,
        Instant finishedAt,
        Instant lastRestart,
        long restarts,
        Instant startedAt,
        String state,
        Object taskHandle) {
    public TaskState {
        events = Values.list(events);
        state = Values.text(state);
    }

    public static final String PENDING = "pending";
    public static final String RUNNING = "running";
    public static final String DEAD = "dead";

    /** Whether it ended without failing. */
    public boolean isSuccessful() {
        return state.equals(DEAD) && !failed;
    }
}
