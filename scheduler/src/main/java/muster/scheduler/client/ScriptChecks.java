package muster.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.checks.Outcome;
import muster.registry.client.HealthCheck;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.TaskHandle;

/** Runs script checks beside their tasks and reports them: exit code 0 passes, 1 warns, others are critical. */
final class ScriptChecks implements AutoCloseable {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private final List<Thread> threads = new ArrayList<>();

    private ScriptChecks() {}

    /**
     * Begins to run them, each on a virtual thread of its own, the first time at once.
     *
     * @param running the task of that name, while it runs
     */
    static ScriptChecks start(List<ServicePlan.Script> scripts, WorkloadServices services, Function<String, Optional<TaskHandle>> running) {
        ScriptChecks checks = new ScriptChecks();
        for (ServicePlan.Script script : scripts) {
            checks.threads.add(Thread.ofVirtual().name("script-" + script.task())
                    .start(() -> loop(script, services, () -> running.apply(script.task()))));
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
            Outcome outcome = outcome(task.run(script.command(), script.timeout()));
            services.report(script.checkId(), outcome.status(), outcome.output());
        } catch (DriverException e) {
            services.report(script.checkId(), HealthCheck.Status.CRITICAL, e.getMessage());
        }
    }

    /** What a script's end says. */
    static Outcome outcome(TaskHandle.CommandResult result) {
        return new Outcome(switch (result.code()) {
            case 0 -> HealthCheck.Status.PASSING;
            case 1 -> HealthCheck.Status.WARNING;
            default -> HealthCheck.Status.CRITICAL;
        }, result.output());
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
