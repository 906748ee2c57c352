package muster.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
import java.util.function.Function;
import java.util.random.RandomGenerator;
import muster.registry.client.HealthCheck;
import muster.scheduler.driver.HandleState;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.job.Task;
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

    private sealed interface Message {
        /** The allocation that this one replaces has ended. */
        record PreviousEnded() implements Message {}

        record TaskChanged() implements Message {}

        record Services(String task, ServicePlan plan) implements Message {}

        /** New states of checks in the registry. */
        record Checks(Map<String, HealthCheck.Status> states) implements Message {}

        /** New states of the checks that this client runs. */
        record NativeChecks(Map<String, HealthCheck.Status> states) implements Message {}

        record Updated(Allocation allocation) implements Message {}

        /** The tasks that had to end have ended. */
        record Stopped() implements Message {}

        /** The time that health waited for has come. */
        record Tick() implements Message {}
    }

    /** What the server is told; the rest of an allocation is the server's own. */
    private record Told(TaskOrder.Status status, Map<String, TaskState> states, Optional<AllocDeploymentStatus> verdict) {}

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
    private final RegisteredServices groupServices;
    private final Set<String> begun = new HashSet<>();
    private final HealthWatch health;
    private final NativeChecks checks;
    private Optional<AllocDeploymentStatus> verdict = Optional.empty();
    private Told lastTold;
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
        Function<String, Optional<TaskHandle>> running = task -> Optional.ofNullable(tasks.get(task)).flatMap(TaskRunner::handle);
        this.groupServices = new RegisteredServices(node.services(), allocation.id(), running);
        this.checks = new NativeChecks(allocation.name(), node.clock(), running, states -> inbox.add(new Message.NativeChecks(states)));
        this.health = new HealthWatch(node, folder, states -> inbox.add(new Message.Checks(states)));
        for (Task task : allocation.group().tasks()) {
            TaskRunner runner = new TaskRunner(node, allocation, task, folder, random, new FollowTask());
            runner.dead().thenRun(() -> inbox.add(new Message.TaskChanged()));
            tasks.put(task.name(), runner);
        }
    }

    /** Runs it once the allocation that it replaces on this node has ended and let go of its ports. */
    void start(Optional<AllocationRunner> previous) {
        Predecessor predecessor = new Predecessor(node, allocation, folder, previous);
        Thread.ofVirtual().name("alloc-" + allocation.id()).start(() -> run(predecessor));
    }

    /** Goes on with an allocation of an earlier agent. A task that was over stays so, one that is gone begins anew. */
    void resume(Saved saved) {
        tasks.forEach((name, task) -> {
            TaskState known = Values.orEmpty(saved.allocation().taskStates()).get(name);
            HandleState handle = saved.handles().get(name);
            if (known == null) {
                return;
            }
            boolean over = known.state().equals(TaskLife.DEAD);
            if (!over && handle != null && task.recover(handle, known)) {
                handles.put(name, handle);
                begun.add(name);
            } else {
                task.recall(known);
                if (over) {
                    begun.add(name);
                }
            }
        });
        start(Optional.empty());
    }

    /** Stays as it is: an allocation of an earlier agent that is over. Its files and logs can still be read. */
    void rest() {
        ended.complete(null);
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

    /** What the checks of its native services found last, by their ids. */
    Map<String, NativeCheck.Result> checks() {
        return checks.results();
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

    private void run(Predecessor previous) {
        try {
            health.begin(allocation);
            tasks.values().forEach(TaskRunner::start);
            if (allocation.isServerTerminal()) {
                stop();
            }
            previous.gone().thenRun(() -> inbox.add(new Message.PreviousEnded()));
            while (!ended.isDone()) {
                Message message = next();
                try {
                    handle(message, previous);
                    restartUnhealthy();
                } catch (RuntimeException e) {
                    LOG.error("allocation given up alloc={}", allocation.id(), e);
                    fail(e.toString());
                }
                advance();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            groupServices.close();
            checks.close();
            health.close();
            ended.complete(null);
        }
    }

    private Message next() throws InterruptedException {
        Optional<Instant> wakeAt = health.wakeAt();
        if (wakeAt.isEmpty()) {
            return inbox.take();
        }
        long wait = Duration.between(node.clock().instant(), wakeAt.get()).toNanos();
        Message message = inbox.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        return message == null ? new Message.Tick() : message;
    }

    private void handle(Message message, Predecessor previous) {
        switch (message) {
            case Message.PreviousEnded() -> prepare(previous);
            case Message.Services(String task, ServicePlan plan) -> registered(task, plan);
            case Message.Checks(Map<String, HealthCheck.Status> states) -> health.checks(states).ifPresent(this::judged);
            case Message.NativeChecks(Map<String, HealthCheck.Status> states) -> health.nativeChecks(states).ifPresent(this::judged);
            case Message.Updated(Allocation newer) -> updated(newer);
            // What follows from them is looked at after every message.
            case Message.TaskChanged(), Message.Stopped(), Message.Tick() -> {}
        }
    }

    /** It can't be run: all of its tasks say why and end. */
    private void fail(String why) {
        TaskEvent event = TaskEvents.setupFailure(node.clock().instant(), why);
        tasks.values().forEach(task -> task.fail(event));
        stop();
    }

    private void prepare(Predecessor previous) {
        try {
            folder.create();
            previous.handOver(List.copyOf(tasks.keySet()));
            ready = true;
        } catch (IOException e) {
            LOG.error("allocation not set up alloc={} error={}", allocation.id(), e.toString());
            fail("can't make the allocation's folders: " + e);
        }
        if (!stopping) {
            registerGroup();
        }
    }

    private void registerGroup() {
        ServicePlan plan = ServicePlan.of(allocation, Optional.empty(), Values.orEmpty(allocation.group().services()),
                TaskEnvironment.ofGroup(node.ground(), allocation), Optional.empty());
        if (!plan.problems().equals(groupServices.plan().problems())) {
            plan.problems().forEach(problem -> tasks.values().forEach(task ->
                    task.note(TaskEvents.hookFailed(node.clock().instant(), problem))));
        }
        groupServices.put(plan);
        registered("", plan);
    }

    private void registered(String owner, ServicePlan plan) {
        checks.follow(owner, plan.checks());
        health.registered(owner, plan);
        health.follow(allocation);
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
            health.begin(newer);
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
        health.tasks(states).ifPresent(this::judged);
        boolean allDead = tasks.values().stream().allMatch(TaskRunner::isDead)
                && states.values().stream().allMatch(state -> state.state().equals(TaskLife.DEAD));
        if (allDead) {
            groupServices.clear();
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
        List<String> services = groupServices.plan().ids();
        groupServices.close();
        checks.follow("", List.of());
        List<List<String>> waves = order.waves();
        Duration delay = allocation.group().shutdownDelay() == null || !ready ? Duration.ZERO : allocation.group().shutdownDelay();
        Set<String> unready = ready ? Set.of() : Set.copyOf(tasks.keySet());
        Ending.begin(allocation.id(), new Ending.Order(() -> groupServices.remove(services), delay,
                waves.stream().map(wave -> wave.stream().map(tasks::get).toList()).toList(),
                unready.stream().map(tasks::get).toList()), () -> inbox.add(new Message.Stopped()));
    }

    private void restartUnhealthy() {
        for (CheckRestarts.Due due : health.restartsDue()) {
            tasks.forEach((name, task) -> {
                if (due.task().isEmpty() || due.task().equals(name)) {
                    task.restart(due.reason(), true);
                }
            });
        }
    }

    private void judged(AllocationHealth.Verdict decided) {
        boolean canary = allocation.isCanary();
        verdict = Optional.of(new AllocDeploymentStatus(canary, decided.healthy(), 0, node.clock().instant()));
        if (!decided.healthy()) {
            TaskEvent event = TaskEvents.unhealthy(node.clock().instant(), decided.reason());
            tasks.values().stream().filter(task -> !task.isDead()).forEach(task -> task.note(event));
        }
        health.follow(allocation);
        LOG.info("allocation health decided alloc={} healthy={} reason={}", allocation.id(), decided.healthy(), decided.reason());
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
        Told told = new Told(status, Map.copyOf(states), verdict);
        if (!told.equals(lastTold)) {
            lastTold = told;
            reported = seen;
            saves.accept(new Saved(seen, Map.copyOf(handles)));
            reports.accept(seen);
        }
    }
}
