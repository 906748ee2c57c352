package muster.template.runner;

import java.time.Duration;

/**
 * When a template with pending changes is due: once nothing changed for the least time, at the latest after the longest.
 * Pure; times are nanoseconds of a monotonic clock. Immutable.
 */
record Quiescence(TemplateSpec.Quiet quiet, boolean pending, long firstChange, long due) {
    static Quiescence idle(TemplateSpec.Quiet quiet) {
        return new Quiescence(quiet, false, 0, 0);
    }

    /** A change at this time starts the wait or prolongs it. */
    Quiescence changed(long now) {
        long first = pending ? firstChange : now;
        long latest = first + quiet.max().toNanos();
        long calm = now + quiet.min().toNanos();
        return new Quiescence(quiet, true, first, calm - latest > 0 ? latest : calm);
    }

    boolean isDue(long now) {
        return pending && due - now <= 0;
    }

    /** How long until it is due; zero or less when it is. Only while pending. */
    Duration remaining(long now) {
        return Duration.ofNanos(due - now);
    }

    Quiescence rendered() {
        return idle(quiet);
    }
}
