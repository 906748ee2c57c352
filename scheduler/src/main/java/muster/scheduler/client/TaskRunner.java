package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.HandleState;
import muster.scheduler.driver.Signal;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.job.RestartPolicy;
import muster.scheduler.job.Task;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around {@link TaskLife}: one virtual thread takes inputs from a queue, asks what to do, and does it. All other
 * methods may be called by any thread.
 */
final class TaskRunner {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    private static final Duration DEFAULT_KILL_TIMEOUT = Duration.ofSeconds(5);

    /** Told of changes; called by the runner's thread. */
    interface Listener {
        void changed(String task, TaskState state);

        /** The task's services and checks are registered, or with {@link ServicePlan#NONE} are not any more. */
        void services(String task, ServicePlan plan);

        /** What to keep for the next agent, or empty when the task ended. */
        void handle(String task, Optional<HandleState> handle);
    }

    private final NodeContext node;
    private final String name;
    private final AllocationFolder folder;
    private final Listener listener;
    private final TaskLife life;
    private final BlockingQueue<TaskInput> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> dead = new CompletableFuture<>();
    private volatile Allocation allocation;
    private volatile TaskState state;
    private final TaskProcess process;
    private final TaskPreparation preparation;
    /** The runner's thread's. */
    private final RegisteredServices services;

    TaskRunner(NodeContext node, Allocation allocation, Task task, AllocationFolder folder, RandomGenerator random, Listener listener) {
        this.node = node;
        this.allocation = allocation;
        this.name = task.name();
        this.folder = folder;
        this.listener = listener;
        this.process = new TaskProcess(node, name, folder, inbox::add, kept -> listener.handle(name, Optional.of(kept)));
        this.services = new RegisteredServices(node.services(), name, other -> other.equals(name) ? process.handle() : Optional.empty());
        Instant now = node.clock().instant();
        preparation = new TaskPreparation(node, name, folder, inbox::add, process::handle,
                () -> process.isStarting() || state.startedAt() == null);
        boolean again = TaskOrder.restartsOnSuccess(task, allocation.job().type());
        life = new TaskLife(rules(task), new RestartRule(policy(task), again, random, now), now);
        state = life.state();
    }

    private TaskLife.Rules rules(Task task) {
        Duration timeout = task.killTimeout() == null ? DEFAULT_KILL_TIMEOUT : task.killTimeout();
        Duration longest = node.settings().rules().maxKillTimeout();
        return new TaskLife.Rules(timeout.compareTo(longest) > 0 ? longest : timeout, task.shutdownDelay(),
                Boolean.TRUE.equals(policy(task).renderTemplates()));
    }

    private RestartPolicy policy(Task task) {
        RestartPolicy policy = task.restartPolicy() == null ? allocation.group().restartPolicy() : task.restartPolicy();
        return new RestartPolicy(
                policy == null || policy.attempts() == null ? 0 : policy.attempts(),
                policy == null || policy.delay() == null ? Duration.ofSeconds(15) : policy.delay(),
                policy == null || policy.interval() == null ? Duration.ofMinutes(30) : policy.interval(),
                policy == null || policy.mode() == null ? "fail" : policy.mode(),
                policy == null ? null : policy.renderTemplates());
    }

    private Task task() {
        return allocation.group().tasks().stream().filter(t -> t.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalStateException("allocation " + allocation.id() + " lost its task " + name));
    }

    /** Starts the runner's thread; the task itself waits for {@link #begin}. */
    void start() {
        Thread.ofVirtual().name("task-" + name).start(this::run);
    }

    void begin() {
        inbox.add(new TaskInput.Begin());
    }

    /** Ends the task for good, without its shutdown delay where that is hurried. The future completes when it is dead. */
    CompletableFuture<Void> kill(boolean hurried) {
        inbox.add(new TaskInput.Kill(Optional.empty(), hurried));
        return dead;
    }

    /** Stops and starts it again. False when it does not run. */
    boolean restart(String reason, boolean counted) {
        boolean runs = process.handle().isPresent();
        if (runs) {
            inbox.add(new TaskInput.Restart(reason, counted));
        }
        return runs;
    }

    /**
     * Sends a signal on a user's behalf; as the original does, a name that is none means an interrupt, and no name only
     * shows. False when it does not run.
     */
    boolean signal(String signal) throws DriverException {
        Optional<TaskHandle> running = process.handle();
        if (running.isEmpty()) {
            return false;
        }
        inbox.add(new TaskInput.Note(TaskEvents.signaling(node.clock().instant(), signal)));
        if (!signal.isEmpty()) {
            running.get().signal(Signal.named(signal).orElse(Signal.INTERRUPT));
        }
        return true;
    }

    /** The allocation can't be run. */
    void fail(TaskEvent event) {
        inbox.add(new TaskInput.SetupFailed(event));
    }

    void note(TaskEvent event) {
        inbox.add(new TaskInput.Note(event));
    }

    /** A new version of the allocation that leaves the task running: services change at once, the rest from the next start. */
    void update(Allocation newer) {
        allocation = newer;
        inbox.add(new TaskInput.Tick());
    }

    TaskState state() {
        return state;
    }

    /** Completes when the task is dead and holds nothing any more. */
    CompletableFuture<Void> dead() {
        return dead;
    }

    boolean isDead() {
        return dead.isDone();
    }

    /** How each of its templates stands. */
    List<Map<String, Object>> templates() {
        return preparation.templates();
    }

    /** The running task; empty when it does not run. */
    Optional<TaskHandle> handle() {
        return process.handle();
    }

    /** Begins with what was known of it before; one that was over stays so. Before {@link #start}. */
    void recall(TaskState known) {
        life.recall(known);
        state = life.state();
    }

    /** Takes over a task that an earlier agent started; false when it is gone, and then the task begins anew. Before {@link #start}. */
    boolean recover(HandleState saved, TaskState known) {
        boolean found = process.recover(allocation, task(), preparation.variables(), saved);
        if (found) {
            perform(life.resume(known).effects());
            preparation.resume(task(), views());
        }
        return found;
    }

    /** Kills the processes at once and without ceremony, for an agent that ends. */
    void abandon() {
        process.kill();
    }

    private void run() {
        try {
            Allocation seen = allocation;
            Optional<Instant> wakeAt = Optional.empty();
            publish();
            while (!life.isDead()) {
                TaskInput input = next(wakeAt);
                if (seen != allocation) {
                    seen = allocation;
                    updated();
                }
                TaskLife.Step step = life.step(node.clock().instant(), input);
                wakeAt = step.wakeAt();
                perform(step.effects());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("task given up alloc={} task={}", allocation.id(), name, e);
            abandon();
            perform(life.broken(node.clock().instant(), e.toString()).effects());
        } finally {
            dead.complete(null);
        }
    }

    private TaskInput next(Optional<Instant> wakeAt) throws InterruptedException {
        if (wakeAt.isEmpty()) {
            return inbox.take();
        }
        long wait = Duration.between(node.clock().instant(), wakeAt.get()).toNanos();
        TaskInput input = inbox.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        return input == null ? new TaskInput.Tick() : input;
    }

    private void perform(List<TaskLife.Effect> effects) {
        for (TaskLife.Effect effect : effects) {
            switch (effect) {
                case PREPARE -> preparation.begin(allocation.job(), task(), views());
                case RENDER -> preparation.renderAgain(task(), views());
                case CANCEL_PREPARE -> preparation.close();
                case START -> {
                    process.start(allocation, task(), preparation.variables());
                    preparation.startOver();
                }
                case REGISTER -> register();
                case DEREGISTER -> deregister();
                case INTERRUPT -> process.interrupt(task());
                case FORCE -> abandon();
                case PUBLISH -> publish();
                case RELEASE -> release();
            }
        }
    }

    private void publish() {
        state = life.state();
        listener.changed(name, state);
    }

    private void updated() {
        life.rules(rules(task()), policy(task()));
        if (life.isRunning()) {
            preparation.update(task(), views());
            register();
        }
    }

    /** As the agent sees the task's folders; the task itself may see them elsewhere. */
    private TaskEnvironment environment() {
        return TaskEnvironment.of(node.ground(), allocation, task(), folder).with(preparation.variables());
    }

    private TaskViews views() {
        return new TaskViews(environment(),
                TaskEnvironment.of(node.ground(), allocation, task(), folder, process.isolation(task())).with(preparation.variables()));
    }

    // Services

    private ServicePlan plan() {
        Task task = task();
        return ServicePlan.of(allocation, Optional.of(name), Values.orEmpty(task.services()), environment(), process.handle().flatMap(TaskHandle::network));
    }

    private void register() {
        ServicePlan plan = plan();
        if (!plan.problems().equals(services.plan().problems())) {
            plan.problems().forEach(problem -> note(TaskEvents.hookFailed(node.clock().instant(), problem)));
        }
        services.put(plan);
        listener.services(name, plan);
    }

    private void deregister() {
        services.clear();
        listener.services(name, services.plan());
    }

    private void release() {
        preparation.close();
        services.close();
        listener.handle(name, Optional.empty());
        dead.complete(null);
    }
}
