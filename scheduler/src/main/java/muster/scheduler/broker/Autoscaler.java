package muster.scheduler.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.scaling.ScalingDecision;
import muster.scheduler.scaling.ScalingRule;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.ScalingEvent;
import muster.scheduler.state.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes counts by the rules of {@link ScalingRule}, on the leader alone. Every change, and what a dry run would have done, is a
 * scaling event of the group; so is the first of several looks in a row at which nothing could be measured. Looks run on a
 * virtual thread, one at a time; other methods may be called by any thread.
 */
final class Autoscaler {
    private static final Logger LOG = LoggerFactory.getLogger(Autoscaler.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Writer writer;
    private final Timers timers;
    private final Evaluations evaluations;
    private final LoadSource load;
    private final Map<String, Instant> due = new HashMap<>();
    private final Map<String, String> told = new HashMap<>();
    private Runnable next = () -> { };
    private boolean runs;
    private boolean ticks;

    Autoscaler(Writer writer, Timers timers, LoadSource load) {
        this.writer = writer;
        this.timers = timers;
        this.load = load;
        evaluations = new Evaluations(writer);
    }

    synchronized void start(State state) {
        runs = true;
        changed(state);
    }

    /** Goes on looking if there is anything to look at. Called on the log's thread. */
    synchronized void changed(State state) {
        if (runs && !ticks && !Ruled.in(state).isEmpty()) {
            ticks = true;
            next = timers.after(TICK, this::tick);
        }
    }

    /** The jobs with rules, found once for as long as no job changes. */
    private record Ruled(List<Job> jobs) {
        static List<Job> in(State state) {
            return state.jobs().derived(Ruled.class, jobs -> new Ruled(jobs.values().stream().filter(job -> !job.isStopped()
                    && Values.orEmpty(job.taskGroups()).stream().anyMatch(group -> ScalingRule.of(group).isPresent())).toList())).jobs();
        }
    }

    synchronized void clear() {
        runs = false;
        ticks = false;
        next.run();
        due.clear();
        told.clear();
    }

    private void tick() {
        Thread.ofVirtual().name("autoscaler").start(() -> {
            try {
                look();
            } catch (RuntimeException e) {
                LOG.warn("scaling by rules failed, again in a moment", e);
            }
            synchronized (this) {
                ticks = false;
                changed(writer.state());
            }
        });
    }

    /** Looks at every group whose time has come. */
    synchronized void look() {
        if (!runs) {
            return;
        }
        State state = writer.state();
        Instant now = writer.now();
        for (Job job : Ruled.in(state)) {
            for (TaskGroup group : job.taskGroups()) {
                Optional<ScalingRule> rule = ScalingRule.of(group);
                String key = State.key(job.namespace(), job.id()) + '\0' + group.name();
                if (rule.isPresent() && !now.isBefore(due.getOrDefault(key, now))) {
                    due.put(key, now.plus(rule.get().evaluationInterval()));
                    scale(state, job, group, rule.get(), key, now);
                }
            }
        }
        due.keySet().retainAll(Ruled.in(state).stream().flatMap(job -> job.taskGroups().stream()
                .map(group -> State.key(job.namespace(), job.id()) + '\0' + group.name())).toList());
    }

    private void scale(State state, Job job, TaskGroup group, ScalingRule rule, String key, Instant now) {
        Map<String, Double> measured = new HashMap<>();
        for (ScalingRule.Check check : rule.checks()) {
            load.perInstance(state, job.namespace(), job.id(), group.name(), check.query())
                    .ifPresent(value -> measured.put(check.name(), value));
        }
        long count = group.count() == null ? 1 : group.count();
        ScalingDecision decision = ScalingDecision.of(rule, count, measured, changed(state, job, group), now);
        Map<String, Object> meta = new TreeMap<>(measured);
        if (decision.count() == count) {
            if (measured.isEmpty() && !decision.reason().equals(told.put(key, decision.reason()))) {
                event(job, group, new ScalingEvent(null, 0, false, null, decision.reason(), meta, count, writer.nowNanos()));
            } else if (!measured.isEmpty()) {
                told.remove(key);
            }
            return;
        }
        String message = "scaling from " + count + " to " + decision.count() + ": " + decision.reason();
        Deployment deployment = state.latestDeployment(job.namespace(), job.id());
        boolean deploying = deployment != null && deployment.isActive();
        if (deploying) {
            message += ", when the deployment is over";
        }
        if (!decision.act() || deploying) {
            if (!message.equals(told.put(key, message))) {
                event(job, group, new ScalingEvent(null, 0, false, null, message, meta, count, writer.nowNanos()));
            }
            return;
        }
        told.remove(key);
        Job scaled = job.withTaskGroups(job.taskGroups().stream()
                .map(g -> g.name().equals(group.name()) ? g.withCount((int) decision.count()) : g).toList());
        Evaluation evaluation = evaluations.of(scaled, Evaluations.SCALING);
        writer.propose(new Command.RegisterJob(scaled, evaluation, true, job.jobModifyIndex(), new Command.ScaleOrder(group.name(),
                new ScalingEvent(decision.count(), 0, false, evaluation.id(), message, meta, count, writer.nowNanos()))));
        LOG.info("scaled job={} group={} from={} to={} because={}", job.id(), group.name(), count, decision.count(), decision.reason());
    }

    private void event(Job job, TaskGroup group, ScalingEvent event) {
        writer.propose(new Command.AddScalingEvent(job.namespace(), job.id(), group.name(), event));
    }

    /** When the count was changed last, by whomever, as far as events tell. */
    private static Optional<Instant> changed(State state, Job job, TaskGroup group) {
        Map<String, List<ScalingEvent>> events = Values.orEmpty(state.scalingEvents().get(State.key(job.namespace(), job.id())));
        return Values.orEmpty(events.get(group.name())).stream().filter(event -> event.count() != null && !event.error())
                .findFirst().map(event -> Instant.ofEpochSecond(0, event.time()));
    }
}
