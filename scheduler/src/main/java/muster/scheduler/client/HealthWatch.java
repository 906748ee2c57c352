package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import muster.registry.client.HealthCheck;
import muster.scheduler.job.MigrateStrategy;
import muster.scheduler.job.Task;
import muster.scheduler.job.UpdateStrategy;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskState;

/**
 * What the registry's checks and the tasks' states mean for an allocation: its health in a deployment, and the tasks to
 * restart. Watches the registry only for as long as one of the two needs it. Owned by the thread of an
 * {@link AllocationRunner}; only the consumer of the checks' states is called by others.
 */
final class HealthWatch implements AutoCloseable {
    private static final Duration MIN_HEALTHY_TIME = Duration.ofSeconds(10);
    private static final Duration HEALTHY_DEADLINE = Duration.ofMinutes(5);

    private final NodeContext node;
    private final AllocationFolder folder;
    private final CheckWatch watch;
    private final CheckRestarts restarts = new CheckRestarts();
    private Optional<AllocationHealth> health = Optional.empty();
    /** By the task that registered them, or "" for the group. */
    private final Map<String, ServicePlan> registered = new HashMap<>();
    private List<ServicePlan.Expected> expected = List.of();
    private Map<String, HealthCheck.Status> inRegistry = Map.of();
    private Map<String, HealthCheck.Status> ofNatives = Map.of();

    HealthWatch(NodeContext node, AllocationFolder folder, Consumer<Map<String, HealthCheck.Status>> states) {
        this.node = node;
        this.folder = folder;
        this.watch = new CheckWatch(node.registry(), states);
    }

    /** Begins to judge the allocation's health anew, where its job asks for that. */
    void begin(Allocation allocation) {
        Instant now = node.clock().instant();
        boolean hasChecks = Stream.concat(
                        Values.orEmpty(allocation.group().services()).stream(),
                        allocation.group().tasks().stream().flatMap(task -> Values.orEmpty(task.services()).stream()))
                .anyMatch(ServicePlanner::isAwaited);
        health = rules(allocation).map(rules -> new AllocationHealth(rules, allocation.group().tasks(), hasChecks, now));
    }

    /** What makes a service's allocation healthy: its update block in a deployment, else its migrate block. */
    private static Optional<AllocationHealth.Rules> rules(Allocation allocation) {
        boolean known = allocation.deploymentStatus() != null && allocation.deploymentStatus().healthy() != null;
        if (known || allocation.isServerTerminal()) {
            return Optional.empty();
        }
        UpdateStrategy update = allocation.group().update();
        if (!allocation.deploymentId().isEmpty() && update != null) {
            return Optional.of(rules(update.healthCheck(), update.minHealthyTime(), update.healthyDeadline()));
        }
        MigrateStrategy migrate = allocation.group().migrate();
        return "service".equals(allocation.job().type()) && migrate != null
                ? Optional.of(rules(migrate.healthCheck(), migrate.minHealthyTime(), migrate.healthyDeadline()))
                : Optional.empty();
    }

    private static AllocationHealth.Rules rules(String check, Duration minHealthyTime, Duration healthyDeadline) {
        return new AllocationHealth.Rules(!"task_states".equals(check), minHealthyTime == null ? MIN_HEALTHY_TIME : minHealthyTime,
                healthyDeadline == null ? HEALTHY_DEADLINE : healthyDeadline);
    }

    /** Follows the checks of the group's services, and of its tasks', as far as anything waits for them. */
    void follow(Allocation allocation) {
        List<ServicePlan> plans = new ArrayList<>();
        plans.add(registered.getOrDefault("", ServicePlan.NONE));
        for (Task task : allocation.group().tasks()) {
            if (!Values.orEmpty(task.services()).isEmpty()) {
                // What a task will register once it runs is waited for already.
                ServicePlan own = registered.getOrDefault(task.name(), ServicePlan.NONE);
                plans.add(!own.equals(ServicePlan.NONE) ? own : ServicePlan.of(allocation, Optional.of(task.name()), task.services(),
                        TaskEnvironment.of(node.ground(), allocation, task, folder), Optional.empty()));
            }
        }
        Set<String> services = new HashSet<>();
        Set<String> instances = new HashSet<>();
        boolean judging = health.flatMap(AllocationHealth::wakeAt).isPresent();
        for (ServicePlan plan : plans) {
            plan.registrations().stream().filter(r -> !r.checks().isEmpty() && (judging || !plan.restarts().isEmpty())).forEach(r -> {
                services.add(r.name());
                instances.add(r.id());
            });
        }
        expected = plans.stream().flatMap(plan -> plan.expected().stream()).toList();
        watch.follow(services, instances);
    }

    /** A task's services, or the group's for the task "", were registered or taken out: their checks begin anew. */
    void registered(String task, ServicePlan plan) {
        registered.put(task, plan);
        restarts.watch(node.clock().instant(), task, plan.restarts());
        // The registry may have told of a check before the task's runner told of having registered it.
        restarts.states(states());
    }

    private Map<String, HealthCheck.Status> states() {
        Map<String, HealthCheck.Status> states = new HashMap<>(inRegistry);
        states.putAll(ofNatives);
        return states;
    }

    /** New states of checks in the registry. */
    Optional<AllocationHealth.Verdict> checks(Map<String, HealthCheck.Status> states) {
        inRegistry = states;
        return judge();
    }

    /** New states of native services' checks. */
    Optional<AllocationHealth.Verdict> nativeChecks(Map<String, HealthCheck.Status> states) {
        ofNatives = states;
        return judge();
    }

    private Optional<AllocationHealth.Verdict> judge() {
        Map<String, HealthCheck.Status> states = states();
        restarts.states(states);
        boolean allPass = expected.stream().allMatch(check -> switch (states.get(check.checkId())) {
            case PASSING -> true;
            case WARNING -> check.warningsPass();
            case CRITICAL, MAINTENANCE -> false;
            case null -> false;
        });
        return health.flatMap(h -> h.checks(node.clock().instant(), allPass));
    }

    /** The states of the tasks, asked for after every change and when the time has come. */
    Optional<AllocationHealth.Verdict> tasks(Map<String, TaskState> states) {
        return health.flatMap(h -> h.tasks(node.clock().instant(), states));
    }

    /** The tasks, "" for all, whose checks failed for too long. */
    List<CheckRestarts.Due> restartsDue() {
        return restarts.due(node.clock().instant());
    }

    /** When to ask again, if nothing else happens. */
    Optional<Instant> wakeAt() {
        return Stream.concat(health.flatMap(AllocationHealth::wakeAt).stream(), restarts.wakeAt(node.clock().instant()).stream())
                .min(Instant::compareTo);
    }

    @Override
    public void close() {
        watch.close();
    }
}
