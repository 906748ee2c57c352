package muster.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import muster.registry.client.HealthCheck;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.TaskHandle;

/** Runs the script checks of a task beside it and reports them: exit code 0 passes, 1 warns, others are critical. */
final class ScriptChecks implements AutoCloseable {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private final List<Thread> threads = new ArrayList<>();

    private ScriptChecks() {}

    /** Begins to run those of a task, each on a virtual thread of its own, the first time at once. */
    static ScriptChecks start(List<ServicePlan.Script> scripts, String task, WorkloadServices services, Supplier<Optional<TaskHandle>> handle) {
        ScriptChecks checks = new ScriptChecks();
        for (ServicePlan.Script script : scripts) {
            if (script.task().equals(task)) {
                checks.threads.add(Thread.ofVirtual().name("script-" + task).start(() -> loop(script, services, handle)));
            }
        }
        return checks;
    }

    private static void loop(ServicePlan.Script script, WorkloadServices services, Supplier<Optional<TaskHandle>> handle) {
        Duration pause = script.interval().compareTo(MIN_INTERVAL) < 0 ? MIN_INTERVAL : script.interval();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Optional<TaskHandle> running = handle.get();
                if (running.isPresent()) {
                    run(script, services, running.get());
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(ServicePlan.Script script, WorkloadServices services, TaskHandle task) throws InterruptedException {
        try {
            TaskHandle.CommandResult result = task.run(script.command(), script.timeout());
            HealthCheck.Status status = switch (result.code()) {
                case 0 -> HealthCheck.Status.PASSING;
                case 1 -> HealthCheck.Status.WARNING;
                default -> HealthCheck.Status.CRITICAL;
            };
            services.report(script.checkId(), status, result.output());
        } catch (DriverException e) {
            services.report(script.checkId(), HealthCheck.Status.CRITICAL, e.getMessage());
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
