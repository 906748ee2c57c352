package muster.scheduler.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import muster.registry.client.HealthCheck;
import muster.scheduler.driver.HandleState;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.Allocation;
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

        /** Somebody wants all of it to begin anew. */
        record RestartAll(String reason) implements Message {}

        /** For that its tasks have ended. */
        record Quiet() implements Message {}

        /** The time that health waited for has come. */
        record Tick() implements Message {}
    }

    /** What an agent keeps of an allocation for its successor. */
    record Saved(Allocation allocation, Map<String, HandleState> handles) {}

    private final NodeContext node;
    private final AllocationFolder folder;
    private final AllocationReport report;
    private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final GroupTasks tasks;
    private volatile Allocation allocation;
    private volatile Allocation received;
    /** The following are the owner thread's. */
    private final RegisteredServices groupServices;
    private final HealthWatch health;
    private final NativeChecks checks;
    private Optional<AllocDeploymentStatus> verdict = Optional.empty();
    private boolean stopping;
    /** Since when all tasks are to begin anew, while those that run still end. */
    private Optional<Instant> restarting = Optional.empty();
    private boolean ready;

    AllocationRunner(NodeContext node, Allocation allocation, AllocationFolder folder, RandomGenerator random,
            Consumer<Allocation> reports, Consumer<Saved> saves) {
        this.node = node;
        this.allocation = allocation;
        this.received = allocation;
        this.folder = folder;
        this.report = new AllocationReport(allocation, reports, saves);
        this.tasks = new GroupTasks(node, allocation, folder, random, () -> inbox.add(new Message.TaskChanged()),
                (task, plan) -> inbox.add(new Message.Services(task, plan)));
        this.groupServices = new RegisteredServices(node.services(), allocation.id(), tasks::running);
        this.checks = new NativeChecks(allocation.name(), node.clock(), tasks::running, states -> inbox.add(new Message.NativeChecks(states)));
        this.health = new HealthWatch(node, folder, states -> inbox.add(new Message.Checks(states)));
    }

    /** Runs it once the allocation that it replaces on this node has ended and let go of its ports. */
    void start(Optional<AllocationRunner> previous) {
        Predecessor predecessor = new Predecessor(node, allocation, folder, previous);
        Thread.ofVirtual().name("alloc-" + allocation.id()).start(() -> run(predecessor));
    }

    /** Goes on with an allocation of an earlier agent. */
    void resume(Saved saved) {
        tasks.resume(saved);
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
        return report.newest();
    }

    AllocationFolder folder() {
        return folder;
    }

    /** What the checks of its native services found last, by their ids. */
    Map<String, NativeCheck.Result> checks() {
        return checks.results();
    }

    Map<String, TaskRunner> tasks() {
        return tasks.all();
    }

    /** Ends all tasks and begins anew with them, also with those that were over. False for an allocation that has ended or shall. */
    boolean restartAll(String reason) {
        boolean possible = !isEnded() && !received.isServerTerminal();
        if (possible) {
            inbox.add(new Message.RestartAll(reason));
        }
        return possible;
    }

    /** Ends the processes at once, for an agent that ends and keeps nothing. */
    void abandon() {
        tasks.abandon();
    }

    private void run(Predecessor previous) {
        try {
            health.begin(allocation);
            tasks.start();
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
            case Message.RestartAll(String reason) -> beginRestart(reason);
            case Message.Quiet() -> endRestart();
            // What follows from them is looked at after every message.
            case Message.TaskChanged(), Message.Stopped(), Message.Tick() -> {}
        }
    }

    /** It can't be run: all of its tasks say why and end. */
    private void fail(String why) {
        tasks.fail(TaskEvents.setupFailure(node.clock().instant(), why));
        stop();
    }

    private void prepare(Predecessor previous) {
        try {
            folder.create();
            previous.handOver(List.copyOf(tasks.all().keySet()));
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
            plan.problems().forEach(problem -> tasks.note(TaskEvents.hookFailed(node.clock().instant(), problem)));
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
            tasks.last(newer);
            stop();
            return;
        }
        if (stopping || newer.group() == null) {
            return;
        }
        tasks.update(newer);
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
        if (restarting.isPresent()) {
            report(tasks.statesBefore(restarting.get()));
            return;
        }
        Map<String, TaskState> states = tasks.states();
        if (ready) {
            tasks.begin(states, stopping);
        }
        if (!stopping && tasks.mustEnd(states, node.clock().instant())) {
            stop();
        }
        health.tasks(states).ifPresent(this::judged);
        boolean allDead = tasks.areDead(states);
        if (allDead) {
            groupServices.clear();
        }
        report(states);
        if (allDead) {
            ended.complete(null);
        }
    }

    /** Ends all tasks: the group's services leave first, then after its delay the tasks, wave after wave. */
    private void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        restarting = Optional.empty();
        List<String> services = groupServices.plan().ids();
        groupServices.close();
        checks.follow("", List.of());
        Ending.begin(allocation.id(), tasks.ending(() -> groupServices.remove(services), Values.duration(allocation.group().shutdownDelay()), ready),
                () -> inbox.add(new Message.Stopped()));
    }

    /** The group's services stay: what they lead to will be there again. */
    private void beginRestart(String reason) {
        if (stopping || restarting.isPresent() || !ready) {
            return;
        }
        Instant now = node.clock().instant();
        restarting = Optional.of(now);
        tasks.note(TaskEvents.restartSignaled(now, reason));
        Ending.begin(allocation.id(), tasks.ending(() -> {}, Duration.ZERO, true), () -> inbox.add(new Message.Quiet()));
    }

    private void endRestart() {
        restarting.ifPresent(tasks::renew);
        restarting = Optional.empty();
    }

    private void restartUnhealthy() {
        for (CheckRestarts.Due due : health.restartsDue()) {
            tasks.all().forEach((name, task) -> {
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
            tasks.note(TaskEvents.unhealthy(node.clock().instant(), decided.reason()));
        }
        health.follow(allocation);
        LOG.info("allocation health decided alloc={} healthy={} reason={}", allocation.id(), decided.healthy(), decided.reason());
    }

    private void report(Map<String, TaskState> states) {
        report.tell(allocation, states, verdict, tasks.handles());
    }
}
