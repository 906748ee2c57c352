package muster.scheduler.client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import muster.scheduler.driver.Driver;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.HandleState;
import muster.scheduler.driver.Isolation;
import muster.scheduler.driver.Signal;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.driver.TaskLaunch;
import muster.scheduler.job.Task;
import muster.scheduler.state.Allocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a task its driver runs: started once and again, waited for, ended. What happens to it goes into the task's inbox. Started by the
 * thread of a {@link TaskRunner}; everything else may be called by any.
 */
final class TaskProcess {
    private static final Logger LOG = LoggerFactory.getLogger(TaskProcess.class);

    private final NodeContext node;
    private final String name;
    private final AllocationFolder folder;
    private final Consumer<TaskInput> inbox;
    private final Consumer<HandleState> kept;
    private volatile TaskHandle handle;
    private volatile boolean starting;

    /**
     * @param inbox of the task
     * @param kept is told by what the next agent finds a process that was started
     */
    TaskProcess(NodeContext node, String name, AllocationFolder folder, Consumer<TaskInput> inbox, Consumer<HandleState> kept) {
        this.node = node;
        this.name = name;
        this.folder = folder;
        this.inbox = inbox;
        this.kept = kept;
    }

    /** The process, while it runs. */
    Optional<TaskHandle> handle() {
        return Optional.ofNullable(handle);
    }

    /** Whether it is being started, and may have read its files already. */
    boolean isStarting() {
        return starting;
    }

    private Optional<Driver> driver(Task task) {
        return node.drivers().named(task.driver());
    }

    /** How it sees its folders. */
    Isolation isolation(Task task) {
        return driver(task).map(Driver::isolation).orElse(Isolation.NONE);
    }

    private TaskLaunch launch(Driver driver, Allocation allocation, Task task, Map<String, String> variables) {
        return Launches.of(node, allocation, task, folder, driver.isolation(), variables,
                message -> inbox.accept(new TaskInput.Note(TaskEvents.driver(node.clock().instant(), message))));
    }

    /** Takes over what an earlier agent started; false when it is gone. */
    boolean recover(Allocation allocation, Task task, Map<String, String> variables, HandleState saved) {
        Optional<TaskHandle> found = driver(task).flatMap(driver -> driver.recover(launch(driver, allocation, task, variables), saved));
        found.ifPresent(running -> {
            handle = running;
            watch(running);
        });
        return found.isPresent();
    }

    /**
     * Starts it: ends with {@code Started} or {@code StartFailed}, later {@code Exited}.
     *
     * @param variables that templates set
     */
    void start(Allocation allocation, Task task, Map<String, String> variables) {
        Instant now = node.clock().instant();
        Optional<Driver> driver = driver(task);
        if (driver.isEmpty()) {
            inbox.accept(new TaskInput.StartFailed(TaskEvents.driverFailure(now, "this node has no driver \"" + task.driver() + "\""), false));
            return;
        }
        TaskLaunch launch;
        try {
            launch = launch(driver.get(), allocation, task, variables);
            if (driver.get().isolation() == Isolation.NONE) {
                Volumes.link(launch.grants().mounts(), launch.folder());
            }
        } catch (IOException | IllegalArgumentException e) {
            inbox.accept(new TaskInput.StartFailed(TaskEvents.setupFailure(now, "volumes can't be given to the task: " + e.getMessage()), false));
            return;
        }
        List<String> problems = new ArrayList<>(launch.problems());
        problems.addAll(driver.get().problems(launch));
        if (!problems.isEmpty()) {
            StringBuilder text = new StringBuilder().append(problems.size() + 1)
                    .append(" errors occurred:\n\t* failed to parse config: \n");
            problems.forEach(problem -> text.append("\t* ").append(problem).append('\n'));
            inbox.accept(new TaskInput.StartFailed(TaskEvents.failedValidation(now, text.append('\n').toString()), false));
            return;
        }
        starting = true;
        try {
            handle = driver.get().start(launch);
            kept.accept(handle.state());
            inbox.accept(new TaskInput.Started());
            watch(handle);
        } catch (DriverException e) {
            inbox.accept(new TaskInput.StartFailed(TaskEvents.driverFailure(node.clock().instant(), e.getMessage()), e.recoverable()));
        } finally {
            starting = false;
        }
    }

    private void watch(TaskHandle running) {
        Thread.ofVirtual().name("wait-" + name).start(() -> {
            try {
                TaskInput exited = new TaskInput.Exited(running.await());
                handle = null;
                inbox.accept(exited);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Sends the signal by which the task is asked to end; where that can't be sent, it is ended. */
    void interrupt(Task task) {
        TaskHandle running = handle;
        if (running != null) {
            try {
                running.signal(Signal.named(task.killSignal())
                        .orElseGet(() -> driver(task).map(Driver::killSignal).orElse(Signal.INTERRUPT)));
            } catch (DriverException e) {
                LOG.warn("kill signal not sent, killing task={} error={}", name, e.getMessage());
                running.kill();
            }
        }
    }

    /** Ends it at once and without ceremony. */
    void kill() {
        TaskHandle running = handle;
        if (running != null) {
            running.kill();
        }
    }
}
