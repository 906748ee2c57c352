package muster.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import muster.scheduler.driver.TaskHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a group or a task has registered, and the script checks of it that run beside tasks. Owned by the thread of its runner, but for
 * {@link #remove}.
 */
final class RegisteredServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegisteredServices.class);
    private static final Duration DEREGISTER_WAIT = Duration.ofSeconds(2);

    private final WorkloadServices services;
    private final String owner;
    private final Function<String, Optional<TaskHandle>> running;
    private ServicePlan plan = ServicePlan.NONE;
    private Optional<ScriptChecks> scripts = Optional.empty();

    /**
     * @param owner for the log
     * @param running the task of that name, while it runs
     */
    RegisteredServices(WorkloadServices services, String owner, Function<String, Optional<TaskHandle>> running) {
        this.services = services;
        this.owner = owner;
        this.running = running;
    }

    /** What is registered now. */
    ServicePlan plan() {
        return plan;
    }

    /** Registers these instead of what was before. */
    void put(ServicePlan newer) {
        List<String> gone = plan.ids().stream().filter(id -> !newer.ids().contains(id)).toList();
        close();
        plan = newer;
        services.put(newer);
        scripts = Optional.of(ScriptChecks.start(newer.scripts(), services, running));
        remove(gone);
    }

    /** Registers nothing any more. */
    void clear() {
        close();
        remove(plan.ids());
        plan = ServicePlan.NONE;
    }

    /** Takes services out and waits a little until nobody is led to them any more. Any thread may call. */
    void remove(List<String> ids) {
        try {
            if (!ids.isEmpty() && !services.remove(ids, DEREGISTER_WAIT)) {
                LOG.warn("services still registered owner={} services={}", owner, ids);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the script checks; what is registered stays. */
    @Override
    public void close() {
        scripts.ifPresent(ScriptChecks::close);
        scripts = Optional.empty();
    }
}
