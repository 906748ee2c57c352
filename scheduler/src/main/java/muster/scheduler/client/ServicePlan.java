package muster.scheduler.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import muster.registry.client.ServiceRegistration;
import muster.scheduler.driver.TaskNetwork;
import muster.scheduler.job.CheckRestart;
import muster.scheduler.job.Service;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;

/**
 * What a group or a task of an allocation registers, and what its client does for it beside. Pure. (Nomad docs: "service stanza")
 *
 * @param registrations what goes to the registry
 * @param natives what the scheduler's own state lists
 * @param checks of the natives, which the client runs
 * @param scripts checks that the client runs and reports to the registry
 * @param restarts checks whose failure restarts tasks
 * @param expected checks without which the allocation is not healthy
 * @param problems services that can't be registered, and why
 */
record ServicePlan(
        List<ServiceRegistration> registrations,
        List<NativeService> natives,
        List<NativeCheck> checks,
        List<Script> scripts,
        List<Restart> restarts,
        List<Expected> expected,
        List<String> problems) {
    static final ServicePlan NONE = new ServicePlan(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    ServicePlan {
        registrations = List.copyOf(registrations);
        natives = List.copyOf(natives);
        checks = List.copyOf(checks);
        scripts = List.copyOf(scripts);
        restarts = List.copyOf(restarts);
        expected = List.copyOf(expected);
        problems = List.copyOf(problems);
    }

    /** A check run beside a task. */
    record Script(String checkId, String task, List<String> command, Duration interval, Duration timeout) {}

    /**
     * A check that restarts what fails it for too long.
     *
     * @param task "" for all tasks of the group
     */
    record Restart(String checkId, String name, String task, Duration interval, CheckRestart rule) {}

    /** A check that a deployment waits for. */
    record Expected(String checkId, boolean warningsPass) {}

    /**
     * For a group's services ({@code task} empty) or a task's.
     *
     * @param network that the driver gave the task
     */
    static ServicePlan of(Allocation allocation, Optional<String> task, List<Service> services, TaskEnvironment environment,
            Optional<TaskNetwork> network) {
        ServicePlanner planner = new ServicePlanner(allocation, task, environment, network);
        List<ServicePlan> plans = services.stream().map(planner::plan).toList();
        return new ServicePlan(all(plans, ServicePlan::registrations), all(plans, ServicePlan::natives), all(plans, ServicePlan::checks),
                all(plans, ServicePlan::scripts), all(plans, ServicePlan::restarts), all(plans, ServicePlan::expected),
                all(plans, ServicePlan::problems));
    }

    private static <T> List<T> all(List<ServicePlan> plans, Function<ServicePlan, List<T>> part) {
        return plans.stream().flatMap(plan -> part.apply(plan).stream()).toList();
    }

    List<String> ids() {
        return Stream.concat(registrations.stream().map(ServiceRegistration::id), natives.stream().map(NativeService::id)).toList();
    }
}
