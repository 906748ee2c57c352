package muster.scheduler.state;

import java.time.Duration;
import java.util.Map;
import muster.scheduler.job.Values;

/** Something that happened to a task; the time is nanoseconds since 1970. */
public record TaskEvent(
        Map<String, String> details,
        long diskLimit,
        String displayMessage,
        String downloadError,
        String driverError,
        String driverMessage,
        int exitCode,
        String failedSibling,
        boolean failsTask,
        String genericSource,
        String killError,
        String killReason,
        Duration killTimeout,
        String message,
        String restartReason,
        String setupError,
        int signal,
        long startDelay,
        String taskSignal,
        String taskSignalReason,
        long time,
        String type,
        String validationError,
        String vaultError) {
    public TaskEvent {
        details = Values.map(details);
        displayMessage = Values.text(displayMessage);
        downloadError = Values.text(downloadError);
        driverError = Values.text(driverError);
        driverMessage = Values.text(driverMessage);
        failedSibling = Values.text(failedSibling);
        genericSource = Values.text(genericSource);
        killError = Values.text(killError);
        killReason = Values.text(killReason);
        killTimeout = Values.duration(killTimeout);
        message = Values.text(message);
        restartReason = Values.text(restartReason);
        setupError = Values.text(setupError);
        taskSignal = Values.text(taskSignal);
        taskSignalReason = Values.text(taskSignalReason);
        type = Values.text(type);
        validationError = Values.text(validationError);
        vaultError = Values.text(vaultError);
    }
}
