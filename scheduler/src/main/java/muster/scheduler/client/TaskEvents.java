package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.driver.ExitStatus;
import muster.scheduler.state.TaskEvent;
import muster.wire.GoDuration;

/** The events of a task in the words of Nomad's API ("Allocations", TaskEvent types). Pure. */
final class TaskEvents {
    static final String RESTARTING = "Restarting";
    static final String WITHIN_POLICY = "Restart within policy";

    private TaskEvents() {}

    static TaskEvent received(Instant now) {
        return new Draft("Received", "Task received by client").at(now);
    }

    static TaskEvent setup(Instant now, String message) {
        Draft draft = new Draft("Task Setup", message).detail("message", message);
        draft.message = message;
        return draft.at(now);
    }

    static TaskEvent downloading(Instant now) {
        return new Draft("Downloading Artifacts", "Client is downloading artifacts").at(now);
    }

    static TaskEvent downloadFailed(Instant now, String error) {
        Draft draft = new Draft("Failed Artifact Download", error).detail("download_error", error);
        draft.downloadError = error;
        return draft.at(now);
    }

    static TaskEvent template(Instant now, String message) {
        return new Draft("Template", message).at(now);
    }

    static TaskEvent started(Instant now) {
        return new Draft("Started", "Task started by client").at(now);
    }

    static TaskEvent driverFailure(Instant now, String error) {
        Draft draft = new Draft("Driver Failure", error).detail("driver_error", error);
        draft.driverError = error;
        return draft.at(now);
    }

    /** What a driver says of a start that takes long, such as the download of an image. */
    static TaskEvent driver(Instant now, String message) {
        Draft draft = new Draft("Driver", message).detail("message", message);
        draft.driverMessage = message;
        return draft.at(now);
    }

    static TaskEvent failedValidation(Instant now, String error) {
        Draft draft = new Draft("Failed Validation", error).detail("validation_error", error);
        draft.validationError = error;
        return draft.at(now);
    }

    static TaskEvent setupFailure(Instant now, String error) {
        Draft draft = new Draft("Setup Failure", error).detail("setup_error", error);
        draft.setupError = error;
        return draft.at(now);
    }

    static TaskEvent hookFailed(Instant now, String error) {
        return new Draft("Task hook failed", error).at(now);
    }

    /** The same where the task can't go on. */
    static TaskEvent fatal(Instant now, String error) {
        Draft draft = new Draft("Task hook failed", error).detail("fails_task", "true");
        draft.failsTask = true;
        return draft.at(now);
    }

    static TaskEvent hookMessage(Instant now, String message) {
        return new Draft("Task hook message", message).at(now);
    }

    static TaskEvent terminated(Instant now, ExitStatus status) {
        StringBuilder text = new StringBuilder("Exit Code: ").append(status.code());
        if (status.signal() != 0) {
            text.append(", Signal: ").append(status.signal());
        }
        if (!status.message().isEmpty()) {
            text.append(", Exit Message: \"").append(status.message()).append('"');
        }
        Draft draft = new Draft("Terminated", text.toString())
                .detail("exit_code", String.valueOf(status.code()))
                .detail("signal", String.valueOf(status.signal()))
                .detail("oom_killed", String.valueOf(status.outOfMemory()));
        if (!status.message().isEmpty()) {
            draft.detail("exit_message", status.message());
        }
        draft.message = status.message();
        draft.exitCode = status.code();
        draft.signal = status.signal();
        return draft.at(now);
    }

    static TaskEvent restarting(Instant now, Duration delay, String reason) {
        String in = "Task restarting in " + GoDuration.format(delay);
        String text = reason.isEmpty() || reason.equals(WITHIN_POLICY) ? in : reason + " - " + in;
        Draft draft = new Draft(RESTARTING, text)
                .detail("start_delay", String.valueOf(delay.toNanos()))
                .detail("restart_reason", reason);
        draft.startDelay = delay.toNanos();
        draft.restartReason = reason;
        return draft.at(now);
    }

    static TaskEvent notRestarting(Instant now, String reason) {
        Draft draft = new Draft("Not Restarting", reason).detail("restart_reason", reason).detail("fails_task", "true");
        draft.restartReason = reason;
        draft.failsTask = true;
        return draft.at(now);
    }

    static TaskEvent restartSignaled(Instant now, String reason) {
        Draft draft = new Draft("Restart Signaled", reason).detail("restart_reason", reason);
        draft.restartReason = reason;
        return draft.at(now);
    }

    /** The user's signal: recorded by 1.1.2 in the details alone. */
    static TaskEvent signaling(Instant now, String signal) {
        return new Draft("Signaling", "Task being sent a signal").detail("signal", signal).at(now);
    }

    static TaskEvent templateSignal(Instant now, String signal) {
        Draft draft = new Draft("Signaling", "Task being sent signal " + signal + ": Template re-rendered")
                .detail("signal", signal).detail("task_signal_reason", "Template re-rendered");
        draft.taskSignal = signal;
        draft.taskSignalReason = "Template re-rendered";
        return draft.at(now);
    }

    static TaskEvent killing(Instant now, Duration timeout) {
        Draft draft = new Draft("Killing", timeout.isZero()
                ? "Sent interrupt"
                : "Sent interrupt. Waiting " + GoDuration.format(timeout) + " before force killing");
        if (!timeout.isZero()) {
            draft.detail("kill_timeout", GoDuration.format(timeout));
        }
        draft.killTimeout = timeout;
        return draft.at(now);
    }

    static TaskEvent killed(Instant now) {
        return new Draft("Killed", "Task successfully killed").at(now);
    }

    static TaskEvent siblingFailed(Instant now, String sibling) {
        Draft draft = new Draft("Sibling Task Failed", "Task's sibling \"" + sibling + "\" failed")
                .detail("failed_sibling", sibling);
        draft.failedSibling = sibling;
        return draft.at(now);
    }

    static TaskEvent leaderDead(Instant now) {
        return new Draft("Leader Task Dead", "Leader Task in Group dead").at(now);
    }

    static TaskEvent mainTasksDead(Instant now) {
        return new Draft("Main Tasks Dead", "Main tasks in the group died").at(now);
    }

    static TaskEvent unhealthy(Instant now, String reason) {
        return new Draft("Alloc Unhealthy", reason).at(now);
    }

    /** The many fields of an event, most of which stay empty. */
    private static final class Draft {
        private final String type;
        private final String display;
        private final Map<String, String> details = new TreeMap<>();
        private String downloadError = "";
        private String driverError = "";
        private String driverMessage = "";
        private int exitCode;
        private String failedSibling = "";
        private boolean failsTask;
        private Duration killTimeout = Duration.ZERO;
        private String message = "";
        private String restartReason = "";
        private String setupError = "";
        private int signal;
        private long startDelay;
        private String taskSignal = "";
        private String taskSignalReason = "";
        private String validationError = "";

        Draft(String type, String display) {
            this.type = type;
            this.display = display;
        }

        Draft detail(String key, String value) {
            details.put(key, value);
            return this;
        }

        TaskEvent at(Instant now) {
            long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
            return new TaskEvent(details, 0, display, downloadError, driverError, driverMessage, exitCode, failedSibling, failsTask,
                    "", "", "", killTimeout, message, restartReason, setupError, signal, startDelay, taskSignal,
                    taskSignalReason, nanos, type, validationError, "");
        }
    }
}
