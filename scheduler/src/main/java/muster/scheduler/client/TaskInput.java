package muster.scheduler.client;

import java.util.Optional;
import muster.scheduler.driver.ExitStatus;
import muster.scheduler.state.TaskEvent;

/** What happens to a task, in the words of {@link TaskLife}. */
sealed interface TaskInput {
    /** Its turn in the group has come. */
    record Begin() implements TaskInput {}

    /** Its folder, artifacts and templates are there. */
    record Prepared() implements TaskInput {}

    /** One of them is not. */
    record PrepareFailed(TaskEvent event, boolean recoverable) implements TaskInput {}

    /** The driver runs it. */
    record Started() implements TaskInput {}

    /** The driver does not. */
    record StartFailed(TaskEvent event, boolean recoverable) implements TaskInput {}

    record Exited(ExitStatus status) implements TaskInput {}

    /** Stop and start it again; {@code counted} by the restart policy as a failure. */
    record Restart(String reason, boolean counted) implements TaskInput {}

    /**
     * End it for good.
     *
     * @param cause is shown first, and may say that the task failed
     * @param hurried whether the shutdown delay is left out
     */
    record Kill(Optional<TaskEvent> cause, boolean hurried) implements TaskInput {}

    /** Its allocation can't be run: it is over before it ran, and failed; what runs already has its own end. */
    record SetupFailed(TaskEvent event) implements TaskInput {}

    /** Something to show that changes nothing. */
    record Note(TaskEvent event) implements TaskInput {}

    /** The time asked for has come. */
    record Tick() implements TaskInput {}
}
