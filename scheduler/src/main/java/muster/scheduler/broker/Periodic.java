package muster.scheduler.broker;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Job;
import muster.scheduler.job.PeriodicConfig;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.RefusedException;
import muster.scheduler.state.State;

/** Launches the children of periodic jobs. Called on the log's thread and by the API; proposes without waiting there. */
public final class Periodic {
    private final Writer writer;
    private final Timers timers;
    private final Evaluations evaluations;
    private final Map<String, Runnable> planned = new HashMap<>();

    Periodic(Writer writer, Timers timers) {
        this.writer = writer;
        this.timers = timers;
        evaluations = new Evaluations(writer);
    }

    synchronized void start(State state) {
        for (Job job : state.jobs()) {
            if (isActive(job)) {
                makeUp(state, job);
            }
            changed(job);
        }
    }

    private static boolean isActive(Job job) {
        return job.isPeriodic() && !job.isStopped() && !Boolean.FALSE.equals(job.periodic().enabled());
    }

    /** Launches once what fell due while no server led. */
    private void makeUp(State state, Job job) {
        Long launched = state.launches().get(State.key(job.namespace(), job.id()));
        long submitted = job.submitTime() == null ? 0 : Math.floorDiv(job.submitTime(), 1_000_000_000L);
        long known = Math.max(submitted, launched == null ? 0 : launched);
        if (known > 0) {
            next(job, Instant.ofEpochSecond(known)).filter(missed -> !missed.isAfter(writer.now()))
                    .ifPresent(missed -> attempt(state, job, missed));
        }
    }

    /** Launches the child of this time, unless it is there or another must end first; that time is over then. */
    private void attempt(State state, Job job, Instant time) {
        boolean busy = Boolean.TRUE.equals(job.periodic().prohibitOverlap()) && state.jobs().startingWith(
                State.key(job.namespace(), job.id() + "/periodic-")).stream().anyMatch(child -> !"dead".equals(child.status()));
        Launch launch = launch(job, time);
        if (!busy && state.job(job.namespace(), launch.child().id()) == null) {
            writer.propose(launch.register());
        }
        writer.propose(new Command.SetLaunch(job.namespace(), job.id(), Math.max(time.getEpochSecond(), writer.now().getEpochSecond())));
    }

    synchronized void clear() {
        planned.values().forEach(Runnable::run);
        planned.clear();
    }

    synchronized void changed(Job job) {
        String key = State.key(job.namespace(), job.id());
        Runnable cancel = planned.remove(key);
        if (cancel != null) {
            cancel.run();
        }
        Job current = writer.state().job(job.namespace(), job.id());
        if (current != null && isActive(job)) {
            plan(current, writer.now());
        }
    }

    private void plan(Job job, Instant from) {
        next(job, from).ifPresent(time -> planned.put(State.key(job.namespace(), job.id()),
                timers.after(Duration.between(writer.now(), time), () -> due(job.namespace(), job.id(), time))));
    }

    private synchronized void due(String namespace, String id, Instant time) {
        State state = writer.state();
        Job job = state.job(namespace, id);
        if (job == null || !job.isPeriodic() || job.isStopped()) {
            return;
        }
        attempt(state, job, time);
        plan(job, time);
    }

    /** The next launch after a time, where one of the job's schedules has one. */
    public static Optional<Instant> next(Job job, Instant after) {
        PeriodicConfig periodic = job.periodic();
        try {
            ZoneId zone = ZoneId.of(periodic.timeZone() == null || periodic.timeZone().isEmpty() ? "UTC" : periodic.timeZone());
            return periodic.schedules().stream().map(CronSchedule::parse).map(schedule -> schedule.next(after.atZone(zone)))
                    .flatMap(Optional::stream).map(ZonedDateTime::toInstant).min(Comparator.naturalOrder());
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A child that is ready to be committed. */
    public record Launch(Job child, Evaluation evaluation) {
        public Command.RegisterJob register() {
            return new Command.RegisterJob(child, evaluation, false, 0, null);
        }
    }

    /** Starts a child now, outside of the schedule. */
    public Launch force(Job job) {
        if (!job.isPeriodic()) {
            throw new RefusedException("can't force launch non-periodic job");
        }
        Launch launch = launch(job, writer.now());
        writer.write(launch.register());
        return launch;
    }

    private Launch launch(Job job, Instant time) {
        Job child = job.withId(job.id() + "/periodic-" + time.getEpochSecond()).withParentId(job.id()).withPeriodic(null)
                .withName(job.name() + "/periodic-" + time.getEpochSecond()).withStatus("").withStop(false);
        return new Launch(child, evaluations.of(child, Evaluations.PERIODIC));
    }

    /** The jobs whose next launch is planned. */
    public synchronized List<String> planned() {
        return List.copyOf(planned.keySet());
    }
}
