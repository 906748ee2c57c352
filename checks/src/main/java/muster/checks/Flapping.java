package muster.checks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.registry.client.HealthCheck.Status;

/**
 * The history of one check's results, by which one that turns too often is held critical until it has been well for a while: each turn
 * would be a write to the catalog and a change for all who watch it. Pure and immutable. Checks with thresholds are not looked at
 * so: their owner has said what counts as a turn.
 *
 * @param turns when results turned between critical and not, the newest last, none older than {@link #WINDOW}
 * @param isCritical what the last result was; empty before the first
 * @param wellSince since when results are not critical
 * @param isDamped whether good results count as critical at present
 */
public record Flapping(List<Instant> turns, Optional<Boolean> isCritical, Optional<Instant> wellSince, boolean isDamped) {
    /** The time in which turns are counted. */
    public static final Duration WINDOW = Duration.ofMinutes(1);
    /** As many turns are borne in that time; a check that runs every ten seconds can't have more. */
    public static final int BORNE = 6;
    /** For how long results have to be well until they count again. */
    public static final Duration STEADY = Duration.ofSeconds(30);

    /** Before the first result. */
    public static final Flapping NONE = new Flapping(List.of(), Optional.empty(), Optional.empty(), false);

    public Flapping {
        turns = List.copyOf(turns);
    }

    /** After a result. */
    Flapping after(Status status, Instant now) {
        boolean critical = status == Status.CRITICAL;
        List<Instant> recent = new ArrayList<>(turns);
        recent.removeIf(turn -> !turn.isAfter(now.minus(WINDOW)));
        if (isCritical.isPresent() && isCritical.get() != critical) {
            recent.add(now);
        }
        Optional<Instant> since = critical ? Optional.empty() : wellSince.isPresent() ? wellSince : Optional.of(now);
        boolean steady = since.isPresent() && !since.get().plus(STEADY).isAfter(now);
        boolean damped = recent.size() > BORNE || isDamped;
        return new Flapping(steady ? List.of() : recent, Optional.of(critical), since, damped && !steady);
    }

    /** What the last result counts as. */
    Outcome of(Outcome outcome) {
        return !isDamped || outcome.status() == Status.CRITICAL ? outcome : Outcome.critical("Flapping: turned more than " + BORNE
                + " times within " + WINDOW.toSeconds() + "s; counts again after " + STEADY.toSeconds() + "s without a failure\n" + outcome.output());
    }
}
