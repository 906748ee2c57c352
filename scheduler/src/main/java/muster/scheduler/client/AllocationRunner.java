package muster.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.registry.client.HealthCheck;
import muster.scheduler.driver.HandleState;
import muster.scheduler.job.MigrateStrategy;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.UpdateStrategy;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one allocation: its folder, its group's services, its tasks in their order, its health, its end. One virtual thread
 * owns the fields and takes messages from a queue; the end of the tasks, which waits for delays and processes, has a
 * thread of its own meanwhile. Public methods may be called by any thread.
 */
final class AllocationRunner {
    private static final Logger LOG = LoggerFactory.getLogger(AllocationRunner.class);
    private static final Duration DEREGISTER_WAIT = Duration.ofSeconds(2);

    private sealed interface Message {
        /** The allocation that this one replaces has ended. */
        record PreviousEnded() implements Message {}

        record TaskChanged() implements Message {}

        record Services(String task, ServicePlan plan) implements Message {}

        record Checks(Map<String, HealthCheck.Status> states) implements Message {}

        record Updated(Allocation allocation) implements Message {}

        /** The tasks that had to end have ended. */
        record Stopped() implements Message {}
    }

    /** What an agent keeps of an allocation for its successor. */
    record Saved(Allocation allocation, Map<String, HandleState> handles) {}

    private final NodeContext node;
    private final AllocationFolder folder;
    private final Consumer<Allocation> reports;
    private final Consumer<Saved> saves;
    private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Map<String, TaskRunner> tasks = new LinkedHashMap<>();
    private final Map<String, HandleState> handles = new ConcurrentHashMap<>();
    private volatile Allocation allocation;
    private volatile Allocation received;
    private volatile Allocation reported;
    /** The following are the owner thread's. */
    private TaskOrder order;
    private ServicePlan groupServices = ServicePlan.NONE;
    private final Set<String> begun = new HashSet<>();
    private final CheckWatch checkWatch;
    private final CheckRestarts restarts = new CheckRestarts();
    private Optional<AllocationHealth> health = Optional.empty();
    private Optional<AllocDeploymentStatus> verdict = Optional.empty();
    private Set<String> expectedChecks = Set.of();
    private boolean stopping;
    private boolean ready;

    AllocationRunner(NodeContext node, Allocation allocation, AllocationFolder folder, RandomGenerator random,
            Consumer<Allocation> reports, Consumer<Saved> saves) {
        this.node = node;
        this.allocation = allocation;
        this.received = allocation;
        this.reported = allocation;
        this.folder = folder;
        this.reports = reports;
        this.saves = saves;
        this.order = new TaskOrder(allocation.group());
        this.checkWatch = new CheckWatch(node.registry(), states -> inbox.add(new Message.Checks(states)));
        for (Task task : allocation.group().tasks()) {
            TaskRunner runner = new TaskRunner(node, allocation, task, folder, random, new FollowTask());
            runner.dead().thenRun(() -> inbox.add(new Message.TaskChanged()));
            tasks.put(task.name(), runner);
        }
    }

    /** Runs it once the allocation that it replaces on this node has ended and let go of its ports. */
    void start(Optional<AllocationRunner> previous) {
        Thread.ofVirtual().name("alloc-" + allocation.id()).start(() -> run(previous));
    }

    /** Goes on with an allocation of an earlier agent. A task that is gone begins anew. */
    void resume(Saved saved) {
        saved.handles().forEach((name, handle) -> {
            TaskRunner task = tasks.get(name);
            TaskState known = Values.orEmpty(saved.allocation().taskStates()).get(name);
            if (task != null && known != null && task.recover(handle, known)) {
                handles.put(name, handle);
                begun.add(name);
            }
        });
        start(Optional.empty());
    }

    /** A newer version from the server: in place, or its end. */
    void update(Allocation newer) {
        received = newer;
        inbox.add(new Message.Updated(newer));
    }

    /** Completes when all tasks are dead and nothing of it is registered. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    boolean isEnded() {
        return ended.isDone();
    }

    Allocation allocation() {
        return allocation;
    }

    /** The newest version from the server, taken up or not yet. */
    Allocation received() {
        return received;
    }

    /** As it was last reported. */
    Allocation reported() {
        return reported;
    }

    AllocationFolder folder() {
        return folder;
    }

    Map<String, TaskRunner> tasks() {
        return tasks;
    }

    /** Ends the processes at once, for an agent that ends and keeps nothing. */
    void abandon() {
        tasks.values().forEach(TaskRunner::abandon);
    }

    /** Posts what the tasks tell; called by their threads. */
    private final class FollowTask implements TaskRunner.Listener {
        @Override
        public void changed(String task, TaskState state) {
            inbox.add(new Message.TaskChanged());
        }

        @Override
        public void services(String task, ServicePlan plan) {
            inbox.add(new Message.Services(task, plan));
        }

        @Override
        public void handle(String task, Optional<HandleState> handle) {
            handle.ifPresentOrElse(state -> handles.put(task, state), () -> handles.remove(task));
        }
    }

    private void run(Optional<AllocationRunner> previous) {
        try {
            watchHealth();
            tasks.values().forEach(TaskRunner::start);
            if (allocation.isServerTerminal()) {
                stop();
            }
            previous.map(AllocationRunner::ended).orElseGet(() -> CompletableFuture.completedFuture(null))
                    .thenRun(() -> inbox.add(new Message.PreviousEnded()));
            while (!ended.isDone()) {
                Message message = next();
                if (message instanceof Message.PreviousEnded) {
                    prepare(previous);
                } else {
                    handle(message);
                }
                time();
                advance();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            checkWatch.close();
            ended.complete(null);
        }
    }

    private Message next() throws InterruptedException {
        Instant now = node.clock().instant();
        Optional<Instant> wakeAt = Stream.concat(health.flatMap(AllocationHealth::wakeAt).stream(), restarts.wakeAt(now).stream())
                .min(Instant::compareTo);
        if (wakeAt.isEmpty()) {
            return inbox.take();
        }
        Message message = inbox.poll(Math.max(0, Duration.between(now, wakeAt.get()).toNanos()), TimeUnit.NANOSECONDS);
        return message == null ? new Message.TaskChanged() : message;
    }

    private void handle(Message message) {
        switch (message) {
            case Message.PreviousEnded() -> {}
            case Message.TaskChanged() -> {}
            case Message.Services(String task, ServicePlan plan) -> {
                restarts.forget(task);
                restarts.watch(node.clock().instant(), plan.restarts());
                followChecks();
            }
            case Message.Checks(Map<String, HealthCheck.Status> states) -> {
                restarts.states(states);
                boolean allPass = expectedChecks.stream().allMatch(id -> states.get(id) == HealthCheck.Status.PASSING);
                health.flatMap(h -> h.checks(node.clock().instant(), allPass)).ifPresent(this::judged);
            }
            case Message.Updated(Allocation newer) -> updated(newer);
            case Message.Stopped() -> {}
        }
    }

    private void prepare(Optional<AllocationRunner> previous) {
        try {
            folder.create();
            TaskGroup group = allocation.group();
            if (previous.isPresent() && group.ephemeralDisk() != null && Boolean.TRUE.equals(group.ephemeralDisk().sticky())) {
                folder.adopt(previous.get().folder(), List.copyOf(tasks.keySet()));
            }
            ready = true;
        } catch (IOException e) {
            TaskEvent event = TaskEvents.setupFailure(node.clock().instant(), "can't make the allocation's folders: " + e);
            tasks.values().forEach(task -> task.note(event));
            LOG.error("allocation not set up alloc={} error={}", allocation.id(), e.toString());
            stop();
        }
        if (!stopping) {
            registerGroup();
        }
    }

    private void registerGroup() {
        ServicePlan plan = ServicePlan.of(allocation, Optional.empty(), Values.orEmpty(allocation.group().services()),
                TaskEnvironment.ofGroup(node.ground(), allocation));
        List<String> gone = groupServices.ids().stream().filter(id -> !plan.ids().contains(id)).toList();
        groupServices = plan;
        node.sync().put(plan.registrations());
        restarts.watch(node.clock().instant(), plan.restarts());
        followChecks();
        if (!gone.isEmpty()) {
            remove(gone);
        }
    }

    private void remove(List<String> ids) {
        try {
            if (!ids.isEmpty() && !node.sync().remove(ids, DEREGISTER_WAIT)) {
                LOG.warn("services still registered alloc={} services={}", allocation.id(), ids);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void updated(Allocation newer) {
        Allocation older = allocation;
        allocation = newer;
        if (newer.isServerTerminal()) {
            stop();
            return;
        }
        if (stopping || newer.group() == null) {
            return;
        }
        order = new TaskOrder(newer.group());
        tasks.values().forEach(task -> task.update(newer));
        if (!newer.deploymentId().equals(older.deploymentId())) {
            verdict = Optional.empty();
            watchHealth();
        }
        if (ready) {
            registerGroup();
        }
    }

    // Turns and ends

    /** Lets begin whose turn it is, ends what must end, reports, and closes when all are dead. */
    private void advance() {
        Map<String, TaskState> states = states();
        Instant now = node.clock().instant();
        if (ready || stopping) {
            for (String name : order.startable(states)) {
                boolean mayBegin = !stopping || isPoststop(name) && ready;
                if (mayBegin && begun.add(name)) {
                    tasks.get(name).begin();
                }
            }
        }
        if (!stopping) {
            order.end(states, now).ifPresent(cause -> {
                tasks.forEach((name, task) -> {
                    if (!isPoststop(name) && !task.isDead()) {
                        task.note(cause);
                    }
                });
                stop();
            });
        }
        health.flatMap(h -> h.tasks(now, states)).ifPresent(this::judged);
        boolean allDead = tasks.values().stream().allMatch(TaskRunner::isDead)
                && states.values().stream().allMatch(state -> state.state().equals(TaskLife.DEAD));
        if (allDead) {
            remove(groupServices.ids());
            groupServices = ServicePlan.NONE;
        }
        report(states);
        if (allDead) {
            ended.complete(null);
        }
    }

    private boolean isPoststop(String name) {
        return allocation.group().tasks().stream().anyMatch(task -> task.name().equals(name) && TaskOrder.isPoststop(task));
    }

    private Map<String, TaskState> states() {
        Map<String, TaskState> states = new LinkedHashMap<>();
        tasks.forEach((name, task) -> states.put(name, task.state()));
        return states;
    }

    /** Ends all tasks: the group's services leave first, then after its delay the tasks, wave after wave. */
    private void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        List<String> services = groupServices.ids();
        List<List<String>> waves = order.waves();
        Duration delay = allocation.group().shutdownDelay() == null || !ready ? Duration.ZERO : allocation.group().shutdownDelay();
        Set<String> unready = ready ? Set.of() : Set.copyOf(tasks.keySet());
        Thread.ofVirtual().name("stop-" + allocation.id()).start(() -> {
            try {
                remove(services);
                if (tasks.values().stream().anyMatch(task -> task.handle().isPresent())) {
                    Thread.sleep(delay);
                }
                for (List<String> wave : waves) {
                    List<CompletableFuture<Void>> dead = new ArrayList<>();
                    wave.forEach(name -> dead.add(tasks.get(name).kill(Optional.empty())));
                    dead.forEach(CompletableFuture::join);
                }
                // Where nothing was set up, there is nothing to clean up after.
                unready.forEach(name -> tasks.get(name).kill(Optional.empty()).join());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                inbox.add(new Message.Stopped());
            }
        });
    }

    // Health

    private void watchHealth() {
        Optional<AllocationHealth.Rules> rules = healthRules();
        if (rules.isEmpty() || allocation.isServerTerminal()) {
            return;
        }
        boolean hasChecks = Stream.concat(
                        Values.orEmpty(allocation.group().services()).stream(),
                        allocation.group().tasks().stream().flatMap(task -> Values.orEmpty(task.services()).stream()))
                .anyMatch(service -> !Values.orEmpty(service.checks()).isEmpty());
        health = Optional.of(new AllocationHealth(rules.get(), allocation.group().tasks(), hasChecks, node.clock().instant()));
        followChecks();
    }

    /** What makes a service's allocation healthy: its update block in a deployment, else its migrate block. */
    private Optional<AllocationHealth.Rules> healthRules() {
        if (allocation.deploymentStatus() != null && allocation.deploymentStatus().healthy() != null) {
            return Optional.empty();
        }
        UpdateStrategy update = allocation.group().update();
        if (!allocation.deploymentId().isEmpty() && update != null) {
            return Optional.of(new AllocationHealth.Rules(!"task_states".equals(update.healthCheck()),
                    orElse(update.minHealthyTime(), Duration.ofSeconds(10)), orElse(update.healthyDeadline(), Duration.ofMinutes(5))));
        }
        MigrateStrategy migrate = allocation.group().migrate();
        if ("service".equals(allocation.job().type()) && migrate != null) {
            return Optional.of(new AllocationHealth.Rules(!"task_states".equals(migrate.healthCheck()),
                    orElse(migrate.minHealthyTime(), Duration.ofSeconds(10)), orElse(migrate.healthyDeadline(), Duration.ofMinutes(5))));
        }
        return Optional.empty();
    }

    private static Duration orElse(Duration value, Duration otherwise) {
        return value == null ? otherwise : value;
    }

    /** Watches the checks that health or a check_restart waits for. */
    private void followChecks() {
        List<ServicePlan> plans = new ArrayList<>();
        plans.add(groupServices);
        for (Task task : allocation.group().tasks()) {
            plans.add(ServicePlan.of(allocation, Optional.of(task.name()), Values.orEmpty(task.services()),
                    TaskEnvironment.of(node.ground(), allocation, task, folder)));
        }
        Set<String> names = new HashSet<>();
        Set<String> ids = new HashSet<>();
        Set<String> checks = new HashSet<>();
        boolean healthOpen = health.flatMap(AllocationHealth::wakeAt).isPresent();
        for (ServicePlan plan : plans) {
            plan.registrations().stream().filter(r -> !r.checks().isEmpty() && (healthOpen || !plan.restarts().isEmpty())).forEach(r -> {
                names.add(r.name());
                ids.add(r.id());
                r.checks().forEach(check -> checks.add(check.id()));
            });
        }
        expectedChecks = checks;
        checkWatch.follow(names, ids);
    }

    private void time() {
        Instant now = node.clock().instant();
        health.flatMap(h -> h.tick(now)).ifPresent(this::judged);
        for (CheckRestarts.Due due : restarts.due(now)) {
            TaskRunner task = tasks.get(due.task());
            if (task != null) {
                task.restart(due.reason(), true);
            }
        }
    }

    private void judged(AllocationHealth.Verdict decided) {
        boolean canary = allocation.isCanary();
        verdict = Optional.of(new AllocDeploymentStatus(canary, decided.healthy(), 0, node.clock().instant()));
        if (!decided.healthy()) {
            TaskEvent event = TaskEvents.unhealthy(node.clock().instant(), decided.reason());
            tasks.values().stream().filter(task -> !task.isDead()).forEach(task -> task.note(event));
        }
        followChecks();
        LOG.info("allocation health decided alloc={} healthy={} reason={}", allocation.id(), decided.healthy(), decided.reason());
        report(states());
    }

    private void report(Map<String, TaskState> states) {
        TaskOrder.Status status = TaskOrder.status(states.values());
        AllocDeploymentStatus deployment = verdict
                .map(v -> v.withCanary(allocation.isCanary())).orElse(allocation.deploymentStatus());
        Allocation seen = allocation
                .withClientStatus(status.status())
                .withClientDescription(status.description())
                .withTaskStates(new HashMap<>(states))
                .withDeploymentStatus(deployment);
        if (!seen.equals(reported)) {
            reported = seen;
            saves.accept(new Saved(seen, Map.copyOf(handles)));
            reports.accept(seen);
        }
    }
}
