package muster.scheduler.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.scheduler.driver.ExitStatus;
import muster.scheduler.job.RestartPolicy;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;

/**
 * The life of one task as a state machine: each input is answered by what the shell must do, in that order, and when to
 * come back. Pure; owned by the thread of its {@link TaskRunner}.
 *
 * <pre>
 * WAITING -Begin-> PREPARING -Prepared-> STARTING -Started-> RUNNING -Exited-> BACKOFF -Tick-> STARTING
 *                                                               | Restart, Kill
 *                                                               v
 *                                  DELAYED -Tick-> INTERRUPTED -Tick-> FORCED -Exited-> STARTING or DEAD
 * </pre>
 * Invariants: a task is prepared once (its templates each time, where its policy wants that) and started many times; a kill can't be undone; nothing leaves DEAD; each phase that
 * waits for time has a wake-up, so that every wait is bounded.
 */
final class TaskLife {
    static final String PENDING = "pending";
    static final String RUNNING = "running";
    static final String DEAD = "dead";

    /** What is fixed for the task's life. */
    record Rules(Duration killTimeout, Duration shutdownDelay, boolean rendersAgain) {}

    /** What the shell does. */
    enum Effect {
        /** Make folder, artifacts, templates; answers Prepared or PrepareFailed. */
        PREPARE,
        /** Make the files of its templates anew; answers Prepared or PrepareFailed. */
        RENDER,
        /** Give up on that. */
        CANCEL_PREPARE,
        /** Start it; answers Started or StartFailed, later Exited. */
        START,
        /** Register the task's services, start its checks. */
        REGISTER,
        /** Take them out. */
        DEREGISTER,
        /** Send the kill signal. */
        INTERRUPT,
        /** Kill the group. */
        FORCE,
        /** The state changed: publish it. */
        PUBLISH,
        /** It is dead: release what it holds. */
        RELEASE
    }

    /** What to do, in this order, and when to tick. */
    record Step(List<Effect> effects, Optional<Instant> wakeAt) {}

    private enum Phase { WAITING, PREPARING, STARTING, RUNNING, DELAYED, INTERRUPTED, FORCED, BACKOFF, DEAD }

    private Rules rules;
    private final RestartRule restarts;
    private Phase phase = Phase.WAITING;
    private final TaskHistory history = new TaskHistory();
    private Optional<Instant> wakeAt = Optional.empty();
    private List<Effect> effects = new ArrayList<>();
    private boolean prepared;
    /** Its templates were rendered since its last start. */
    private boolean rendered;
    private boolean killed;
    /** Whether it failed, by what it was killed for. */
    private boolean failing;
    private boolean hurried;
    /** A restart that was asked for and has not been answered by an exit yet. */
    private Optional<TaskInput.Restart> restart = Optional.empty();

    TaskLife(Rules rules, RestartRule restarts, Instant now) {
        this.rules = rules;
        this.restarts = restarts;
        add(TaskEvents.received(now));
        effects.clear();
    }

    /** New rules, by an update in place; what is under way keeps its time. */
    void rules(Rules newRules, RestartPolicy policy) {
        rules = newRules;
        restarts.policy(policy);
    }

    TaskState state() {
        return history.state();
    }

    boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    boolean isDead() {
        return phase == Phase.DEAD;
    }

    /** What was known of it before it begins, from an earlier agent: one that was over stays over, another begins with its history. */
    void recall(TaskState known) {
        boolean over = known.state().equals(DEAD);
        phase = over ? Phase.DEAD : Phase.WAITING;
        if (over) {
            history.recall(known);
        } else {
            history.beginAgain(known);
        }
    }

    /** A task taken over from an earlier agent: it goes on from its running state. */
    Step resume(TaskState known) {
        history.recall(known);
        prepared = true;
        phase = Phase.RUNNING;
        effects.add(Effect.REGISTER);
        effects.add(Effect.PUBLISH);
        return result();
    }

    /** The shell met what it can't handle: the task is over, and failed. */
    Step broken(Instant now, String error) {
        if (phase != Phase.DEAD) {
            die(now, true, TaskEvents.setupFailure(now, error));
        }
        return result();
    }

    Step step(Instant now, TaskInput input) {
        if (phase != Phase.DEAD) {
            switch (input) {
                case TaskInput.Begin() -> begin();
                case TaskInput.Prepared() -> prepared();
                case TaskInput.PrepareFailed(TaskEvent event, boolean recoverable) -> prepareFailed(now, event, recoverable);
                case TaskInput.Started() -> started(now);
                case TaskInput.StartFailed(TaskEvent event, boolean recoverable) -> startFailed(now, event, recoverable);
                case TaskInput.Exited(ExitStatus status) -> exited(now, status);
                case TaskInput.Restart request -> restart(now, request);
                case TaskInput.Kill kill -> kill(now, kill);
                case TaskInput.SetupFailed(TaskEvent event) -> setupFailed(now, event);
                case TaskInput.Note(TaskEvent event) -> add(event);
                case TaskInput.Tick() -> tick(now);
            }
        }
        return result();
    }

    private Step result() {
        List<Effect> done = List.copyOf(effects);
        effects = new ArrayList<>();
        return new Step(done, wakeAt);
    }

    private void begin() {
        if (phase == Phase.WAITING) {
            startOrPrepare();
        }
    }

    private void startOrPrepare() {
        wakeAt = Optional.empty();
        boolean ready = prepared && (rendered || !rules.rendersAgain());
        phase = ready ? Phase.STARTING : Phase.PREPARING;
        effects.add(ready ? Effect.START : prepared ? Effect.RENDER : Effect.PREPARE);
        rendered &= !ready;
    }

    private void prepared() {
        prepared = true;
        rendered = true;
        if (phase == Phase.PREPARING) {
            startOrPrepare();
        }
    }

    private void prepareFailed(Instant now, TaskEvent event, boolean recoverable) {
        if (phase == Phase.PREPARING) {
            add(event);
            follow(now, restarts.afterStartFailure(now, recoverable));
        }
    }

    private void started(Instant now) {
        if (phase != Phase.STARTING) {
            return;
        }
        phase = Phase.RUNNING;
        history.started(now);
        add(TaskEvents.started(now));
        effects.add(Effect.REGISTER);
        if (killed || restart.isPresent()) {
            stop(now);
        }
    }

    private void startFailed(Instant now, TaskEvent event, boolean recoverable) {
        if (phase != Phase.STARTING) {
            return;
        }
        add(event);
        restart = Optional.empty();
        if (killed) {
            die(now, failing, TaskEvents.killed(now));
        } else {
            follow(now, restarts.afterStartFailure(now, recoverable));
        }
    }

    private void exited(Instant now, ExitStatus status) {
        boolean wasStopping = phase == Phase.DELAYED || phase == Phase.INTERRUPTED || phase == Phase.FORCED;
        if (phase != Phase.RUNNING && !wasStopping) {
            return;
        }
        wakeAt = Optional.empty();
        if (!wasStopping) {
            effects.add(Effect.DEREGISTER);
        }
        add(TaskEvents.terminated(now, status));
        Optional<TaskInput.Restart> asked = restart;
        restart = Optional.empty();
        if (killed) {
            die(now, failing, TaskEvents.killed(now));
        } else if (asked.isPresent() && !asked.get().counted()) {
            follow(now, new RestartRule.Verdict.Again(Duration.ZERO, ""));
        } else {
            follow(now, restarts.afterExit(now, asked.isEmpty() && status.isSuccess()));
        }
    }

    private void follow(Instant now, RestartRule.Verdict verdict) {
        switch (verdict) {
            case RestartRule.Verdict.Again(Duration delay, String reason) -> {
                phase = Phase.BACKOFF;
                history.restarting(now);
                add(TaskEvents.restarting(now, delay, reason));
                wakeAt = Optional.of(now.plus(delay));
                if (delay.isZero()) {
                    startOrPrepare();
                }
            }
            case RestartRule.Verdict.Over() -> die(now, state().failed());
            case RestartRule.Verdict.Fail(String reason) -> die(now, true, TaskEvents.notRestarting(now, reason));
        }
    }

    private void die(Instant now, boolean failed, TaskEvent... last) {
        phase = Phase.DEAD;
        wakeAt = Optional.empty();
        history.ended(now, failed);
        for (TaskEvent event : last) {
            add(event);
        }
        if (!effects.contains(Effect.PUBLISH)) {
            effects.add(Effect.PUBLISH);
        }
        effects.add(Effect.RELEASE);
    }

    private void restart(Instant now, TaskInput.Restart request) {
        switch (phase) {
            case RUNNING -> {
                add(TaskEvents.restartSignaled(now, request.reason()));
                restart = Optional.of(request);
                stop(now);
            }
            // What it was started with is older than the request.
            case STARTING -> {
                add(TaskEvents.restartSignaled(now, request.reason()));
                restart = Optional.of(request);
            }
            // It will start anyway.
            case WAITING, PREPARING, DELAYED, INTERRUPTED, FORCED, BACKOFF, DEAD -> {}
        }
    }

    private void kill(Instant now, TaskInput.Kill kill) {
        hurried |= kill.hurried();
        if (hurried && phase == Phase.DELAYED) {
            interrupt(now);
        }
        if (killed) {
            return;
        }
        killed = true;
        failing = kill.cause().map(TaskEvent::failsTask).orElse(false);
        kill.cause().ifPresent(this::add);
        switch (phase) {
            case RUNNING -> {
                add(TaskEvents.killing(now, rules.killTimeout()));
                stop(now);
            }
            case STARTING, DELAYED, INTERRUPTED, FORCED -> add(TaskEvents.killing(now, rules.killTimeout()));
            case PREPARING -> {
                effects.add(Effect.CANCEL_PREPARE);
                add(TaskEvents.killing(now, rules.killTimeout()));
                die(now, failing, TaskEvents.killed(now));
            }
            case WAITING, BACKOFF -> {
                add(TaskEvents.killing(now, rules.killTimeout()));
                die(now, failing, TaskEvents.killed(now));
            }
            case DEAD -> {}
        }
    }

    private void setupFailed(Instant now, TaskEvent event) {
        switch (phase) {
            case WAITING, PREPARING, BACKOFF -> {
                effects.add(Effect.CANCEL_PREPARE);
                die(now, true, event);
            }
            case STARTING, RUNNING, DELAYED, INTERRUPTED, FORCED -> add(event);
            case DEAD -> {}
        }
    }

    private void stop(Instant now) {
        effects.add(Effect.DEREGISTER);
        phase = Phase.DELAYED;
        Duration delay = hurried ? Duration.ZERO : rules.shutdownDelay();
        wakeAt = Optional.of(now.plus(delay));
        if (delay.isZero()) {
            interrupt(now);
        }
    }

    private void interrupt(Instant now) {
        phase = Phase.INTERRUPTED;
        effects.add(Effect.INTERRUPT);
        wakeAt = Optional.of(now.plus(rules.killTimeout()));
    }

    private void tick(Instant now) {
        if (wakeAt.isEmpty() || now.isBefore(wakeAt.get())) {
            return;
        }
        switch (phase) {
            case BACKOFF -> startOrPrepare();
            case DELAYED -> interrupt(now);
            case INTERRUPTED -> {
                phase = Phase.FORCED;
                effects.add(Effect.FORCE);
                wakeAt = Optional.empty();
            }
            case WAITING, PREPARING, STARTING, RUNNING, FORCED, DEAD -> wakeAt = Optional.empty();
        }
    }

    private void add(TaskEvent event) {
        history.add(event);
        if (!effects.contains(Effect.PUBLISH)) {
            effects.add(Effect.PUBLISH);
        }
    }
}
