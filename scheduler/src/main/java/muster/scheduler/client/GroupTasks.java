package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import muster.scheduler.driver.HandleState;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.job.Task;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;

/**
 * The tasks of an allocation together: whose turn it is, what is kept of them for the next agent, in which order they end. Owned by the
 * thread of an {@link AllocationRunner}; the runners and their handles may be looked at by any thread.
 */
final class GroupTasks {
    private final NodeContext node;
    private final AllocationFolder folder;
    private final RandomGenerator random;
    private final Runnable changed;
    private final TaskRunner.Listener listener;
    private final Map<String, HandleState> handles = new ConcurrentHashMap<>();
    private final Set<String> begun = new HashSet<>();
    private volatile Map<String, TaskRunner> runners = Map.of();
    private Allocation allocation;
    private TaskOrder order;

    /**
     * @param changed is run by the tasks' threads when something changed
     * @param services is told by them what a task registered, or with {@link ServicePlan#NONE} that it did not any more
     */
    GroupTasks(NodeContext node, Allocation allocation, AllocationFolder folder, RandomGenerator random, Runnable changed,
            BiConsumer<String, ServicePlan> services) {
        this.node = node;
        this.allocation = allocation;
        this.folder = folder;
        this.random = random;
        this.changed = changed;
        this.order = new TaskOrder(allocation.group());
        this.listener = new Listener(services);
        Map<String, TaskRunner> all = new LinkedHashMap<>();
        allocation.group().tasks().forEach(task -> all.put(task.name(), runner(task)));
        runners = Collections.unmodifiableMap(all);
    }

    private TaskRunner runner(Task task) {
        TaskRunner runner = new TaskRunner(node, allocation, task, folder, random, listener);
        runner.dead().thenRun(changed);
        return runner;
    }

    /** Passes on what the tasks tell; called by their threads. */
    private final class Listener implements TaskRunner.Listener {
        private final BiConsumer<String, ServicePlan> services;

        Listener(BiConsumer<String, ServicePlan> services) {
            this.services = services;
        }

        @Override
        public void changed(String task, TaskState state) {
            changed.run();
        }

        @Override
        public void services(String task, ServicePlan plan) {
            services.accept(task, plan);
        }

        @Override
        public void handle(String task, Optional<HandleState> handle) {
            handle.ifPresentOrElse(state -> handles.put(task, state), () -> handles.remove(task));
        }
    }

    /** By their names, in the order of the job. */
    Map<String, TaskRunner> all() {
        return runners;
    }

    /** The process of that name's task, while it runs. */
    Optional<TaskHandle> running(String task) {
        return Optional.ofNullable(runners.get(task)).flatMap(TaskRunner::handle);
    }

    /** What the next agent needs to take them over. */
    Map<String, HandleState> handles() {
        return Map.copyOf(handles);
    }

    Map<String, TaskState> states() {
        Map<String, TaskState> states = new LinkedHashMap<>();
        runners.forEach((name, task) -> states.put(name, task.state()));
        return states;
    }

    /** Goes on with what an earlier agent knew: a task that was over stays so, one that is gone begins anew. Before {@link #start}. */
    void resume(AllocationRunner.Saved saved) {
        runners.forEach((name, task) -> {
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
    }

    void start() {
        runners.values().forEach(TaskRunner::start);
    }

    /** A newer version in place. */
    void update(Allocation newer) {
        allocation = newer;
        order = new TaskOrder(newer.group());
        runners.values().forEach(task -> task.update(newer));
    }

    /** The version by which they end. */
    void last(Allocation newer) {
        if (newer.group() != null) {
            allocation = newer;
        }
    }

    /** Lets those begin whose turn has come; {@code cleanup} alone those that run after the others' end. */
    void begin(Map<String, TaskState> states, boolean cleanup) {
        for (String name : order.startable(states)) {
            if ((!cleanup || isPoststop(name)) && begun.add(name)) {
                runners.get(name).begin();
            }
        }
    }

    /** Why those that still live must end, if they must; each of them shows it. */
    boolean mustEnd(Map<String, TaskState> states, Instant now) {
        Optional<TaskEvent> cause = order.end(states, now);
        cause.ifPresent(event -> runners.forEach((name, task) -> {
            if (!isPoststop(name) && !task.isDead()) {
                task.note(event);
            }
        }));
        return cause.isPresent();
    }

    boolean areDead(Map<String, TaskState> states) {
        return runners.values().stream().allMatch(TaskRunner::isDead)
                && states.values().stream().allMatch(state -> state.state().equals(TaskLife.DEAD));
    }

    private boolean isPoststop(String name) {
        return allocation.group().tasks().stream().anyMatch(task -> task.name().equals(name) && TaskOrder.isPoststop(task));
    }

    /** An event for all that live. */
    void note(TaskEvent event) {
        runners.values().stream().filter(task -> !task.isDead()).forEach(task -> task.note(event));
    }

    /** The allocation can't be run: all of them say why. */
    void fail(TaskEvent event) {
        runners.values().forEach(task -> task.fail(event));
    }

    /** Ends the processes at once. */
    void abandon() {
        runners.values().forEach(TaskRunner::abandon);
    }

    /**
     * How they are ended.
     *
     * @param leave takes the group's services out
     * @param set whether the allocation was set up: else there is nothing to clean up after, and no reason to wait
     */
    Ending.Order ending(Runnable leave, Duration delay, boolean set) {
        List<List<TaskRunner>> waves = order.waves().stream().map(wave -> wave.stream().map(runners::get).toList()).toList();
        boolean hurried = allocation.desiredTransition() != null && Boolean.TRUE.equals(allocation.desiredTransition().noShutdownDelay());
        return new Ending.Order(leave, set ? delay : Duration.ZERO, waves, hurried, set ? List.of() : List.copyOf(runners.values()));
    }

    private static TaskState again(TaskState known, Instant now) {
        return new TaskState(known.events(), false, null, now, known.restarts() + 1, null, TaskLife.PENDING, null);
    }

    /** Their states while all of them are about to begin anew: one that has ended is not over. */
    Map<String, TaskState> statesBefore(Instant renewal) {
        Map<String, TaskState> states = states();
        states.replaceAll((name, state) -> state.state().equals(TaskLife.DEAD) ? again(state, renewal) : state);
        return states;
    }

    /** Begins anew with all that have ended, in their order, each with its history; those that run after the others' end wait on. */
    void renew(Instant now) {
        Map<String, TaskRunner> fresh = new LinkedHashMap<>();
        List<TaskRunner> starting = new ArrayList<>();
        for (Task task : allocation.group().tasks()) {
            TaskRunner old = runners.get(task.name());
            if (TaskOrder.isPoststop(task)) {
                fresh.put(task.name(), old);
                continue;
            }
            TaskRunner runner = runner(task);
            runner.recall(again(old.state(), now));
            fresh.put(task.name(), runner);
            starting.add(runner);
        }
        begun.clear();
        runners = Collections.unmodifiableMap(fresh);
        starting.forEach(TaskRunner::start);
    }
}
