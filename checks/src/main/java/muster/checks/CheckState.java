package muster.checks;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import muster.registry.client.HealthCheck.Status;

/**
 * The state of one check, moved by outcomes of its runner, by reports of its owner and by time. Pure and immutable: each
 * method returns the next state, or this one when nothing follows.
 *
 * <p>Three kinds of check share it. A run check counts results in a row and turns when its {@link Thresholds} are reached;
 * until then neither status nor output moves. A TTL check takes what it is told and turns critical once when no report
 * comes in time. An alias or maintenance check takes what it is told and never expires.
 *
 * @param successes results in a row that were passing or warning
 * @param failures results in a row that were critical
 * @param criticalSince when it turned critical; empty while it is not
 * @param expiresAt when a TTL check turns critical unless it hears a report; empty for other kinds and once expired
 * @param everPassed whether it was passing at any time; a check that never was is run in quick succession
 */
public record CheckState(
        Status status,
        String output,
        int successes,
        int failures,
        Optional<Instant> criticalSince,
        Optional<Instant> expiresAt,
        boolean everPassed) {
    /**
     * The shortest time for which a critical service is kept, whatever its registration asks: the original's is a minute, which is long
     * for who asks for seconds; none at all would remove a service before its first check.
     */
    public static final Duration MIN_CRITICAL_BEFORE_REMOVAL = Duration.ofSeconds(10);

    private static final String EXPIRED = "TTL expired";

    /** The state of a check that has just been registered: a TTL runs from now. */
    public static CheckState initial(CheckDefinition definition, Status status, String output, Instant now) {
        Optional<Instant> expiresAt = definition instanceof CheckDefinition.Ttl(Duration ttl)
                ? Optional.of(now.plus(ttl))
                : Optional.empty();
        return new CheckState(status, output, 0, 0, since(status, Optional.empty(), now), expiresAt,
                status == Status.PASSING);
    }

    /** After a run of the check. Rows are counted as far as their threshold, so that a steady check has a steady state. */
    public CheckState observed(Thresholds thresholds, Outcome outcome, Instant now) {
        if (outcome.status() != Status.CRITICAL) {
            int row = Math.min(successes + 1, Math.max(thresholds.successBeforePassing(), 1));
            return row >= thresholds.successBeforePassing()
                    ? turned(outcome, row, 0, now)
                    : new CheckState(status, output, row, 0, criticalSince, expiresAt, everPassed);
        }
        int row = Math.min(failures + 1, Math.max(thresholds.failuresBeforeCritical(), 1));
        if (row >= thresholds.failuresBeforeCritical()) {
            return turned(outcome, 0, row, now);
        }
        if (thresholds.failuresBeforeWarning() > 0 && row >= thresholds.failuresBeforeWarning()) {
            return turned(new Outcome(Status.WARNING, outcome.output()), 0, row, now);
        }
        return new CheckState(status, output, 0, row, criticalSince, expiresAt, everPassed);
    }

    /** After a report of a TTL check's owner, whose output is cut to {@code limit} bytes. */
    public CheckState reported(CheckDefinition.Ttl definition, Outcome report, int limit, Instant now) {
        Outcome cut = new Outcome(report.status(), Output.head(report.output(), limit));
        CheckState next = turned(cut, 0, 0, now);
        return new CheckState(next.status, next.output, 0, 0, next.criticalSince,
                Optional.of(now.plus(definition.ttl())), next.everPassed);
    }

    /** After somebody who knows said so: an alias's target, or an operator. */
    public CheckState told(Outcome outcome, Instant now) {
        return turned(outcome, successes, failures, now);
    }

    /** At a time: turns a TTL check critical whose report is due. */
    public CheckState at(Instant now) {
        if (expiresAt.isEmpty() || now.isBefore(expiresAt.get())) {
            return this;
        }
        String text = output.isEmpty() ? EXPIRED : EXPIRED + " (last output before timeout follows): " + output;
        return new CheckState(Status.CRITICAL, text, 0, 0, since(Status.CRITICAL, criticalSince, now), Optional.empty(),
                everPassed);
    }

    /** The moment from which the check's service is to be removed, where its registration asks for that. */
    public Optional<Instant> removalDue(Optional<Duration> deregisterCriticalAfter) {
        if (deregisterCriticalAfter.isEmpty() || deregisterCriticalAfter.get().isZero() || criticalSince.isEmpty()) {
            return Optional.empty();
        }
        Duration after = deregisterCriticalAfter.get();
        Duration kept = after.compareTo(MIN_CRITICAL_BEFORE_REMOVAL) < 0 ? MIN_CRITICAL_BEFORE_REMOVAL : after;
        return Optional.of(criticalSince.get().plus(kept));
    }

    private CheckState turned(Outcome outcome, int successRow, int failureRow, Instant now) {
        return new CheckState(outcome.status(), outcome.output(), successRow, failureRow,
                since(outcome.status(), criticalSince, now), expiresAt, everPassed || outcome.status() == Status.PASSING);
    }

    private static Optional<Instant> since(Status status, Optional<Instant> before, Instant now) {
        return status != Status.CRITICAL ? Optional.empty() : before.isPresent() ? before : Optional.of(now);
    }
}
